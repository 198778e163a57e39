"""The measurements can be taken on small books too."""

from __future__ import annotations

import pytest

from bench.fill import LEAST, Filler, Size, fill, size_of
from bench.operations import logging
from domain.audit import audit_rows
from storage import close_database, open_database, read
from tests.clock import NOW


@pytest.mark.parametrize("size", [LEAST, {"activities": 60, "residents": 300, "transfers": 2000}])
async def test_a_small_book_is_filled_whole(empty_sqlite_url: str, size: dict[str, int]) -> None:
    filled = await fill(empty_sqlite_url, Filler(size_of(**size), NOW))
    assert filled.tokens
    assert logging(filled)(0).count(b"residentId") == 200, "a whole list is recorded"
    await open_database(empty_sqlite_url)
    assert await read(audit_rows) == []
    await close_database()


def test_the_usual_book_is_as_large_as_it_was() -> None:
    assert size_of(2_000, 20_000, 200_000) == Size()


@pytest.mark.parametrize("name", LEAST)
def test_what_is_too_little_to_measure_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} are too few"):
        size_of(**LEAST | {name: LEAST[name] - 1})

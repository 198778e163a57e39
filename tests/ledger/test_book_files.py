"""The whole book as files, from one engine to the other and back, byte for byte."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.people.keys import derive_keys
from domain.points.seal_key import key_of, seal_key
from ledger.book_tables import FILE, ROWS, TABLES, BookRefused
from ledger.export_book import export_book
from ledger.import_book import import_book
from storage import close_database, fetch, open_database, read, read_at_length
from tests.builders.ledger import a_book, a_wallet
from tests.builders.seals import a_sealed_book
from tests.builders.whole_book import a_whole_book
from tests.conftest import Engine


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


async def exported(folder: Path) -> dict[str, bytes]:
    await read_at_length(partial(export_book, folder=folder))
    return files_of(folder)


async def test_a_book_goes_to_postgres_and_back_and_is_the_same_byte_for_byte(
    migrated_sqlite_url: str, migrated_postgres_url: str, tmp_path: Path, sqlite_template: Path
) -> None:
    await open_database(migrated_sqlite_url)
    await a_sealed_book()
    first = await exported(tmp_path / "1")
    sealed = await fetch("SELECT * FROM seals ORDER BY number")
    await open_database(migrated_postgres_url)
    await a_programme_of_the_fresh_database()
    await import_book(tmp_path / "1", seal_key())
    assert await read(audit_everything) == []
    second = await exported(tmp_path / "2")
    own = tmp_path / "back.db"
    own.write_bytes(sqlite_template.read_bytes())  # noqa: ASYNC240 - a small file of a test
    await open_database(f"sqlite://{own}")
    await import_book(tmp_path / "2", seal_key())
    assert await read(audit_everything) == []
    third = await exported(tmp_path / "3")
    assert await fetch("SELECT * FROM seals ORDER BY number") == sealed
    await close_database()
    assert first == second == third
    assert set(first) == {FILE, ROWS, *(f"{table.name}.csv" for table in TABLES)}


async def a_programme_of_the_fresh_database() -> None:
    """As `migrate` leaves it: programmes with their accounts and nothing else."""
    await a_book()


def without_types(values: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


@pytest.mark.usefixtures("database")
async def test_the_csv_files_have_the_same_rows(tmp_path: Path) -> None:
    await a_sealed_book()
    files = await exported(tmp_path / "book")
    lines = [json.loads(line) for line in files[FILE].decode().splitlines()]
    for table in TABLES:
        rows = [without_types(line["row"]) for line in lines if line.get("table") == table.name]
        text = files[f"{table.name}.csv"].decode().splitlines()
        assert list(csv.DictReader(text)) == rows, table.name


def spoilt(folder: Path, old: bytes, new: bytes, name: str = FILE) -> None:
    file = folder / name
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new))


@pytest.fixture
async def exported_book(migrated_sqlite_url: str, tmp_path: Path) -> Path:
    """A folder with a sealed book."""
    await open_database(migrated_sqlite_url)
    await a_sealed_book()
    await exported(tmp_path / "book")
    await close_database()
    return tmp_path / "book"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"format":"xuexi-book-1"}', b'{"format":"another"}'),
        (b'{"rows"', b'{"lines"'),
        (b'"table":"seals"', b'"table":"residents"'),
        (b'"seals":2}', b'"seals":3}'),
        (b'"fingerprints":"', b'"fingerprints":"x'),
        (b'"posted_at"', b'"posted_on"'),
        (b'{"table":"entries"', b"{"),
    ],
)
async def test_a_file_that_is_not_a_whole_book_is_refused_and_nothing_is_taken_in(
    exported_book: Path, another_database: str, old: bytes, new: bytes
) -> None:
    await open_database(another_database)
    spoilt(exported_book, old, new)
    with pytest.raises(BookRefused):
        await import_book(exported_book, seal_key())
    assert [row[0] for row in await fetch("SELECT COUNT(*) FROM accounts")] == [0]
    await close_database()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("seals.csv", b'"id"', b'"number"'),
        ("entries.csv", b"\r\n", b""),
        ("programmes.csv", b'"Asia/Shanghai"', b"Asia/Shanghai"),
        (ROWS, b'"seals",2', b'"seals",3'),
        (ROWS, b'"rows"', b'"rows'),
    ],
)
async def test_csv_files_that_are_not_a_whole_book_are_refused_and_nothing_is_taken_in(
    exported_book: Path, another_database: str, name: str, old: bytes, new: bytes
) -> None:
    await open_database(another_database)
    (exported_book / FILE).unlink()
    spoilt(exported_book, old, new, name)
    with pytest.raises(BookRefused):
        await import_book(exported_book, seal_key())
    assert [row[0] for row in await fetch("SELECT COUNT(*) FROM accounts")] == [0]
    await close_database()


@pytest.fixture
def another_database(sqlite_template: Path, tmp_path: Path) -> str:
    """A second database, empty and migrated."""
    path = tmp_path / "other.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite://{path}"


async def test_a_book_sealed_under_another_secret_is_refused(exported_book: Path, another_database: str) -> None:
    await open_database(another_database)
    with pytest.raises(BookRefused, match="the secret it was sealed with"):
        await import_book(exported_book, key_of(derive_keys(b"another secret, which is as long as the first one")))
    assert [row[0] for row in await fetch("SELECT COUNT(*) FROM transfers")] == [0]
    await close_database()


async def test_a_database_that_is_not_empty_is_left_as_it_is(exported_book: Path, another_database: str) -> None:
    await open_database(another_database)
    wallet = await a_wallet(await a_book())
    with pytest.raises(BookRefused, match="not empty"):
        await import_book(exported_book, seal_key())
    assert await fetch("SELECT id FROM accounts WHERE id = ?", wallet.id)
    await close_database()


@pytest.mark.usefixtures("database")
async def test_a_folder_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(BookRefused, match="not an empty folder"):
        await exported(tmp_path)
    assert files_of(tmp_path) == {"mine": b"x"}


@pytest.fixture
async def whole_book(
    engine: Engine, migrated_sqlite_url: str, migrated_postgres_url: str, tmp_path: Path
) -> AsyncIterator[Path]:
    """A folder with a book in which everything has happened; a fresh database of the other engine is open."""
    urls = [migrated_sqlite_url, migrated_postgres_url]
    own, other = urls if engine == "sqlite" else reversed(urls)
    try:
        await open_database(own)
        await a_whole_book()
        assert await read(audit_everything) == []
        await exported(tmp_path / "book")
        await open_database(other)
        yield tmp_path / "book"
    finally:
        await close_database()


def keep_only(folder: Path, form: str) -> None:
    for path in folder.iterdir():
        if path.suffix != f".{form}":
            path.unlink()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
async def test_a_book_in_which_everything_has_happened_is_whole_on_the_other_engine(
    whole_book: Path, form: str, tmp_path: Path
) -> None:
    before = files_of(whole_book)
    keep_only(whole_book, form)
    await import_book(whole_book, seal_key())
    assert await read(audit_everything) == []
    assert await exported(tmp_path / "again") == before

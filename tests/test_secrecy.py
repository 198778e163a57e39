"""The watch over logs and answers (secrecy.py), which sees along in every test, would notice."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from api.log_lines import JsonLines
from tests.secrecy import watch

log = logging.getLogger("xuexi.test")
PHONE, CODE, TOKEN, NAME = "+8613800000001", "493028", "x7Qm" * 10, "张三"


@pytest.fixture
def known() -> Iterator[None]:
    """A code and a token that were told to their owner; what the watch noticed is forgotten in the end."""
    watch.codes.add(CODE)
    watch.answer({"data": {"signIn": {"accessToken": TOKEN}}})
    yield
    watch.told.clear()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("private", [PHONE, PHONE[3:], CODE, TOKEN, NAME])
def test_a_line_of_another_format_that_tells_something_private_is_noticed(private: str) -> None:
    watch.line(f"it went wrong for {private}")
    assert len(watch.told) >= 1


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("private", [PHONE, CODE, TOKEN])
def test_an_error_that_tells_something_private_is_noticed(private: str) -> None:
    watch.answer({"errors": [{"message": f"It went wrong for {private}."}]})
    assert watch.told


def test_a_number_is_told_where_it_belongs_and_nowhere_else() -> None:
    watch.answer({"data": {"viewer": {"resident": {"phone": PHONE}}}})
    assert watch.told == []
    watch.answer({"data": {"viewer": {"resident": {"displayName": f"我的电话{PHONE}"}}}})
    assert watch.told == ["a phone number, as displayName"]
    watch.told.clear()


@pytest.mark.parametrize("private", [PHONE, PHONE[3:], "138 0000 0001", TOKEN])
def test_what_slips_into_a_line_is_hidden(private: str) -> None:
    record = logging.LogRecord("xuexi.test", logging.INFO, __file__, 1, "for %s", (private,), None)
    assert private not in JsonLines().format(record)


@pytest.mark.parametrize("private", [PHONE, CODE, TOKEN, NAME, "示例巷 7 号", "Li Lei"])
def test_of_what_exceptions_say_only_the_words_of_programs_are_logged(
    private: str, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        try:
            raise ValueError(f"Key (phone, name)=({private}, x) is there")
        except ValueError as error:
            raise LookupError(f"no row for {private!r}") from error
    except LookupError:
        log.exception("it failed")
    line = JsonLines().format(caplog.records[-1])
    assert private not in line
    assert "LookupError: no row for #" in line
    assert "ValueError: Key #=# is there" in line
    assert f"{__file__}:" in line, "where it happened is told"

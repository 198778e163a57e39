"""The list of codes is closed, complete and documented."""

from __future__ import annotations

from pathlib import Path

from schema.codes import ASKS, OF_REQUESTS, ErrorCode, RequestErrorCode, codes_as_markdown

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_lists_every_code_with_its_meaning_and_what_it_asks_of_a_front_end() -> None:
    assert codes_as_markdown() in PAGE.read_text(), f"the table has to be:\n{codes_as_markdown()}"


def test_every_code_says_what_it_means_and_asks() -> None:
    assert set(ASKS) == set(ErrorCode) | set(RequestErrorCode)
    assert set(OF_REQUESTS) == set(RequestErrorCode)


def test_a_code_is_either_of_people_or_of_requests() -> None:
    assert not {code.value for code in ErrorCode} & {code.value for code in RequestErrorCode}

"""Front-ends whose code was generated from a released schema go on working."""

from __future__ import annotations

from datetime import date

import pytest

from schema.build import export_sdl
from schema.changes import RELEASED, problems_of_change

BEFORE = """type Query { a: Int b(x: Int, y: Int): Int old: Int @deprecated(reason: "Until 2024-01-12: use a instead.") }
enum E { A B } input I { x: Int } union U = Query interface N { id: Int }"""
TODAY = date(2024, 1, 13)
BREAKING = {
    "a field": ("a: Int b", "b"),
    "an argument": (", y: Int", ""),
    "a value": ("A B", "A"),
    "a type": ("b(x: Int, y: Int): Int", "b(x: Int, y: Int): String"),
    "what has to be given": ("b(x: Int,", "b(x: Int!,"),
    "a new thing that has to be given": ("input I { x: Int }", "input I { x: Int z: Int! }"),
    "an input's field": ("input I { x: Int }", "input I { z: Int }"),
}


@pytest.mark.parametrize(("was", "became"), BREAKING.values(), ids=BREAKING.keys())
def test_what_breaks_front_ends_fails_the_check(was: str, became: str) -> None:
    assert len(problems_of_change(BEFORE, BEFORE.replace(was, became), TODAY)) == 1


def test_what_is_added_breaks_nothing() -> None:
    more = (
        BEFORE.replace("A B", "A B C")
        .replace("a: Int", "a(z: Int): Int c: E")
        .replace("{ x: Int }", "{ x: Int z: Int = 1 }")
    )
    assert problems_of_change(BEFORE, more, TODAY) == []


@pytest.mark.parametrize(("day", "problems"), [(date(2024, 1, 12), 1), (TODAY, 0)])
def test_what_was_deprecated_goes_when_its_day_is_over(day: date, problems: int) -> None:
    gone = BEFORE.replace('old: Int @deprecated(reason: "Until 2024-01-12: use a instead.")', "")
    assert len(problems_of_change(BEFORE, gone, day)) == problems


UNCLEAR = (
    "",
    '(reason: "Use a.")',
    '(reason: "Until 2024-02-31: use a instead.")',
    '(reason: "Until 2024-03-01: a")',
)


@pytest.mark.parametrize("reason", UNCLEAR)
def test_a_deprecation_says_until_when_and_what_instead(reason: str) -> None:
    for was in ("a: Int ", "x: Int }", "B }", "y: Int)"):
        deprecated = BEFORE.replace(was, was.rstrip("})").rstrip() + f" @deprecated{reason} " + was[-1], 1)
        [problem] = problems_of_change(BEFORE, deprecated, TODAY)
        assert "without a day and a reason" in problem


def test_the_schema_breaks_nothing_that_was_released() -> None:
    assert problems_of_change(RELEASED.read_text(), export_sdl(), TODAY) == []

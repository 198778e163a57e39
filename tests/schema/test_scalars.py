"""What the scalars accept and answer, as variables and written in the document."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from domain.refusals import InvalidInput
from ledger.posting import MAX_POINTS
from schema.scalars import parse_day, parse_instant, parse_points, write_instant
from tests.schema.client import ask

HALF_PAST_ONE = datetime(2024, 1, 12, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-12T09:30:00+08:00",
        "2024-01-12T01:30:00Z",
        "2024-01-12t01:30z",
        "2024-01-11T20:00:00.000-05:30",
        "2024-01-12T01:30:00.000000999Z",
    ],
)
def test_an_instant_with_an_offset_is_taken_in_utc(text: str) -> None:
    assert parse_instant(text) == HALF_PAST_ONE


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-12T01:30:00",
        "2024-01-12",
        "2024-02-31T01:30:00Z",
        "2023-02-29T01:30:00Z",
        "2024-01-12T24:30:00Z",
        "2024-01-12T01:30:60Z",
        "2024-01-12T01:30:00+25:00",
        "2024-01-12T01:30:00[Asia/Xanadu]",
        "2024-01-12T01:30:00 Asia/Shanghai",
        "２０２４-01-12T01:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "20240112T013000Z",
        "today",
        "",
        1705023000,
        True,
        ["2024-01-12T01:30:00Z"],
    ],
)
def test_what_is_no_instant_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        parse_instant(value)


def test_a_year_that_is_off_the_calendar_is_told_apart_from_a_slip() -> None:
    for parse, value in ((parse_instant, "0001-01-01T00:00:00Z"), (parse_day, "9999-12-31")):
        with pytest.raises(InvalidInput) as refused:
            parse(value)
        assert (refused.value.reason, refused.value.values) == ("year_out_of_range", {"first": 1900, "last": 9000})


@pytest.mark.parametrize(
    ("micros", "text"),
    [(0, "2024-01-12T01:30:00Z"), (500_000, "2024-01-12T01:30:00.500000Z"), (1, "2024-01-12T01:30:00.000001Z")],
)
def test_an_instant_is_answered_in_utc(micros: int, text: str) -> None:
    assert write_instant(HALF_PAST_ONE.replace(microsecond=micros)) == text


def test_a_day_is_a_day_of_the_calendar() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("value", ["2024-02-31", "2023-02-29", "24-01-01", "2024-1-1", "2024-01-01T00:00:00Z", "", 7])
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        parse_day(value)


@pytest.mark.parametrize("value", [0, -7, MAX_POINTS, -MAX_POINTS, 5.0])
def test_points_are_whole_numbers(value: object) -> None:
    assert parse_points(value) == value


@pytest.mark.parametrize(
    "value", [MAX_POINTS + 1, -MAX_POINTS - 1, 0.5, float("nan"), float("inf"), 1e300, "5", True, None, [5]]
)
def test_what_is_no_number_of_points_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        parse_points(value)


WALLET_AT = "query ($at: DateTime!) { viewer { wallet { balanceAt(at: $at) } } }"


@pytest.mark.parametrize("value", ["2024-02-31T00:00:00Z", "2024-01-12T09:30:00", 5])
async def test_a_bad_variable_is_refused_with_code_and_words_in_both_languages(value: object) -> None:
    chinese = await ask(WALLET_AT, variables={"at": value})
    english = await ask(WALLET_AT, variables={"at": value}, language="en")
    assert chinese.code == english.code == "INVALID_INPUT"
    assert chinese.data is None
    assert "时区" in chinese.errors[0]["message"]
    assert "offset" in english.errors[0]["message"]


@pytest.mark.parametrize("value", ["2024-02-31T00:00:00Z", "2024-01-12T09:30:00", 5, False])
async def test_a_bad_value_in_the_document_is_refused_in_the_same_way(value: object) -> None:
    answer = await ask(f"{{ viewer {{ wallet {{ balanceAt(at: {json.dumps(value)}) }} }} }}")
    assert answer.code == "INVALID_INPUT"
    assert "时区" in answer.errors[0]["message"]
    assert answer.errors[0]["locations"]


async def test_a_bad_variable_says_where_in_the_input() -> None:
    query = "mutation ($input: CreateTicketOfferInput!) { createTicketOffer(input: $input) { errors { code } } }"
    session = {"startsAt": "2024-01-12", "endsAt": "2024-01-12T09:30:00Z", "stock": 3}
    answer = await ask(query, variables={"input": {"sessions": [session]}})
    paths = [error["extensions"].get("inputPath") for error in answer.errors]
    assert ["sessions", "0", "startsAt"] in paths

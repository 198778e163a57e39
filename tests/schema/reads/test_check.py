"""Wrong arguments are found before anything runs."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry.types.execution import PreExecutionError

from schema.reads.paging import encode_cursor
from tests.schema.reads.world.schema import SCHEMA, STORE, answer_of, context_of, only_error, result_of

EVENTS = "Event.events:starts_at"
FORGED = "e30"
FOREIGN = encode_cursor("Event.events:-starts_at", (1, 2))
OURS = encode_cursor(EVENTS, (1, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Give exactly one of first and last."),
        ("(first: 1, last: 1)", "Give exactly one of first and last."),
        ("(first: 0)", "A page has 1 to 100 items."),
        ("(last: -1)", "A page has 1 to 100 items."),
        ("(first: 101)", "A page has 1 to 100 items."),
        (f'(first: 1, after: "{FORGED}")', "This cursor is not valid, or belongs to another list."),
        ('(first: 1, after: "义诊")', "This cursor is not valid, or belongs to another list."),
        (f'(first: 1, before: "{FOREIGN}")', "This cursor is not valid, or belongs to another list."),
    ],
)
async def test_wrong_paging_is_refused_with_path_and_place(arguments: str, message: str) -> None:
    result = await result_of(f"{{ __typename mine: events{arguments} {{ totalCount }} }}")
    assert isinstance(result, PreExecutionError)
    error = only_error(result)
    assert error.message == message
    assert error.extensions == {"code": "INVALID_INPUT"}
    assert error.path == ["mine"]
    assert [(place.line, place.column) for place in error.locations or ()] == [(1, 14)]
    assert STORE.statements == []


async def test_a_wrong_page_inside_a_mutation_stops_the_mutation() -> None:
    query = """mutation ($n: Int) { touch(event: 1, bookings: [], person: 1) { event { ...Pages } } }
        fragment Pages on Event { waiting: bookings(first: $n) { nodes { id } } }"""
    result = await result_of(query, n=1000)
    assert isinstance(result, PreExecutionError)
    error = only_error(result)
    assert error.path == ["touch", "event", "waiting"]


async def test_an_argument_is_checked_by_its_own_rule_in_the_callers_language() -> None:
    query = '{ node(id: "x") { ... on Slot { viewerCanBook(quantity: 99) { eligible } } } }'
    result: Any = await SCHEMA.execute(query, context_value=context_of(1, "zh-CN"))
    error = only_error(result)
    assert error.message == "数量须在 1 到 9 之间。"
    assert error.path == ["node", "viewerCanBook"]


async def test_more_than_a_hundred_ids_are_refused() -> None:
    result = await result_of("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 101)
    error = only_error(result)
    assert error.message == "Ask for 100 ids at most."


@pytest.mark.usefixtures("world")
async def test_what_is_skipped_is_not_checked() -> None:
    query = "query ($on: Boolean!) { __typename events(first: 1000) @skip(if: $on) { totalCount } }"
    assert await answer_of(query, on=True) == {"__typename": "Query"}
    assert (await result_of(query, on=False)).errors


@pytest.mark.usefixtures("world")
async def test_the_same_document_is_checked_with_every_requests_variables() -> None:
    query = "query ($n: Int) { events(first: $n) { nodes { id } } }"
    assert len((await answer_of(query, n=2))["events"]["nodes"]) == 2
    assert (await result_of(query, n=0)).errors
    assert (await answer_of(query, n=1))["events"]["nodes"]
    assert "cannot represent" in only_error(await result_of(query, n=True)).message  # equal to 1, and no Int
    assert len((await answer_of(query, n=3))["events"]["nodes"]) == 3


@pytest.mark.usefixtures("world")
async def test_a_cursor_of_a_row_that_is_gone_still_has_its_place() -> None:
    assert (await answer_of(f'{{ events(first: 1, after: "{OURS}") {{ nodes {{ id }} }} }}'))["events"]["nodes"]

"""What compiled reads answer, and with how many statements."""

from __future__ import annotations

from typing import Any

import pytest

from schema.ids import encode_id
from tests.schema.reads.world.schema import STORE, answer_of, only_error, result_of

pytestmark = pytest.mark.usefixtures("world")


async def test_a_page_comes_with_its_to_one_relations_in_one_statement() -> None:
    answer = await answer_of(
        "{ events(first: 3) { nodes { id title startsAt isOutdoors latitude host { name area { code parent { name } } } } } }"
    )
    assert answer["events"]["nodes"][0] == {
        "id": "RXZlbnQ6MQ",
        "title": "活动 1",
        "startsAt": "2024-01-12T12:00:00Z",
        "isOutdoors": False,
        "latitude": 35.4,
        "host": {"name": "网格中心", "area": {"code": "C1", "parent": {"name": "阜桥"}}},
    }
    assert len(STORE.statements) == 1


async def test_every_list_level_costs_one_statement_however_many_rows() -> None:
    query = """query ($n: Int!) { events(first: $n) { totalCount nodes {
        slots { name viewerCanBook { eligible } }
        partners { name events(first: 2) { totalCount nodes { title } } }
        bookings(first: 5) { nodes { person { name } } } } } }"""
    await answer_of(query, viewer=1, n=2)
    few = len(STORE.statements)
    await answer_of(query, viewer=1, n=100)
    assert few == len(STORE.statements) == 5  # events, slots, partners, events of partners, bookings
    assert STORE.snapshots == 1


async def test_only_what_is_selected_is_read() -> None:
    await answer_of("{ events(first: 1) { nodes { __typename } } }")
    (statement,) = STORE.statements
    assert "title" not in statement
    assert "JOIN" not in statement
    assert "COUNT" not in statement


async def test_all_root_fields_of_a_query_see_one_snapshot() -> None:
    await answer_of(
        '{ a: area(code: "D") { name } b: events(first: 1) { nodes { id } } viewer { person { name } } }', viewer=1
    )
    assert len(STORE.statements) == 3
    assert STORE.snapshots == 1


async def test_only_the_count_is_read_where_nothing_else_is_wanted() -> None:
    answer = await answer_of("{ events(first: 1) { totalCount } }")
    (statement,) = STORE.statements
    assert "LIMIT" not in statement
    everything = await answer_of("{ events(first: 100) { nodes { id } } }")
    assert answer["events"]["totalCount"] == len(everything["events"]["nodes"])


async def test_an_empty_page_has_its_count_and_no_cursors() -> None:
    query = """{ events(first: 5, filter: {startsFrom: "2030-01-01T00:00:00Z"})
        { nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert (await answer_of(query))["events"] == {"nodes": [], "totalCount": 0, "pageInfo": nothing}


WALK = """query ($first: Int, $after: String, $last: Int, $before: String, $order: EventOrder!) {
    events(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def walked(order: str, size: str, cursor: str, more: str, edge: str) -> list[list[str]]:
    """The ids of all pages, one after the other."""
    pages: list[list[str]] = []
    at: dict[str, Any] = {}
    while True:
        page = (await answer_of(WALK, viewer=1, order=order, **{size: 3}, **at))["events"]
        pages.append([node["id"] for node in page["nodes"]])
        assert page["pageInfo"]["hasPreviousPage" if more == "hasNextPage" else "hasNextPage"] == bool(at)
        if not page["pageInfo"][more]:
            return pages
        at = {cursor: page["pageInfo"][edge]}


@pytest.mark.parametrize("order", ["STARTS_AT_ASC", "STARTS_AT_DESC"])
async def test_pages_forward_and_backward_meet_every_row_once(order: str) -> None:
    everything = await answer_of(WALK, viewer=1, order=order, first=100)
    ids = [node["id"] for node in everything["events"]["nodes"]]
    forward = await walked(order, "first", "after", "hasNextPage", "endCursor")
    backward = await walked(order, "last", "before", "hasPreviousPage", "startCursor")
    assert sum(forward, []) == ids  # noqa: RUF017 - a handful of pages
    assert sum(reversed(backward), []) == ids  # noqa: RUF017 - a handful of pages


async def test_both_cursors_bound_a_page() -> None:
    everything = await answer_of("{ events(first: 100) { edges { cursor node { id } } } }")
    edges = everything["events"]["edges"]
    query = """query ($a: String, $b: String) {
        events(last: 2, after: $a, before: $b) { nodes { id } pageInfo { hasNextPage } } }"""
    page = (await answer_of(query, a=edges[1]["cursor"], b=edges[5]["cursor"]))["events"]
    assert page == {"nodes": [edges[3]["node"], edges[4]["node"]], "pageInfo": {"hasNextPage": True}}


async def test_every_parent_gets_a_page_of_its_own() -> None:
    bodies = [encode_id("Body", key) for key in (1, 2, 3, 4)]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Body {
        events(first: 2) { totalCount nodes { id } pageInfo { hasNextPage } } } } }"""
    together = (await answer_of(query, ids=bodies))["nodes"]
    assert len(STORE.statements) == 2
    alone = [(await answer_of(query, ids=[body]))["nodes"][0] for body in bodies]
    assert together == alone
    assert sum(len(body["events"]["nodes"]) for body in together) > 4
    for body in together:
        page = body["events"]
        assert len(page["nodes"]) == min(2, page["totalCount"])
        assert page["pageInfo"]["hasNextPage"] == (page["totalCount"] > 2)


async def test_nodes_answer_in_the_order_asked_with_null_for_what_cannot_be_seen() -> None:
    ids = [encode_id("Slot", 11), encode_id("Person", 5), encode_id("Slot", 999_999), "no id", encode_id("Area", 1)]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    nodes = (await answer_of(query, ids=[*ids, ids[0]]))["nodes"]
    slot, area = {"__typename": "Slot", "id": ids[0]}, {"__typename": "Area", "id": ids[4]}
    assert nodes == [slot, None, None, None, area, slot]
    assert len(STORE.statements) == 3  # one for each type


async def test_an_id_of_another_type_is_null() -> None:
    assert (await answer_of(f'{{ event(id: "{encode_id("Area", 1)}") {{ id }} }}')) == {"event": None}


async def test_a_missing_row_on_a_non_null_position_is_an_error_there() -> None:
    query = "mutation { touch(event: 1, bookings: [1000, 424242], person: 1) { results { strict { id } } } }"
    result = await result_of(query, viewer=1)
    assert result.data == {"touch": {"results": [{"strict": {"id": encode_id("Booking", 1000)}}, None]}}
    error = only_error(result)
    assert error.message == "Cannot return null for non-nullable field Result.strict."
    assert error.path == ["touch", "results", 1, "strict"]

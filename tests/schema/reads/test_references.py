"""References in payloads and events are read by the same plans, together."""

from __future__ import annotations

from typing import Any

import pytest

import storage
from schema.ids import encode_id
from tests.schema.reads.world.schema import SCHEMA, STORE, answer_of, context_of

pytestmark = pytest.mark.usefixtures("world")

TOUCH = """mutation ($bookings: [Int!]!) { touch(event: 1, bookings: $bookings, person: 2) {
    event { title host { name } }
    results { booking { id slot { event { title } } } strict { person { name } } } } }"""


async def test_references_of_one_field_are_read_by_one_statement() -> None:
    rows = await storage.fetch("SELECT id FROM bookings WHERE person_id = 1 ORDER BY id")
    keys = [row[0] for row in rows]
    answer = await answer_of(TOUCH, viewer=1, bookings=keys * 50)
    results = answer["touch"]["results"]
    assert [result["booking"]["id"] for result in results] == [encode_id("Booking", key) for key in keys * 50]
    assert len(STORE.statements) == 3  # event, booking, strict
    assert STORE.snapshots == 1


async def test_a_reference_that_may_not_be_seen_is_null() -> None:
    [[theirs]] = await storage.fetch("SELECT MAX(id) FROM bookings WHERE person_id = 5")
    query = "mutation ($b: [Int!]!) { touch(event: 1, bookings: $b, person: 2) { results { booking { id } } } }"
    assert await answer_of(query, viewer=6, b=[theirs]) == {"touch": {"results": [{"booking": None}]}}


async def test_a_reference_can_be_read_as_somebody_else() -> None:
    query = "mutation { touch(event: 1, bookings: [], person: 3) { viewer { person { name phone } } } }"
    answer = await answer_of(query)
    assert answer["touch"]["viewer"]["person"] == {"name": "示例居民03", "phone": "13800000003"}


async def test_every_event_of_a_subscription_is_read_anew() -> None:
    titles: list[Any] = []
    events: Any = await SCHEMA.subscribe("subscription { changed(number: 1) { title } }", context_value=context_of(1))
    async for event in events:
        assert event.errors is None
        titles.append(event.data["changed"]["title"])
        await storage.write(lambda tx: tx.execute("UPDATE events SET title = 'anew' WHERE id = 1"))
    assert titles == ["活动 1", "anew"]


async def test_a_finished_value_is_answered_as_it_is() -> None:
    assert await answer_of("mutation { ready { each } }") == {"ready": {"as it is": 1}}

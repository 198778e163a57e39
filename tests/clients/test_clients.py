"""The clients that front-ends use, untouched: they page, cache, follow and are refused as their own documentation says."""

from __future__ import annotations

from pathlib import Path

from schema.build import EXPORTED, schema
from schema.ids import encode_id
from tests.builders.people import a_resident
from tests.builders.redemption import an_offer
from tests.builders.volunteering import an_activity
from tests.clients.node import run_node
from tests.server import Server

PHONE = "13800000001"


async def test_apollo_urql_graphql_ws_and_graphql_sse_work_as_they_are(sqlite_server: Server) -> None:
    await a_resident(phone=PHONE, points=100)
    offer = await an_offer(cost=10, limit_per_resident=10)
    for number in range(5):
        await an_activity(title=f"示例义诊{number}")
    token = await sqlite_server.sign_in_as(PHONE)
    session = encode_id("OfferSession", offer.session_id)
    wrong = await run_node("clients.mjs", sqlite_server.url, token, session)
    assert wrong == dict.fromkeys(["apollo", "urql", "graphqlWs", "graphqlSse"])


async def test_relay_compiles_a_fragment_for_every_connection(tmp_path: Path) -> None:
    compiled = await run_node("relay.mjs", str(EXPORTED), str(tmp_path))
    types = schema._schema.type_map.values()
    connections = {
        f"{type_.name}.{name}"
        for type_ in types
        for name, field in getattr(type_, "fields", {}).items()
        if str(field.type).rstrip("!").endswith("Connection")
    }
    assert set(compiled) == connections

"""The Python client gql, untouched: over HTTP and over a WebSocket, with the schema fetched from the server."""

from __future__ import annotations

from contextlib import aclosing

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.builders.people import a_resident
from tests.builders.volunteering import an_activity
from tests.server import NO_TLS, Server

PHONE = "13800000001"
PAGE = "query ($after: String) { activities(first: 2, after: $after) { nodes { title } pageInfo { endCursor } } }"
WALLET = gql("subscription { walletChanged { balance } }")


async def test_gql_pages_follows_and_is_refused(sqlite_server: Server) -> None:
    await a_resident(phone=PHONE, points=100)
    for number in range(3):
        await an_activity(title=f"示例义诊{number}")
    headers = {"Authorization": f"Bearer {await sqlite_server.sign_in_as(PHONE)}"}

    http = HTTPXAsyncTransport(f"{sqlite_server.url}/graphql", headers=headers, verify=NO_TLS, trust_env=False)
    async with Client(transport=http, fetch_schema_from_transport=True) as session:
        first = (await session.execute(gql(PAGE)))["activities"]
        rest = await session.execute(GraphQLRequest(PAGE, variable_values={"after": first["pageInfo"]["endCursor"]}))
        assert len(first["nodes"] + rest["activities"]["nodes"]) == 3
    async with Client(transport=http) as session:
        with pytest.raises(TransportQueryError) as refused:
            await session.execute(gql("{ nothing }"))
        assert refused.value.errors
        assert refused.value.errors[0]["extensions"]["code"] == "INVALID_INPUT"

    socket = WebsocketsTransport(sqlite_server.websocket_url, init_payload=headers)
    async with Client(transport=socket) as session, aclosing(session.subscribe(WALLET)) as events:
        assert await anext(events) == {"walletChanged": {"balance": 100}}

"""The limits are settings, and time is one of them."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace

import httpx

from api.settings import Settings, limits_of
from schema.bounds import Limits
from tests.server import PATIENCE_S, TEST_SETTINGS, running_server

AREA = 'query { area(code: "370811") { name } }'

#: What is written is always waited for.
CODE = 'mutation { requestSignInCode(input: { phone: "13800000001" }) { expiresAt } }'


def test_what_is_set_if_nothing_is_set_is_what_the_schema_takes_for_sane() -> None:
    assert limits_of(Settings()) == Limits()
    assert len(fields(Limits)) == 8


async def test_a_setting_is_kept_and_named_where_it_is_hit(migrated_sqlite_url: str) -> None:
    async with running_server(migrated_sqlite_url, replace(TEST_SETTINGS, cost_limit=1, alias_limit=1)) as server:
        [dear] = (await server.graphql(AREA, language="en"))["errors"]
        [named] = (await server.graphql("{ a: __typename b: __typename }"))["errors"]
    assert dear["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "cost", "requested": 101, "allowed": 1}
    assert dear["message"].startswith("The query costs too much (101 of 1).")
    assert (named["extensions"]["limit"], named["extensions"]["allowed"]) == ("aliases", 1)


async def test_what_is_not_done_in_time_is_given_up(migrated_sqlite_url: str) -> None:
    async with running_server(migrated_sqlite_url, replace(TEST_SETTINGS, deadline_seconds=0)) as server:
        response = await server.http.post("/graphql", json={"query": CODE})
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (503, "DEADLINE_EXCEEDED")
    assert response.headers["retry-after"] == "1"


async def test_a_body_that_never_ends_is_not_waited_for(migrated_sqlite_url: str) -> None:
    async with running_server(migrated_sqlite_url, replace(TEST_SETTINGS, deadline_seconds=0)) as server:
        address = httpx.URL(server.url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        async with asyncio.timeout(PATIENCE_S):
            assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()

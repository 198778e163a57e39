"""What every answer carries, whose pages may read it, and what the schema says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from api import seals
from api.surface import HEADERS
from storage import close_database
from tests.server import PROTOCOL, TEST_SETTINGS, Server, running_server

APP, OTHER = "https://app.example.cn", "https://evil.example"
TYPENAME = {"query": "{ __typename }"}
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


@asynccontextmanager
async def closed_server(database_url: str, **settings: str) -> AsyncIterator[Server]:
    """The program as in production: no page, nothing that is on by itself in development."""
    closed = replace(TEST_SETTINGS, environment="production", graphiql="off")
    async with running_server(database_url, replace(closed, **settings)) as running:  # type: ignore[arg-type] # texts all
        yield running


async def everything(server: Server) -> list[httpx.Response]:
    """An answer of each kind there is."""
    addresses = ["/graphql?query={__typename}", "/graphql", "/nowhere", "/healthz", "/readyz", "/.well-known/jwks.json"]
    addresses += [
        "/.well-known/seals.json",
        "/.well-known/seals.json?after=x",
        "/graphiql/graphiql.css",
        "/graphql/stream",
    ]
    page = await server.http.get("/graphql", headers={"accept": "text/html"})
    gotten = [await server.http.get(address) for address in addresses]
    return [page, *gotten, await server.http.delete("/graphql"), await server.http.post("/graphql", json=TYPENAME)]


async def test_every_answer_says_what_a_browser_may_do_with_it(sqlite_server: Server) -> None:
    for answer in await everything(sqlite_server):
        assert answer.status_code < 500
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
        assert "set-cookie" not in answer.headers


async def test_nothing_is_kept_but_what_is_meant_to_be(sqlite_server: Server) -> None:
    kept = {
        answer.url.path for answer in await everything(sqlite_server) if answer.headers["cache-control"] != "no-store"
    }
    page = {"/graphql", "/graphiql/graphiql.css"}  # asked for again each time
    assert kept == {"/.well-known/jwks.json", "/.well-known/seals.json"} | page
    answer = await sqlite_server.http.get("/graphql", params={"query": "{ __typename }"})
    assert answer.headers["cache-control"] == "no-store"


async def test_a_page_that_is_welcome_asks_and_reads(migrated_sqlite_url: str) -> None:
    async with closed_server(migrated_sqlite_url, cors_origins=f"https://m.example.cn,{APP}") as server:
        asked = await server.http.options("/graphql", headers={"origin": APP, **PREFLIGHT})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == APP
        assert asked.headers["access-control-allow-headers"] == "authorization,content-type"
        assert "POST" in asked.headers["access-control-allow-methods"]
        answer = await server.http.post("/graphql", json=TYPENAME, headers={"origin": APP})
        refused = await server.http.post("/graphql", content=b"{", headers={"origin": APP})
        for each in (answer, refused):
            assert each.headers["access-control-allow-origin"] == APP
            assert "Origin" in each.headers["vary"]
            assert "access-control-allow-credentials" not in each.headers, "there are no cookies"
        async with connect(server.websocket_url, subprotocols=[PROTOCOL], origin=Origin(APP)):
            pass


@pytest.mark.parametrize(
    ("wanted", "origin"),
    [(APP, OTHER), (APP, "null"), (APP, APP + ".evil.example"), ("off", APP), ("auto", "http://localhost:3000")],
)
async def test_a_page_that_is_not_welcome_reads_nothing(migrated_sqlite_url: str, wanted: str, origin: str) -> None:
    async with closed_server(migrated_sqlite_url, cors_origins=wanted) as server:
        asked = await server.http.options("/graphql", headers={"origin": origin, **PREFLIGHT})
        answer = await server.http.post("/graphql", json=TYPENAME, headers={"origin": origin})
        assert (asked.status_code, answer.status_code) == (405, 200)
        for each in (asked, answer):
            assert "access-control-allow-origin" not in each.headers
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(server.websocket_url, subprotocols=[PROTOCOL], origin=Origin(origin)):
                pass


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8080"])
async def test_a_front_end_that_is_being_written_is_welcome_in_development(sqlite_server: Server, origin: str) -> None:
    answer = await sqlite_server.http.post("/graphql", json=TYPENAME, headers={"origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin
    foreign = await sqlite_server.http.post("/graphql", json=TYPENAME, headers={"origin": "http://localhost.evil"})
    assert "access-control-allow-origin" not in foreign.headers


async def test_production_shows_neither_its_schema_nor_guesses_at_it(migrated_sqlite_url: str) -> None:
    async with closed_server(migrated_sqlite_url) as server:
        for query in (
            "{ __schema { queryType { name } } }",
            '{ __type(name: "Query") { name } }',
            "query { ...F } fragment F on Query { __schema { types { name } } }",
        ):
            answer = await server.graphql(query, language="en")
            assert "data" not in answer
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID_INPUT"}
            assert "__schema and __type" in answer["errors"][0]["message"]
        wrong = await server.graphql("{ viewr { id } }")
        assert "viewer" not in wrong["errors"][0]["message"]
        assert (await server.graphql("{ __typename }"))["data"] == {"__typename": "Query"}
    async with closed_server(migrated_sqlite_url, introspection="on") as server:
        answer = await server.graphql("{ __schema { queryType { name } } }")
        assert answer["data"] == {"__schema": {"queryType": {"name": "Query"}}}
        assert "viewer" in (await server.graphql("{ viewr { id } }"))["errors"][0]["message"]


async def test_an_answer_outside_graphql_that_fails_carries_what_all_others_do(
    sqlite_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await close_database()
    response = await sqlite_server.http.get(seals.PATH, headers={"origin": "http://localhost:3000"})
    [error] = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (500, "INTERNAL")
    assert error["extensions"]["reference"] in caplog.text
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert len(response.headers["x-request-id"]) == 16

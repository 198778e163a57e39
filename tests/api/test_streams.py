"""Server-sent events, an operation for each connection: at an address of their own, so that plain queries stay plain."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from api import streams
from tests.server import PATIENCE_S, Server

STREAM = "/graphql/stream"
EVENTS = {"accept": "text/event-stream"}
WALLET = {"query": "subscription { walletChanged { balance } }"}
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
MUTATION = 'mutation { requestSignInCode(input: {phone: "13800000001"}) { expiresAt } }'


@asynccontextmanager
async def following(server: Server, token: str | None = None) -> AsyncIterator[AsyncIterator[str]]:
    """The lines of a stream that follows the wallet."""
    headers = EVENTS | ({"authorization": f"Bearer {token}"} if token else {})
    async with server.http.stream("POST", STREAM, json=WALLET, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["x-accel-buffering"] == "no"
        yield response.aiter_lines()


def events_in(text: str) -> list[tuple[str, Any]]:
    """The events of a stream that ended: their names and data."""
    found = []
    for event in text.removesuffix("\n\n").split("\n\n"):
        name, data = event.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: ") or "null")))
    return found


async def test_a_subscription_tells_the_present_state_first(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    async with following(sqlite_server, token) as lines:
        assert await anext(lines) == "event: next"
        assert json.loads((await anext(lines)).removeprefix("data: "))["data"] == {"walletChanged": {"balance": 0}}


@pytest.mark.parametrize("query", ["{ __typename }", MUTATION])
async def test_a_query_and_a_mutation_give_one_answer(sqlite_server: Server, query: str) -> None:
    answer = await sqlite_server.http.post(STREAM, json={"query": query}, headers=EVENTS)
    (name, payload), last = events_in(answer.text)
    assert (name, "errors" in payload, last) == ("next", False, ("complete", None))


@pytest.mark.parametrize("query", ["{", "{ nothingOfTheKind }", "subscription { walletChanged { balance } }"])
async def test_a_refused_operation_is_told_on_the_stream(sqlite_server: Server, query: str) -> None:
    answer = await sqlite_server.http.get(STREAM, params={"query": query}, headers=EVENTS)
    (name, payload), last = events_in(answer.text)
    assert (answer.status_code, name, last) == (200, "next", ("complete", None))
    assert payload["errors"][0]["extensions"]["code"] in ("INVALID_INPUT", "UNAUTHENTICATED")


async def test_a_get_changes_nothing(sqlite_server: Server) -> None:
    answer = await sqlite_server.http.get(STREAM, params={"query": MUTATION}, headers=EVENTS)
    (_, payload), _ = events_in(answer.text)
    assert payload["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
    assert sqlite_server.sms.sent == []


async def test_what_is_no_request_is_answered_in_a_fitting_status(sqlite_server: Server) -> None:
    http = sqlite_server.http
    answers = {
        400: await http.post(STREAM, content=b"{", headers=EVENTS | {"content-type": "application/json"}),
        401: await http.post(STREAM, json=WALLET, headers=EVENTS | {"authorization": "Bearer nonsense"}),
        405: await http.put(STREAM, headers=EVENTS),
        406: await http.post(STREAM, json=WALLET, headers={"accept": "application/json"}),
        413: await http.post(STREAM, json={"query": " " * sqlite_server.settings.body_limit}, headers=EVENTS),
        415: await http.post(STREAM, content=b"{}", headers=EVENTS | {"content-type": "text/plain"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.json()["errors"][0]["extensions"]["code"]


async def test_a_client_that_lists_event_streams_gets_its_query_answered(sqlite_server: Server) -> None:
    answer = await sqlite_server.http.post("/graphql", json={"query": "{ __typename }"}, headers={"accept": URQL})
    assert answer.headers["content-type"].startswith("application/graphql-response+json")
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_a_silent_stream_shows_that_it_lives(sqlite_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ALIVE_SECONDS", 0.01)
    async with following(sqlite_server, await sqlite_server.sign_in_as("13800000001")) as lines:
        told = [await anext(lines) for _ in range(40)]
    assert ":" in told
    assert [line for line in told if line.startswith("event")] == ["event: next"], "which is no event"


async def test_a_session_that_ends_ends_its_stream(sqlite_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.watching.LOOK_EVERY_S", 0.01)
    token = await sqlite_server.sign_in_as("13800000001")
    async with following(sqlite_server, token) as lines:
        await anext(lines)
        await sqlite_server.data("mutation { signOut { errors { code } } }", token=token)
        rest = "\n".join([line async for line in lines])
    assert "UNAUTHENTICATED" in rest
    assert rest.rstrip().endswith("event: complete\ndata:")


def telling() -> set[asyncio.Task[Any]]:
    """What runs for all streams."""
    return {task for task in asyncio.all_tasks() if "EventStream.tell" in repr(task.get_coro())}


async def test_who_goes_away_leaves_nothing_behind(sqlite_server: Server) -> None:
    async with following(sqlite_server, await sqlite_server.sign_in_as("13800000001")) as lines:
        await anext(lines)
        running = telling()
    assert running
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.wait(running)


async def test_who_reads_nothing_is_left_alone_after_a_while(
    sqlite_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SLOW_SECONDS", 0.05)
    monkeypatch.setattr(streams, "ALIVE_SECONDS", 0)
    monkeypatch.setattr(streams, "ALIVE", b":" + b" " * 1_000_000 + b"\n\n")
    address = httpx.URL(sqlite_server.url)
    token = await sqlite_server.sign_in_as("13800000001")
    reader, writer = await asyncio.open_connection(address.host, address.port)
    body = json.dumps(WALLET)
    head = "POST /graphql/stream HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    async with asyncio.timeout(PATIENCE_S):
        await reader.readline()
        while running := telling():
            await asyncio.wait(running)
    writer.transport.abort()


async def test_a_server_that_stops_ends_its_streams(sqlite_server: Server) -> None:
    async with following(sqlite_server, await sqlite_server.sign_in_as("13800000001")) as lines:
        await anext(lines)
        sqlite_server.stopping.set()
        async with asyncio.timeout(PATIENCE_S):
            assert [line async for line in lines][-1] == ""

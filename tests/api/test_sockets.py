"""graphql-transport-ws to the letter: greetings, operations, and a close code for every bad manner."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from api import sockets
from schema import watching
from tests.server import PATIENCE_S, PROTOCOL, Server

INIT = {"type": "connection_init"}
TYPENAME = {"query": "{ __typename }"}
WALLET = {"query": "subscription { walletChanged { id } }"}
LONG = {
    "query": "{" + " ".join(f"{'long' * 4000}{number}: __typename" for number in range(50)) + "}"
}  # 800 KB each way


@asynccontextmanager
async def plain_connection(server: Server, protocol: str = PROTOCOL) -> AsyncIterator[ClientConnection]:
    async with connect(
        server.websocket_url, subprotocols=[Subprotocol(protocol)], open_timeout=PATIENCE_S, compression=None
    ) as connection:
        yield connection


async def close_code(connection: ClientConnection) -> int | None:
    """The code with which the server closes, whatever it says before."""
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await connection.recv()
    return connection.close_code


NO_MESSAGES: dict[str, str | bytes] = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "7",
    "null": "null",
    "no type": "{}",
    "a type that is no text": '{"type": 7}',
    "an unknown type": '{"type": "connection_terminate"}',
    "bytes": b"\x00\x01",
    "very deep JSON": "[" * 50_000,
    "a ping with a text": '{"type": "ping", "payload": "x"}',
    "a pong with a list": '{"type": "pong", "payload": []}',
}


@pytest.mark.parametrize("message", NO_MESSAGES.values(), ids=NO_MESSAGES.keys())
@pytest.mark.parametrize("greeted", [True, False], ids=["greeted", "not greeted"])
async def test_what_is_no_message_closes_with_4400(
    sqlite_server: Server, message: str | bytes, *, greeted: bool
) -> None:
    async with plain_connection(sqlite_server) as connection:
        if greeted:
            await connection.send(json.dumps(INIT))
        await connection.send(message)
        assert await close_code(connection) == 4400


BAD_SUBSCRIPTIONS: dict[str, dict[str, Any]] = {
    "no id": {"payload": TYPENAME},
    "an empty id": {"id": "", "payload": TYPENAME},
    "a number as id": {"id": 7, "payload": TYPENAME},
    "an endless id": {"id": "x" * 201, "payload": TYPENAME},
    "no payload": {"id": "1"},
    "a list as payload": {"id": "1", "payload": []},
    "no query": {"id": "1", "payload": {}},
    "a number as query": {"id": "1", "payload": {"query": 7}},
    "a list as variables": {"id": "1", "payload": {**TYPENAME, "variables": []}},
    "a number as operation name": {"id": "1", "payload": {**TYPENAME, "operationName": 7}},
    "a NUL": {"id": "1", "payload": {**TYPENAME, "variables": {"a": "\0"}}},
}


@pytest.mark.parametrize("message", BAD_SUBSCRIPTIONS.values(), ids=BAD_SUBSCRIPTIONS.keys())
async def test_a_malformed_operation_closes_with_4400(sqlite_server: Server, message: dict[str, Any]) -> None:
    async with sqlite_server.connected() as socket:
        await socket.send({"type": "subscribe", **message})
        assert await close_code(socket.connection) == 4400


@pytest.mark.parametrize(
    "payload", [[], "x", 7, {"authorization": 7}, {"Authorization": ["Bearer x"]}, {"accept-language": 7}]
)
async def test_a_malformed_greeting_closes_with_4400(sqlite_server: Server, payload: Any) -> None:
    async with plain_connection(sqlite_server) as connection:
        await connection.send(json.dumps({**INIT, "payload": payload}))
        assert await close_code(connection) == 4400


async def test_an_operation_before_the_greeting_closes_with_4401(sqlite_server: Server) -> None:
    async with plain_connection(sqlite_server) as connection:
        await connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": TYPENAME}))
        assert await close_code(connection) == 4401


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_a_bad_token_closes_with_4403(sqlite_server: Server, name: str) -> None:
    async with plain_connection(sqlite_server) as connection:
        await connection.send(json.dumps({**INIT, "payload": {name: "Bearer nonsense"}}))
        assert await close_code(connection) == 4403


async def test_another_protocol_closes_with_4406(sqlite_server: Server) -> None:
    async with plain_connection(sqlite_server, "graphql-ws") as connection:
        assert await close_code(connection) == 4406


async def test_a_greeting_that_never_comes_closes_with_4408(
    sqlite_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.sockets.INIT_SECONDS", 0.01)
    async with plain_connection(sqlite_server) as connection:
        assert await close_code(connection) == 4408


async def test_an_id_that_is_taken_closes_with_4409(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    async with sqlite_server.connected(token=token) as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": WALLET})
        assert (await socket.receive())["type"] == "next"
        await socket.send({"type": "subscribe", "id": "1", "payload": WALLET})
        assert await close_code(socket.connection) == 4409


async def test_a_second_greeting_closes_with_4429(sqlite_server: Server) -> None:
    async with sqlite_server.connected() as socket:
        await socket.send(INIT)
        assert await close_code(socket.connection) == 4429


async def test_a_foreign_page_cannot_connect(sqlite_server: Server) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with connect(sqlite_server.websocket_url, subprotocols=[PROTOCOL], origin="https://evil.example"):  # type: ignore[arg-type]
            pass


async def test_a_ping_is_answered_before_and_after_the_greeting(sqlite_server: Server) -> None:
    async with plain_connection(sqlite_server) as connection:
        for message in ({"type": "ping"}, INIT, {"type": "ping", "payload": {}}, {"type": "pong"}, {"type": "ping"}):
            await connection.send(json.dumps(message))
        answers = [json.loads(await connection.recv())["type"] for _ in range(4)]
        assert answers == ["pong", "connection_ack", "pong", "pong"]


async def test_a_query_gives_one_answer_and_frees_its_id(sqlite_server: Server) -> None:
    async with sqlite_server.connected() as socket:
        for _ in range(2):
            await socket.send({"type": "subscribe", "id": "1", "payload": TYPENAME})
            assert (await socket.receive())["payload"]["data"] == {"__typename": "Query"}
            assert await socket.receive() == {"type": "complete", "id": "1"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("{", None),
        ("{ nothingOfTheKind }", None),
        ("query A { __typename } query B { __typename }", "C"),
        ("query A { __typename } query B { __typename }", None),
    ],
)
async def test_a_refused_document_is_an_error_of_the_operation(
    sqlite_server: Server, query: str, name: str | None
) -> None:
    async with sqlite_server.connected() as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": {"query": query, "operationName": name}})
        message = await socket.receive()
        assert (message["type"], message["id"]) == ("error", "1")
        assert [error["extensions"]["code"] for error in message["payload"]] == ["INVALID_INPUT"]
        await socket.send({"type": "subscribe", "id": "1", "payload": TYPENAME})
        assert (await socket.receive())["type"] == "next", "the connection goes on, and the id is free"


async def test_a_completed_subscription_ends_and_frees_its_id(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    async with sqlite_server.connected(token=token) as socket:
        for _ in range(3):
            await socket.send({"type": "subscribe", "id": "1", "payload": WALLET})
            assert (await socket.receive())["type"] == "next"
            await socket.send({"type": "complete", "id": "1"})
        await socket.send({"type": "complete", "id": "never began"})
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}, "nothing more of what was completed"


async def test_no_more_than_a_hundred_operations_at_a_time(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    async with sqlite_server.connected(token=token) as socket:
        for number in range(101):
            await socket.send({"type": "subscribe", "id": str(number), "payload": WALLET})
        assert await close_code(socket.connection) == 4400


async def test_a_client_that_vanishes_leaves_no_operation_behind(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    before = asyncio.all_tasks()
    async with sqlite_server.connected(token=token) as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": WALLET})
        assert (await socket.receive())["type"] == "next"
        socket.connection.transport.abort()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait(asyncio.all_tasks() - before - {asyncio.current_task()})


async def test_a_session_that_ends_ends_its_sockets(sqlite_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sockets.WATCH_SECONDS < 5 > watching.LOOK_EVERY_S, "this is how long it may take"
    monkeypatch.setattr(sockets, "WATCH_SECONDS", 0.01)
    token = await sqlite_server.sign_in_as("13800000001")
    async with sqlite_server.connected() as stranger, sqlite_server.connected(token=token) as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": WALLET})
        assert (await socket.receive())["type"] == "next"
        await sqlite_server.data("mutation { signOut { errors { code } } }", token=token)
        assert await close_code(socket.connection) == 4403
        await stranger.send({"type": "ping"})
        assert await stranger.receive() == {"type": "pong"}, "nobody's connection goes on"


def conversing() -> set[asyncio.Task[Any]]:
    """What runs on the server's side of all connections."""
    return {task for task in asyncio.all_tasks() if "Conversation" in repr(task.get_coro())}


async def ask_at_length(connection: ClientConnection) -> None:
    """Greet, and ask for 24 MB."""
    await connection.send(json.dumps(INIT))
    for number in range(30):
        await connection.send(json.dumps({"type": "subscribe", "id": str(number), "payload": LONG}))


async def test_a_client_that_reads_nothing_is_left_alone_after_a_while(
    sqlite_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SLOW_SECONDS", 0.2)
    async with plain_connection(sqlite_server) as connection:
        connection.transport.pause_reading()
        asking = asyncio.create_task(ask_at_length(connection))
        async with asyncio.timeout(PATIENCE_S):
            while running := conversing():
                await asyncio.wait(running)
        asking.cancel()
        connection.transport.abort()


async def test_a_client_that_reads_slowly_reads_everything(sqlite_server: Server) -> None:
    async with plain_connection(sqlite_server) as connection:
        connection.transport.pause_reading()
        asking = asyncio.create_task(ask_at_length(connection))
        await asyncio.wait({asking}, timeout=0.3)
        connection.transport.resume_reading()
        async with asyncio.timeout(PATIENCE_S):
            told = [json.loads(await connection.recv()) for _ in range(61)]
        await asking
    assert {message["id"] for message in told if message["type"] == "next"} == {str(number) for number in range(30)}


async def test_our_own_failure_closes_with_4500(sqlite_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets.Conversation, "complete", lambda _, message: 1 / len(message["none"]))
    async with plain_connection(sqlite_server) as connection:
        await connection.send(json.dumps(INIT))
        await connection.send(json.dumps({"type": "complete", "none": ""}))
        assert await close_code(connection) == 4500

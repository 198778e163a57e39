"""Clients that go away at a random moment: their network fails, they lose patience, they press 'back'."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.server import Server, Socket

LONGEST = 120  # turns of the event loop, in which the server gets from the first byte to the last when many ask at once


@dataclass(frozen=True, slots=True)
class Request:
    """An operation of somebody's."""

    document: str
    token: str
    variables: dict[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        return {"query": self.document, "variables": self.variables}

    @property
    def http(self) -> bytes:
        """As it goes over the wire."""
        body = json.dumps(self.payload).encode()
        head = [
            "POST /graphql HTTP/1.1",
            "Host: gone.example",
            "Content-Type: application/json",
            f"Authorization: Bearer {self.token}",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*head, "", ""]).encode() + body


async def some_turns(chance: Random) -> None:
    """Whatever runs besides gets a little further; often nothing at all."""
    for _ in range(chance.choice((0, 1, chance.randrange(LONGEST)))):
        await asyncio.sleep(0)


async def hang_up_while_waiting(server: Server, request: Request, chance: Random) -> None:
    """The whole request was sent, and nobody is there for the answer."""
    await send_and_hang_up(server, request.http, chance)


async def hang_up_while_sending(server: Server, request: Request, chance: Random) -> None:
    """A part of the request was sent."""
    wire = request.http
    await send_and_hang_up(server, wire[: chance.randrange(1, len(wire))], chance)


async def send_and_hang_up(server: Server, wire: bytes, chance: Random) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.http.base_url.port)
    writer.write(wire)
    await some_turns(chance)
    writer.transport.abort()


async def give_the_operation_up(server: Server, request: Request, chance: Random) -> None:
    """Over a WebSocket a client says that it no longer wants an answer."""
    async with server.connected(token=request.token) as socket:
        await begin(socket, request)
        await some_turns(chance)
        await socket.send({"type": "complete", "id": "1"})


async def drop_the_socket(server: Server, request: Request, chance: Random) -> None:
    """A WebSocket ends without a word while an operation runs on it."""
    async with server.connected(token=request.token) as socket:
        await begin(socket, request)
        await some_turns(chance)
        socket.connection.transport.abort()


async def begin(socket: Socket, request: Request) -> None:
    await socket.send({"type": "subscribe", "id": "1", "payload": request.payload})


WAYS: tuple[Callable[[Server, Request, Random], Awaitable[None]], ...] = (
    hang_up_while_waiting,
    hang_up_while_sending,
    give_the_operation_up,
    drop_the_socket,
)


async def leave(server: Server, request: Request, seed: int) -> None:
    """Send the request and go away before the answer is read, in some way, at some moment."""
    chance = Random(seed)
    await chance.choice(WAYS)(server, request, chance)

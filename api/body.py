"""Reading a request's body, of which no more is kept than is allowed."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.head import Head
from api.problems import body_too_large, body_too_slow

KIB = 1024
LET_PASS = 32 * KIB * KIB  # bytes
LET_PASS_SECONDS = 10


class Body:
    """The body of one request as it comes in."""

    __slots__ = ("is_over", "receive")

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.is_over = False

    async def chunk(self) -> bytes:
        """What came in next; not to be asked for after the end. Raises ClientDisconnect."""
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self.is_over = not message.get("more_body", False)
        return message.get("body", b"")  # type: ignore[no-any-return] # bytes, says ASGI

    async def whole(self, limit: int) -> bytes | None:
        """All of it, or None as soon as it is longer than the limit. Raises ClientDisconnect."""
        body = bytearray()
        while not self.is_over and len(body) <= limit:
            body += await self.chunk()
        return bytes(body) if len(body) <= limit else None


async def read_body(head: Head, body: Body, limit: int, seconds: float) -> bytes:
    """The body. Raises Problem where it is longer than the limit or takes longer than so many seconds, ClientDisconnect."""
    whole: bytes | None = None
    if head.length <= limit:
        try:
            async with asyncio.timeout(seconds):
                whole = await body.whole(limit)
        except TimeoutError:
            raise body_too_slow(seconds) from None
    if whole is None:
        await let_pass(head, body)
        raise body_too_large(limit)
    return whole


async def let_pass(head: Head, body: Body) -> None:
    """What a client still sends is taken and forgotten, up to a bound. Raises ClientDisconnect.

    Many clients read no answer before they have sent everything; to a connection that is closed before that, their system
    answers with an error, and what we said is lost. One that waits for our word ("Expect: 100-continue") sends nothing.
    """
    if b"expect" in head or head.length > LET_PASS:
        return
    passed = 0
    try:
        async with asyncio.timeout(LET_PASS_SECONDS):
            while not body.is_over and passed <= LET_PASS:
                passed += len(await body.chunk())
    except TimeoutError:
        return

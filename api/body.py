"""Reading a request's body, of which no more is kept than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from api.problems import body_too_large, body_too_slow

KIB = 1024
LET_PASS = 32 * KIB * KIB  # bytes
LET_PASS_SECONDS = 10


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """The body. Raises Problem where it is longer than the limit or takes longer than so many seconds, ClientDisconnect."""
    chunks = request.stream()
    body: bytes | None = None
    if announced_length(request) <= limit:
        try:
            async with asyncio.timeout(seconds):
                body = await joined(chunks, limit)
        except TimeoutError:
            raise body_too_slow(seconds) from None
    if body is None:
        await let_pass(request, chunks)
        raise body_too_large(limit)
    return body


async def joined(chunks: AsyncIterator[bytes], limit: int) -> bytes | None:
    """All chunks as one, or None as soon as they are longer than the limit."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def announced_length(request: Request) -> int:
    """The length that the client named; 0 where it named none."""
    announced = request.headers.get("content-length", "")
    return int(announced[:20]) if announced.isdecimal() else 0


async def let_pass(request: Request, chunks: AsyncIterator[bytes]) -> None:
    """What a client still sends is taken and forgotten, up to a bound. Raises ClientDisconnect.

    Many clients read no answer before they have sent everything; to a connection that is closed before that, their system
    answers with an error, and what we said is lost. One that waits for our word ("Expect: 100-continue") sends nothing.
    """
    if "expect" in request.headers or announced_length(request) > LET_PASS:
        return
    passed = 0
    try:
        async with asyncio.timeout(LET_PASS_SECONDS):
            async for chunk in chunks:
                passed += len(chunk)
                if passed > LET_PASS:
                    return
    except TimeoutError:
        return

"""Reading a request's body, of which no more is kept than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from api.problems import Problem

KIB = 1024
LET_PASS = 32 * KIB * KIB  # bytes
LET_PASS_SECONDS = 10


async def read_body(request: Request, limit: int) -> bytes:
    """The body. Raises Problem where it is longer than the limit, ClientDisconnect."""
    body = bytearray()
    chunks = request.stream()
    if announced_length(request) <= limit:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    await let_pass(request, chunks)
    raise Problem(reason="body_too_large", status=413, values={"limit": limit})


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

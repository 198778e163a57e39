"""A line to a server that may be gone at any moment: plain sockets, a new one for every request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson

from tests.server import PATIENCE_S

Data = dict[str, Any]


async def post(port: int, query: str, variables: Mapping[str, Any], token: str) -> Data | None:
    """The whole answer, or None where none came or half of one."""
    body = orjson.dumps({"query": query, "variables": variables})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(PATIENCE_S * 3):
            answer: Data = orjson.loads(await exchange(port, head.encode() + body))
    except (OSError, asyncio.IncompleteReadError):
        return None
    return answer


async def exchange(port: int, request: bytes) -> bytes:
    """The answer's body, all of it. Raises OSError, IncompleteReadError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        at = head.index(b"content-length:") + len(b"content-length:")
        return await reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
    finally:
        writer.close()

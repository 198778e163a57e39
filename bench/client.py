"""A small HTTP/1.1 client that keeps its connections and costs little, so that what is measured is the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

MakeRequest = Callable[[int], bytes]  # the n-th request's bytes, head and body


class BadAnswer(Exception):
    """The server answered something else than a success; a measurement of it would mean nothing."""


@dataclass(slots=True)
class Load:
    """What a load gave: seconds each request took, and how long the whole lasted."""

    latencies: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.elapsed

    def percentile(self, percent: float) -> float:
        """Seconds within which so many percent of the requests were answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def http_request(body: bytes, token: str | None, host: str = "127.0.0.1") -> bytes:
    """The bytes of a POST to /graphql."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"{authorization}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run_load(port: int, make: MakeRequest, connections: int, seconds: float, numbers: count[int]) -> Load:
    """Send requests over so many connections for so long, one at a time on each. Raises BadAnswer."""
    load = Load()
    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(one_connection(port, make, until, numbers, load) for _ in range(connections)))
    load.elapsed = time.perf_counter() - began
    return load


async def one_connection(port: int, make: MakeRequest, until: float, numbers: count[int], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (sent := time.perf_counter()) < until:
            writer.write(make(next(numbers)))
            check(*await read_answer(reader))
            load.latencies.append(time.perf_counter() - sent)
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.index(b"content-length:") + len(b"content-length:")
    length = int(lower[at : lower.index(b"\r\n", at)])
    return head, await reader.readexactly(length)


def check(head: bytes, body: bytes) -> None:
    failed = b'"errors":[{' in body or b'"error":{' in body
    if not head.startswith(b"HTTP/1.1 200") or failed:
        raise BadAnswer(f"{head[:80]!r} {body[:600].decode(errors='replace')}")

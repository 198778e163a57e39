"""What is known of a request or a connection from the moment it arrives: its number in the log, and where it comes from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("xuexi.requests")
REQUEST_ID = "X-Request-Id"
ID_BYTES = 8
REFUSED = 400
LOCAL = 64  # bits of an IPv6 address that a household's devices choose by themselves


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request, or one WebSocket connection."""

    request_id: str = "-"
    address: str = ""


_arrival: ContextVar[Arrival] = ContextVar("arrival", default=Arrival())  # noqa: B039 - it cannot be changed


def arrival() -> Arrival:
    """The request in whose course this is asked."""
    return _arrival.get()


class Arriving:
    """Names every request and connection. Answers carry the name, so that a person can tell it to whoever reads the log."""

    def __init__(self, app: ASGIApp, random_bytes: Callable[[int], bytes]) -> None:
        self.app = app
        self.random_bytes = random_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        with arrived(scope, self.random_bytes) as here:

            async def named(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)[REQUEST_ID] = here.request_id
                    note_refusal(message["status"])
                await send(message)

            await self.app(scope, receive, named)


@contextmanager
def arrived(scope: Scope, random_bytes: Callable[[int], bytes]) -> Iterator[Arrival]:
    """Until the block ends, this is the request in whose course everything happens."""
    here = Arrival(random_bytes(ID_BYTES).hex(), household(scope.get("client")))
    token = _arrival.set(here)
    try:
        yield here
    finally:
        _arrival.reset(token)


def note_refusal(status: int) -> None:
    """A line in the log where a request was refused."""
    if status >= REFUSED:
        log.info("refused", extra={"facts": {"status": status}})


def household(client: tuple[str, int] | None) -> str:
    """The address, or what one household has of them. Empty where there is none, as with a UNIX socket."""
    return household_at(client[0]) if client else ""


@lru_cache(maxsize=4096)
def household_at(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> LOCAL << LOCAL))
    return str(address)

"""Waiting for changes of the database: woken by a commit of this process, and looking by itself for those of others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import TypeVar

import storage
from storage.ids import RANDOM_BITS

T = TypeVar("T")

# Other processes wake us, too (storage/neighbours.py), but that may get lost: we look after this time at the latest.
LOOK_EVERY_S = 4.0
# A row's id is made before its transaction commits, on a clock of its own: one that is older than the newest may still turn up.
LATE = 300_000_000 << RANDOM_BITS  # five minutes, in ids


async def wakes(topic: str) -> AsyncGenerator[None, None]:
    """At once, then after every change of the topic, and now and then."""
    async with storage.current_database().changes.subscribe(topic) as changed:
        while True:
            changed.clear()
            yield
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await changed.wait()


async def states(topic: str, look: Callable[[], Awaitable[T]]) -> AsyncGenerator[T, None]:
    """What `look` sees at once, and again each time it sees something else."""
    seen: object = wakes  # like nothing that look could answer
    async with aclosing(wakes(topic)) as woken:
        async for _ in woken:
            state = await look()
            if state != seen:
                seen = state
                yield state


async def arrivals(
    topic: str, look: Callable[[int], Awaitable[list[int]]], after: int | None = None
) -> AsyncGenerator[int, None]:
    """Ids of rows that are committed from now on, each once, however many commit at once and in whatever order.

    `look` answers the ids above a given one. With `after`, those above that one come first; of the five minutes before it, too,
    since nobody knows which of those whoever asks was told.
    """
    low = (storage.current_database().ids.next() if after is None else after) - LATE
    seen: set[int] | None = None if after is None else {after}
    async with aclosing(wakes(topic)) as woken:
        async for _ in woken:
            found = await look(low)
            new = [] if seen is None else [id_ for id_ in found if id_ not in seen]
            low = max(low, max(found, default=0) - LATE)
            seen = {id_ for id_ in found if id_ > low}
            for id_ in new:
                yield id_

"""Where dear operations wait for each other, so that everybody else need not wait for them.

One of them at a time is read and built, on a reader of the database and a thread of its own. What is cheap never comes here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from strawberry.extensions import FieldExtension

from storage import DatabaseBusy, at_leisure

T = TypeVar("T")

#: An operation that costs more is dear. A home screen costs a fifth of it.
DEAR = 5_000
#: Who has waited for so long is told to come again.
PATIENCE_S = 10.0


@dataclass(slots=True)
class Bill:
    """What an operation costs (measure.py)."""

    cost: int = 0

    @property
    def is_dear(self) -> bool:
        return self.cost > DEAR


@dataclass(slots=True, eq=False)
class Lane:
    """One turn after another, in order of arrival."""

    #: Where a dear query stands until those before it are answered.
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: The one thing that is read, built, parsed or validated.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """No other dear query is executed meanwhile; twenty that begin at once would keep everybody waiting.

        Raises DatabaseBusy.
        """
        await patiently(self.door)
        try:
            yield
        finally:
            self.door.release()

    async def take(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do it when it is its turn. Raises what the work raises, DatabaseBusy.

        Whoever waits may give up, and is forgotten. What has begun goes on to its end, as it does on the database's thread, and
        the next one begins after it.
        """
        await patiently(self.turn)
        with at_leisure():
            working = asyncio.create_task(work())
        working.add_done_callback(self.ended)
        return await asyncio.shield(working)

    def ended(self, working: asyncio.Task[Any]) -> None:
        self.turn.release()
        if not working.cancelled():
            working.exception()  # whoever waited for it may be gone


async def patiently(lock: asyncio.Lock) -> None:
    """Raises DatabaseBusy."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await lock.acquire()
    except TimeoutError:
        raise DatabaseBusy("too many dear operations at once") from None


class InTurn(FieldExtension):
    """A field whose resolver is dear in itself: it waits for its turn, whatever stands beside it."""

    async def resolve_async(self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any) -> Any:
        async def work() -> Any:
            return await next_(source, info, **kwargs)

        return await info.context.lane.take(work)

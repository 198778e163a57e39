"""What the running program does by itself every few seconds, beside answering requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

log = logging.getLogger("xuexi.periodic")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done now and then: `every_s` seconds after the last time was over. It may be tried at any moment, by
    several processes at once, and cut off between two transactions.
    """

    name: str
    every_s: float
    do: Callable[[], Awaitable[object]]


@asynccontextmanager
async def doing(*chores: Chore) -> AsyncIterator[None]:
    """The chores are done, side by side, until the block ends. Nothing of them runs any more after it."""
    running = [asyncio.create_task(repeat(chore), name=chore.name) for chore in chores]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def repeat(chore: Chore) -> None:
    while True:
        await asyncio.sleep(chore.every_s)
        try:
            await chore.do()
        except Exception:
            log.exception("%s failed; it is tried again in %s s", chore.name, chore.every_s)

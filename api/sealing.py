"""Sealing beside the requests: now and then, a little at a time, and never a reason to stop serving."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from api.house import Clock
from domain.points.seal_key import seal_key
from ledger.seal_transfers import seal_new_transfers

log = logging.getLogger("xuexi.sealing")
MINUTE_S = 60
#: Between two steps of some milliseconds: requests come first, however much there is to catch up.
REST_S = 0.02


@asynccontextmanager
async def sealing(minutes: int, clock: Clock) -> AsyncIterator[None]:
    """While the block runs, the book is sealed every so many minutes; 0 is never. What is not done at the end is given up."""
    if not minutes:
        yield
        return
    task = asyncio.get_running_loop().create_task(seal_again_and_again(minutes * MINUTE_S, clock))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def seal_again_and_again(seconds: float, clock: Clock) -> None:
    while True:
        await asyncio.sleep(seconds)
        await seal_once(clock)


async def seal_once(clock: Clock) -> None:
    """What was posted is sealed. What goes wrong is logged, and tried again next time."""
    try:
        made = await seal_new_transfers(seal_key(), clock(), rest)
    except Exception:
        log.exception("sealing failed")
        return
    if made:
        log.info("seals made: %d", made)


async def rest() -> None:
    await asyncio.sleep(REST_S)

"""Sealing beside the requests: now and then, a little at a time."""

from __future__ import annotations

import asyncio
import logging
import time

from api.clock import Clock
from domain.points.seal_key import seal_key
from ledger.seal_transfers import Rest, seal_new_transfers

log = logging.getLogger("xuexi.sealing")
REST_S = 0.02
#: A rest is so many times as long as the step before it took: requests come first, however much there is to catch up, and
#: the more so the busier the machine is.
REST_FOR_WORK = 9


async def seal(clock: Clock) -> None:
    """What was posted is sealed."""
    made = await seal_new_transfers(seal_key(), clock(), rests())
    if made:
        log.info("seals made: %d", made)


def rests() -> Rest:
    """Rests between the steps of one sealing."""
    woke = time.monotonic()

    async def rest() -> None:
        nonlocal woke
        await asyncio.sleep(max(REST_S, REST_FOR_WORK * (time.monotonic() - woke)))
        woke = time.monotonic()

    return rest

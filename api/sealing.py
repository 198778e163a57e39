"""Sealing beside the requests: now and then, a little at a time."""

from __future__ import annotations

import asyncio
import logging

from api.house import Clock
from domain.points.seal_key import seal_key
from ledger.seal_transfers import seal_new_transfers

log = logging.getLogger("xuexi.sealing")
#: Between two steps of some milliseconds: requests come first, however much there is to catch up.
REST_S = 0.02


async def seal(clock: Clock) -> None:
    """What was posted is sealed."""
    made = await seal_new_transfers(seal_key(), clock(), rest)
    if made:
        log.info("seals made: %d", made)


async def rest() -> None:
    await asyncio.sleep(REST_S)

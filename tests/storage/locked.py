"""Asking PostgreSQL what a transaction keeps from others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from storage import Transaction, write
from storage.transaction import WriteBody
from tests.storage.holding import Hold


async def is_locked(body: WriteBody[Any], rows: str, *params: Any) -> bool:
    """Whether, once the body has run and before its commit, another transaction finds these rows locked.

    `rows` is a SELECT that ends with the lock it would take, such as FOR UPDATE.
    """
    hold = Hold()

    async def holding(tx: Transaction) -> None:
        await body(tx)
        await hold.here(tx)

    def look(tx: Transaction) -> Coroutine[Any, Any, Any]:
        return tx.fetch_one(f"{rows} SKIP LOCKED", *params)

    assert await write(look), "they are there, and free"
    running = asyncio.ensure_future(write(holding))
    reached = asyncio.ensure_future(hold.reached.wait())
    try:
        await asyncio.wait([running, reached], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running  # it failed
        return await write(look) is None
    finally:
        reached.cancel()
        hold.release()
        await running

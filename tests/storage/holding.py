"""Holding a transaction's body open until the test says go on, on either engine."""

from __future__ import annotations

import asyncio
import threading

from storage import Reader

PATIENCE_S = 30.0  # only a test that fails waits so long


class Hold:
    """`await hold.here(tx)` inside a body stops it; `reached` tells the test; `release()` lets it go on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._go = asyncio.Event()
        self._go_thread = threading.Event()
        self.reached = asyncio.Event()

    async def here(self, reader: Reader) -> None:
        """Stop here."""
        self._loop.call_soon_threadsafe(self.reached.set)
        if reader.dialect == "sqlite":  # the body has a thread to itself, and may block it
            assert self._go_thread.wait(PATIENCE_S)
        else:
            async with asyncio.timeout(PATIENCE_S):
                await self._go.wait()

    def release(self) -> None:
        """Go on."""
        self._go.set()
        self._go_thread.set()

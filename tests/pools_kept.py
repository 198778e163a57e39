"""PostgreSQL's connections stay open from one test to the next: a new one plans and looks up everything anew.

Only pools of databases that the shelf gives out again are kept (shelf.py), and of the tests' own event loop: another loop closes
with whatever is open in it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from storage.asyncpg_client import XuexiAsyncpgClient

OF_THE_CALL = ("password", "loop")  # says nothing about the connections


@dataclass
class Kept:
    """An open pool, and how it was made."""

    pool: Any
    made_with: dict[str, Any]


@dataclass
class Pools:
    """The pools by their databases. `wanted` are the databases whose pools are kept; `idle` are kept and in nobody's use."""

    loop: asyncio.AbstractEventLoop | None = None
    wanted: set[str] = field(default_factory=set)
    idle: dict[str, Kept] = field(default_factory=dict)

    def size(self, database: str) -> int:
        """How many connections are kept."""
        kept = self.idle.get(database)
        return kept.pool.get_size() if kept else 0

    def give_up(self, database: str) -> None:
        """Close what is kept, and keep no more."""
        self.wanted.discard(database)
        kept = self.idle.pop(database, None)
        if kept:
            kept.pool.terminate()


pools = Pools()


def keep_pools() -> None:
    """From now on, in this process."""
    open_anew, close_for_good = XuexiAsyncpgClient.create_pool, XuexiAsyncpgClient._close

    async def create_pool(self: XuexiAsyncpgClient, **options: Any) -> Any:
        kept = pools.idle.pop(options["database"] or "", None)
        made_with = {name: value for name, value in options.items() if name not in OF_THE_CALL}
        if kept:
            if kept.made_with == made_with and pools.loop is asyncio.get_running_loop():
                return kept.pool
            kept.pool.terminate()
        return await open_anew(self, **options)

    async def close(self: XuexiAsyncpgClient) -> None:
        if self._pool and self.database in pools.wanted and pools.loop is asyncio.get_running_loop():
            made_with = {name: value for name, value in self._template.items() if name not in OF_THE_CALL}
            pools.idle[self.database] = Kept(self._pool, made_with)
            self._pool = None
        await close_for_good(self)

    XuexiAsyncpgClient.create_pool = create_pool  # type: ignore[method-assign, assignment]
    XuexiAsyncpgClient._close = close  # type: ignore[method-assign, assignment]

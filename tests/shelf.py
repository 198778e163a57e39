"""Migrated PostgreSQL databases that tests use one after another: emptying one costs a fifth of making one and removing it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import asyncpg

from tests.pools_kept import pools
from tests.postgres import USER, PostgresServer

# Whatever of these a test changed, its database is not what was migrated and is used by nobody else.
SHAPE = """SELECT (SELECT COUNT(*) FROM pg_class), (SELECT COUNT(*) FROM pg_attribute), (SELECT COUNT(*) FROM pg_constraint),
    (SELECT COUNT(*) FROM pg_trigger WHERE tgenabled = 'O'), (SELECT COUNT(*) FROM pg_db_role_setting),
    (SELECT COUNT(*) FROM pg_proc), (SELECT COUNT(*) FROM tortoise_migrations)"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
CONNECTED = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Shelf:
    """The databases that are free, each with a connection that knows its tables already: emptying is quick on it.

    Only one test at a time takes or puts back: each process of a run has its own shelf.
    """

    def __init__(self, server: PostgresServer, template: str) -> None:
        self.server, self.template = server, template
        self.loop = asyncio.new_event_loop()
        self.connections: dict[str, Any] = {}
        self.free: list[str] = []
        self.shape, self.emptying = self.loop.run_until_complete(self.look_at_template())

    async def look_at_template(self) -> tuple[Any, str]:
        connection = await self.connect(self.template)
        try:
            tables = [row[0] for row in await connection.fetch(TABLES)]
            deletes = "; ".join(f'DELETE FROM "{table}"' for table in tables)
            # As a replica it runs no triggers: neither those that forbid to delete nor foreign keys.
            emptying = f"SET session_replication_role = replica; SET lock_timeout = '2s'; {deletes}"
            return await connection.fetchrow(SHAPE), emptying
        finally:
            await connection.close()

    async def connect(self, database: str) -> Any:
        return await asyncpg.connect(host=str(self.server.folder), user=USER, database=database)

    def take(self) -> str:
        """The name of a migrated, empty database."""
        name = self.free.pop() if self.free else self.server.create(self.template)
        pools.wanted.add(name)
        return name

    def put_back(self, name: str) -> None:
        """Empty it for the next test; where that cannot be done, remove it."""
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if self.loop.run_until_complete(self.emptied(name)):
                self.free.append(name)
                return
        if connection := self.connections.pop(name, None):
            self.loop.run_until_complete(connection.close())
        pools.give_up(name)
        self.server.drop(name)

    async def emptied(self, name: str) -> bool:
        """Whether it is now as it was when it was made, and nobody is left in it."""
        connection = self.connections[name] = self.connections.get(name) or await self.connect(name)
        await connection.execute(self.emptying)
        alone: bool = await connection.fetchval(CONNECTED) == pools.size(name)
        unchanged: bool = await connection.fetchrow(SHAPE) == self.shape
        return alone and unchanged

    def close(self) -> None:
        """Let go of the databases; the server is stopped with them."""
        for connection in self.connections.values():
            self.loop.run_until_complete(connection.close())
        self.loop.close()

"""Changing a database behind the program's back, as somebody could who has the file or the superuser's password."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import asyncpg

from storage import Reader
from storage.asyncpg_client import AsyncpgReader
from storage.sqlite_client import SqliteReader
from storage.url import connection_config


@asynccontextmanager
async def tampered(url: str, *statements: str) -> AsyncIterator[Reader]:
    """The database as it looks after the statements, which neither triggers nor foreign keys forbid; then they are undone."""
    if url.startswith("sqlite://"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as connection:
            tamper_sqlite(connection, statements)
            yield SqliteReader(connection)
        return
    raw = await raw_connection(url)
    try:
        await raw.execute("BEGIN")
        await raw.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        for statement in statements:
            await raw.execute(statement)
        yield AsyncpgReader(raw)
    finally:
        await raw.close()


def tamper_sqlite(connection: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.execute("BEGIN IMMEDIATE")  # foreign keys are off unless asked for
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)


async def raw_connection(url: str) -> Any:
    """A connection of asyncpg's own to the database of a URL."""
    given = connection_config(url)["credentials"]
    names = ("host", "port", "user", "password", "database")
    return await asyncpg.connect(**{name: given[name] for name in names})

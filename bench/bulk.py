"""Loading many rows quickly into a database that nobody else uses yet: no row is checked, nothing outlives a power cut."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg

from storage import Transaction, close_database, open_database, write
from storage.dialect import numbered
from storage.url import SQLITE, connection_config

Rows = Iterator[Sequence[Any]]
Statements = Iterator[tuple[str, Rows]]

# PostgreSQL would look up each foreign key in a trigger of its own, which takes longer than all the rest.
WITHOUT_FOREIGN_KEYS = "SET session_replication_role = replica"
HASTY = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -500000")
PLAIN_INSERT = re.compile(r"INSERT INTO (\w+) \(([\w\s,]+)\)\s+VALUES \([?,\s]+\)")


async def load(url: str, statements: Statements) -> None:
    """Run each INSERT for its rows, and let the engine count them, as it does by itself in a database that lives for long."""
    if url.startswith(SQLITE):
        load_sqlite(url.removeprefix(SQLITE), statements)
    else:
        await load_postgres(url, statements)


def load_sqlite(file: str, statements: Statements) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        for pragma in HASTY:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for sql, rows in statements:
            connection.executemany(sql, rows)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA locking_mode = NORMAL")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


async def change(url: str, sql: str) -> None:
    """Change something in the database of a URL that is filled already."""

    async def body(tx: Transaction) -> None:
        await tx.execute(sql)

    await open_database(url)
    await write(body)
    await close_database()


async def load_postgres(url: str, statements: Statements) -> None:
    credentials = connection_config(url)["credentials"]
    connection: Any = await asyncpg.connect(
        **{name: credentials[name] for name in ("host", "port", "user", "password", "database")}
    )
    try:
        await connection.execute(WITHOUT_FOREIGN_KEYS)
        for sql, rows in statements:
            if plain := PLAIN_INSERT.fullmatch(sql):
                columns = [name.strip() for name in plain[2].split(",")]
                await connection.copy_records_to_table(plain[1], records=rows, columns=columns)
            else:
                await connection.executemany(numbered(sql), rows)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()

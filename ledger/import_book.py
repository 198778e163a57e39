"""Taking in a book that was exported: into an empty, migrated database, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from ledger.book_tables import FORMAT, TABLES, BookRefused
from ledger.read_book import lines_of
from ledger.seal_key import SealKey
from storage import Transaction, write

STEP = 1000
BY_NAME = {table.name: table for table in TABLES}
MUST_BE_EMPTY = ("transfers", "entries", "holds", "seals")


async def import_book(folder: Path, key: SealKey) -> dict[str, int]:
    """The book is in the database, with the same ids and the same seals; how many rows of each table.

    Raises BookRefused: the database is not empty, the file is not whole or not a book, or it was sealed under another secret.
    """

    async def body(tx: Transaction) -> dict[str, int]:
        await make_room(tx)
        counts = await take_in(tx, lines_of(folder))
        await tx.execute("DELETE FROM programmes WHERE code NOT IN (SELECT programme FROM accounts)")
        other = await tx.fetch_value("SELECT COUNT(*) FROM seals WHERE kid <> ?", key.kid)
        if other:
            raise BookRefused(f"{other} seals are signed by another key: the book needs the secret it was sealed with")
        return counts

    try:
        return await write(body)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BookRefused(f"{folder} cannot be read as a book: {error}") from error


async def make_room(tx: Transaction) -> None:
    """What a fresh database has makes way. Raises BookRefused for any other."""
    for table in MUST_BE_EMPTY:
        if await tx.fetch_value(f"SELECT id FROM {table} LIMIT 1") is not None:
            raise BookRefused(f"the database is not empty: there are {table}")
    if await tx.fetch_value("SELECT id FROM accounts WHERE kind = 'WALLET' LIMIT 1") is not None:
        raise BookRefused("the database is not empty: there are wallets")
    await tx.execute("DELETE FROM accounts")


async def take_in(tx: Transaction, lines: Iterator[Any]) -> dict[str, int]:
    """Raises BookRefused, ValueError, KeyError, TypeError."""
    if next(lines, None) != {"format": FORMAT}:
        raise BookRefused(f"this is not a book in the form {FORMAT}")
    counts = dict.fromkeys(BY_NAME, 0)
    last: Any = None
    for name, group in groupby(lines, key=lambda line: line.get("table")):
        if name is None:
            last = list(islice(group, 2))
            continue
        if last is not None or name not in BY_NAME:
            raise BookRefused(f"{name} is not a table of the book, or stands behind its end")
        counts[name] += await insert_all(tx, name, group)
    if last != [{"rows": counts}]:
        raise BookRefused("the book has no end, or not as many rows as it says there")
    return counts


async def insert_all(tx: Transaction, name: str, group: Iterator[Any]) -> int:
    table, count = BY_NAME[name], 0
    while rows := [table.from_file(line["row"]) for line in islice(group, STEP)]:
        await tx.execute_many(table.insert(), rows)
        count += len(rows)
    return count

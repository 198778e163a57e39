"""Reads see one state, never wait behind a writer, and end in time."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest

from storage import Database, DatabaseBusy, DatabaseTooSlow, Reader, Transaction, fetch, read, read_at_length, write
from storage.dialect import in_ids, in_texts
from storage.sqlite_client import XuexiSqliteClient, on_thread
from tests.storage.holding import Hold
from tests.storage.notes import all_notes, put

pytestmark = pytest.mark.usefixtures("database")
ENDLESS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
    "postgres": "SELECT pg_sleep(600)",
}
HOW_MANY = "SELECT COUNT(*) FROM idempotency_keys"


async def test_reads_do_not_wait_behind_a_long_write() -> None:
    hold = Hold()

    async def body(tx: Transaction) -> None:
        await put(tx, 1, "new")
        await hold.here(tx)

    writing = asyncio.create_task(write(body))
    await hold.reached.wait()
    async with asyncio.timeout(20):  # were the read behind the write, it would never come
        assert [await all_notes() for _ in range(10)] == [[]] * 10
    hold.release()
    await writing
    assert await all_notes() == [(1, "new")]


async def test_a_read_sees_one_state_from_beginning_to_end() -> None:
    hold = Hold()

    async def body(reader: Reader) -> tuple[int, int]:
        before = await reader.fetch_value(HOW_MANY)
        await hold.here(reader)
        return before, await reader.fetch_value(HOW_MANY)

    reading = asyncio.create_task(read(body))
    await hold.reached.wait()
    await write(lambda tx: put(tx, 1, "new"))
    hold.release()
    assert await reading == (0, 0)


async def test_a_read_that_runs_too_long_is_stopped(engine: str, database: Database) -> None:
    with pytest.raises(DatabaseTooSlow):
        await database.client.run_read(lambda reader: reader.fetch(ENDLESS[engine]), 1)
    assert await all_notes() == []


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite's limit is its caller's own figure
async def test_a_long_read_has_an_hour() -> None:
    async def body(reader: Reader) -> str:
        limit: str = await reader.fetch_value("SHOW statement_timeout")
        return limit

    assert (await read(body), await read_at_length(body), await read(body)) == ("10s", "1h", "10s")


async def test_a_reader_cannot_write() -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await read(lambda reader: reader.fetch("DELETE FROM idempotency_keys RETURNING id"))
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await fetch("DELETE FROM idempotency_keys RETURNING id")


async def test_a_mistake_in_a_read_leaves_a_reader_that_works() -> None:
    for _ in range(12):
        with pytest.raises(Exception, match="nowhere"):
            await fetch("SELECT * FROM nowhere")
    assert await all_notes() == []


async def test_a_list_is_one_parameter_however_long() -> None:
    await write(lambda tx: put(tx, 7, "七"))
    numbers = list(range(40_000))

    async def body(reader: Reader) -> list[int]:
        by_id = f"SELECT COUNT(*) FROM idempotency_keys WHERE caller_id {in_ids(reader.dialect)}"
        by_text = f"SELECT COUNT(*) FROM idempotency_keys WHERE key {in_texts(reader.dialect)}"
        lists: list[tuple[str, list[Any]]] = [
            (by_id, numbers),
            (by_id, []),
            (by_text, ["七", '"', "\\"]),
            (by_text, ["八"]),
        ]
        return [await reader.fetch_value(sql, values) for sql, values in lists]

    assert await read(body) == [1, 0, 1, 0]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_a_row_that_stays_locked_is_busy() -> None:
    await write(lambda tx: put(tx, 1, "x"))
    hold = Hold()
    lock = "SELECT id FROM idempotency_keys FOR UPDATE"

    async def holder(tx: Transaction) -> None:
        await tx.fetch(lock)
        await hold.here(tx)

    async def waiter(tx: Transaction) -> None:
        await tx.execute("SET LOCAL lock_timeout = '10ms'")
        await tx.fetch(lock)

    holding = asyncio.create_task(write(holder))
    await hold.reached.wait()
    with pytest.raises(DatabaseBusy):
        await write(waiter)
    hold.release()
    await holding


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_file_that_another_process_keeps_locked_is_busy(database: Database, database_url: str) -> None:
    client = database.client
    assert isinstance(client, XuexiSqliteClient)
    assert client._writer
    await on_thread(client._writer, client._open_writer.execute, "PRAGMA busy_timeout = 1")
    other = sqlite3.connect(database_url.removeprefix("sqlite://"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        await write(lambda tx: put(tx, 1, "never"))
    other.execute("COMMIT")
    other.close()
    await write(lambda tx: put(tx, 1, "now"))
    assert await all_notes() == [(1, "now")]

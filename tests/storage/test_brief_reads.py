"""Short reads of SQLite hold the event loop for a moment only, and are never lost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from storage import Database, Reader, Transaction, fetch_briefly, read_briefly, write
from storage.database import forget_old_pages
from storage.sqlite_client import XuexiSqliteClient
from storage.sqlite_loop import TakesLonger
from tests.storage.notes import all_notes, put

pytestmark = pytest.mark.usefixtures("database")
LONG = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT COUNT(*) FROM n"
A_MILLION = LONG.format(1_000_000)  # takes longer than it may on the loop, and is over soon


@pytest.fixture
def engine() -> str:
    return "sqlite"


def client_of(database: Database) -> XuexiSqliteClient:
    assert isinstance(database.client, XuexiSqliteClient)
    return database.client


async def where(reader: Reader, statement: str) -> tuple[int, int]:
    """What a statement counts, and the thread that it ran on."""
    return await reader.fetch_value(statement), threading.get_ident()


async def test_a_short_read_runs_where_it_is_asked_for() -> None:
    assert await read_briefly(lambda reader: where(reader, LONG.format(10))) == (10, threading.get_ident())


async def test_a_read_that_takes_longer_is_run_again_on_a_thread_and_next_time_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite_loop.LONGEST_S", 0)
    count, thread = await read_briefly(lambda reader: where(reader, A_MILLION))
    assert (count, thread != threading.get_ident()) == (1_000_000, True)
    monkeypatch.setattr("storage.sqlite_loop.LONGEST_S", 60)
    here = client_of(database)._here
    assert here
    with pytest.raises(TakesLonger):
        here.fetch(A_MILLION, ())
    assert [tuple(row) for row in await fetch_briefly(A_MILLION)] == [(1_000_000,)]


async def test_the_loop_goes_on_while_a_long_read_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sqlite_loop.LONGEST_S", 0)
    reading = asyncio.create_task(read_briefly(lambda reader: where(reader, A_MILLION)))
    await asyncio.sleep(0)
    assert not reading.done()
    assert (await reading)[0] == 1_000_000


@pytest.mark.parametrize("statement", ["SELECT 1", A_MILLION, "SELECT * FROM nowhere"])
async def test_no_snapshot_stays_open_whatever_a_read_comes_to(statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sqlite_loop.LONGEST_S", 0)
    for reading in (fetch_briefly(statement), read_briefly(lambda reader: reader.fetch(statement))):
        await asyncio.gather(reading, return_exceptions=True)
        await write(lambda tx: put(tx, tx.new_id(), "new"))
        assert await forget_old_pages(), "a reader's snapshot would keep the log from being folded"


async def test_a_short_read_sees_what_was_just_committed() -> None:
    for number in range(1, 20):
        await write(lambda tx, number=number: put(tx, number, "new"))  # type: ignore[misc]
        assert (await fetch_briefly("SELECT COUNT(*) FROM idempotency_keys"))[0][0] == number


async def test_a_short_read_cannot_write() -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await fetch_briefly("DELETE FROM idempotency_keys RETURNING id")


async def test_a_transaction_s_body_cannot_read_beside_itself() -> None:
    async def body(_: Transaction) -> None:
        await fetch_briefly("SELECT 1")

    with pytest.raises(RuntimeError):
        await write(body)
    assert await all_notes() == []

"""All of it happens or nothing, whatever becomes of whoever waits for it."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ledger.refusals import AlreadyReversed
from storage import Database, Reader, Transaction, current_database, fetch, read, write
from storage.asyncpg_client import XuexiAsyncpgClient
from tests.storage.holding import Hold
from tests.storage.notes import all_notes, put

pytestmark = pytest.mark.usefixtures("database")
CANCELLATIONS = 300


async def two_notes(writer: int) -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, writer, "first")
        await put(tx, writer, "second")

    await write(body)


async def look() -> None:
    async def body(reader: Reader) -> None:
        await reader.fetch("SELECT COUNT(*) FROM idempotency_keys")
        await reader.fetch("SELECT COUNT(*) FROM accounts")

    await read(body)


async def cancelled_somewhere(work: Awaitable[None]) -> bool:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().call_later(random.uniform(0, 0.01), task.cancel)
    await asyncio.wait([task])
    return task.cancelled()


async def test_three_hundred_cancelled_at_random_moments_leave_nothing_half_done() -> None:
    cancelled = 0
    for begin in range(0, CANCELLATIONS, 30):
        group = range(begin, begin + 30)
        done = await asyncio.gather(*(cancelled_somewhere(two_notes(n) if n % 3 else look()) for n in group))
        cancelled += sum(done)
        await two_notes(10_000 + begin)
    assert cancelled
    await at_rest()
    notes = await all_notes()
    writers = {writer for writer, _ in notes}
    assert notes == sorted((writer, text) for writer in writers for text in ("first", "second"))
    assert {10_000 + begin for begin in range(0, CANCELLATIONS, 30)} <= writers


async def at_rest() -> None:
    """Nothing runs any more, and no connection is lost."""
    client = current_database().client
    if isinstance(client, XuexiAsyncpgClient):
        while client._running:
            await asyncio.wait(client._running)
        assert client._pool
        assert client._pool.get_idle_size() == client._pool.get_size()
    await two_notes(99_999)  # on SQLite, behind everything that was waiting


async def test_cancelling_who_waits_does_not_stop_what_runs() -> None:
    hold = Hold()

    async def body(tx: Transaction) -> None:
        await put(tx, 1, "before")
        await hold.here(tx)
        await put(tx, 1, "after")

    task = asyncio.create_task(write(body))
    await hold.reached.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    hold.release()
    await at_rest()
    assert (await all_notes())[:2] == [(1, "after"), (1, "before")]


async def test_a_refusal_rolls_everything_back() -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, 1, "never")
        raise AlreadyReversed

    with pytest.raises(AlreadyReversed):
        await write(body)
    assert await all_notes() == []


async def test_a_body_that_swallows_a_failed_statement_does_not_pass_for_done(engine: str) -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, 1, "kept")
        try:
            await tx.execute("SELECT * FROM nowhere")
        except Exception:  # noqa: BLE001 - what a careless body would do
            return

    if engine == "postgres":  # where the failure ended the transaction
        with pytest.raises(RuntimeError, match="went on after a failed statement"):
            await write(body)
        assert await all_notes() == []
    else:
        await write(body)
        assert await all_notes() == [(1, "kept")]


async def wait_for_the_loop(_: Transaction) -> None:
    await asyncio.sleep(0)


async def wait_for_an_event(_: Transaction) -> None:
    await asyncio.get_running_loop().create_future()


async def read_elsewhere(_: Transaction) -> None:
    await fetch("SELECT 1")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # on PostgreSQL a body is a task like any other
@pytest.mark.parametrize("wait", [wait_for_the_loop, wait_for_an_event, read_elsewhere])
async def test_a_body_that_waits_for_anything_else_is_refused(wait: Callable[[Transaction], Awaitable[None]]) -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, 1, "never")
        await wait(tx)

    for _ in range(12):  # more often than there are connections
        with pytest.raises(RuntimeError):
            await write(body)
    await two_notes(2)
    assert await asyncio.gather(*(all_notes() for _ in range(12))) == [[(2, "first"), (2, "second")]] * 12


DEFERRED = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgres": "ALTER TABLE areas ALTER CONSTRAINT areas_parent_id_fkey DEFERRABLE INITIALLY DEFERRED",
}
ORPHAN = "INSERT INTO areas (id, code, name, level, parent_id) VALUES (1, 'X', 'X', 'GRID', 404)"


async def test_a_commit_that_fails_leaves_a_connection_that_works(engine: str) -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, 1, "never")
        await tx.execute(DEFERRED[engine])
        await tx.execute(ORPHAN)

    for _ in range(12):  # more often than there are connections
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            await write(body)
    await two_notes(2)
    assert await all_notes() == [(2, "first"), (2, "second")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # PostgreSQL has no setting that makes its disk small
async def test_a_full_disk_leaves_a_connection_that_works() -> None:
    async def body(tx: Transaction) -> None:
        await tx.fetch(f"PRAGMA max_page_count = {await tx.fetch_value('PRAGMA page_count')}")
        for number in range(1000):
            await put(tx, number, "x" * 1000)

    with pytest.raises(Exception, match="full"):
        await write(body)
    await write(lambda tx: tx.fetch("PRAGMA max_page_count = 1000000"))
    await two_notes(2)
    assert await all_notes() == [(2, "first"), (2, "second")]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has no connection that could break
async def test_a_connection_that_breaks_is_replaced() -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, 1, "never")
        await tx.fetch("SELECT pg_terminate_backend(pg_backend_pid())")

    for _ in range(12):
        with pytest.raises(Exception, match=r"(?i)terminat|closed"):
            await write(body)
    await two_notes(2)
    assert await all_notes() == [(2, "first"), (2, "second")]


async def test_subscribers_are_told_after_the_commit_and_not_before(database: Database) -> None:
    async with database.changes.subscribe("wallet:1") as changed:

        async def body(tx: Transaction) -> bool:
            await put(tx, 1, "told")
            tx.announce("wallet:1")
            return changed.is_set()

        assert await write(body) is False
        assert changed.is_set()
        assert await all_notes() == [(1, "told")]


async def test_subscribers_are_not_told_of_what_was_rolled_back(database: Database) -> None:
    async def body(tx: Transaction) -> None:
        tx.announce("wallet:1")
        raise AlreadyReversed

    async with database.changes.subscribe("wallet:1") as changed:
        with pytest.raises(AlreadyReversed):
            await write(body)
        await two_notes(1)
        assert not changed.is_set()


async def test_subscribers_are_told_though_nobody_waits_for_the_transaction_any_more(database: Database) -> None:
    hold = Hold()

    async def body(tx: Transaction) -> None:
        tx.announce("wallet:1")
        await hold.here(tx)

    async with database.changes.subscribe("wallet:1") as changed, asyncio.timeout(30):
        task = asyncio.create_task(write(body))
        await hold.reached.wait()
        task.cancel()
        await asyncio.wait([task])
        hold.release()
        await changed.wait()


async def test_a_topic_that_nobody_follows_any_more_is_forgotten(database: Database) -> None:
    async with database.changes.subscribe("a"), database.changes.subscribe("a") as second:
        database.changes.publish(["a", "b"])
        assert second.is_set()
    assert database.changes._subscribers == {}


async def test_a_result_comes_back_as_it_was_returned() -> None:
    answer: dict[str, Any] = {"rows": [1, 2]}

    async def body(_: Transaction) -> dict[str, Any]:
        return answer

    assert await write(body) is answer


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_transaction_that_may_write_is_alone_from_its_first_moment(database_url: str) -> None:
    file = database_url.removeprefix("sqlite://")

    async def body(_: Transaction) -> None:
        other = sqlite3.connect(file, timeout=0, isolation_level=None)
        try:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()

    await write(body)  # else two that read first would both want to write, and one would fail at once

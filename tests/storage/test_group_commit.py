"""Who arrives together shares one durable commit on SQLite, and nobody's failure is anybody else's."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from domain.redemption.redeem_tickets import redeem_tickets
from ledger.refusals import AlreadyReversed
from storage import Transaction, current_database, fetch, group_commit, write
from storage.sqlite_client import XuexiSqliteClient, on_thread
from tests.builders.people import a_caller
from tests.builders.redemption import a_redemption, an_offer
from tests.clock import NOW
from tests.domain.redemption.sums import broken_sums
from tests.storage.holding import PATIENCE_S
from tests.storage.notes import all_notes, put

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
TOGETHER = 32
Work = Coroutine[Any, Any, Any]


def writer() -> sqlite3.Connection:
    client = current_database().client
    assert isinstance(client, XuexiSqliteClient)
    return client._open_writer


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the writer is told meanwhile."""
    heard: list[str] = []
    writer().set_trace_callback(heard.append)
    yield heard
    writer().set_trace_callback(None)


@asynccontextmanager
async def while_the_writer_is_held() -> AsyncIterator[None]:
    """All that is asked for in the block arrives together, for the writer's thread has something else to do."""
    client, free = current_database().client, threading.Event()
    assert isinstance(client, XuexiSqliteClient)
    assert client._writer
    holding = asyncio.create_task(on_thread(client._writer, free.wait, PATIENCE_S))
    await asyncio.sleep(0)
    yield
    await asyncio.sleep(0)  # whoever asks gets as far as the queue
    free.set()
    assert await holding


@pytest.fixture(autouse=True)
def however_slow_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "GATHER_S", PATIENCE_S)


async def together(*work: Work) -> list[Any]:
    async with while_the_writer_is_held():
        tasks = [asyncio.ensure_future(each) for each in work]
    return await asyncio.gather(*tasks, return_exceptions=True)


def note(number: int, then: Callable[[Transaction], Work] | None = None) -> Work:
    async def body(tx: Transaction) -> int:
        await put(tx, number, "kept")
        tx.announce("wallet:1")
        if then:
            await then(tx)
        return number

    return write(body)


async def refuse(_: Transaction) -> None:
    raise AlreadyReversed


async def break_down(_: Transaction) -> None:
    await asyncio.sleep(0)  # what no body may do


async def orphan(tx: Transaction) -> None:
    await tx.execute("PRAGMA defer_foreign_keys = ON")
    await tx.execute("INSERT INTO areas (id, code, name, level, parent_id) VALUES (1, 'X', 'X', 'GRID', 404)")


async def fill_the_disk(tx: Transaction) -> None:
    await tx.fetch(f"PRAGMA max_page_count = {await tx.fetch_value('PRAGMA page_count')}")
    for number in range(1000):
        await put(tx, 1000 + number, "x" * 1000)


async def test_32_redemptions_at_once_are_one_commit_and_each_has_its_order() -> None:
    offer = await an_offer(cost=10)
    callers = [await a_caller(points=10) for _ in range(TOGETHER)]
    with statements() as heard:
        orders = await together(*(redeem_tickets(caller, a_redemption(offer), NOW) for caller in callers))
    assert len({order for order in orders if isinstance(order, int)}) == TOGETHER
    assert heard.count("COMMIT") == 1
    assert await broken_sums() == []


async def test_a_lone_one_is_a_transaction_and_nothing_else() -> None:
    with statements() as heard:
        await note(1)
    assert [said.split()[0] for said in heard] == ["BEGIN", "INSERT", "COMMIT"]


async def test_a_refusal_or_a_failure_takes_back_its_own_and_nothing_of_its_neighbours() -> None:
    answers = await together(note(1, refuse), note(2), note(3, refuse), note(4), note(5, break_down), note(6))
    assert [type(answer) for answer in answers] == [AlreadyReversed, int, AlreadyReversed, int, RuntimeError, int]
    assert await all_notes() == [(2, "kept"), (4, "kept"), (6, "kept")]


async def test_whoever_stops_waiting_harms_nobody() -> None:
    async with while_the_writer_is_held():
        tasks = [asyncio.ensure_future(note(number)) for number in range(8)]
        await asyncio.sleep(0)
        tasks[3].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 1, 2, 4, 5, 6, 7]
    assert len(await all_notes()) == 8


async def test_one_key_twice_in_a_group_is_one_order_and_the_same_answer() -> None:
    offer, caller = await an_offer(cost=10, limit_per_resident=9), await a_caller(points=100)
    wish = a_redemption(offer)
    first, second = await together(redeem_tickets(caller, wish, NOW), redeem_tickets(caller, wish, NOW))
    assert isinstance(first, int)
    assert first == second
    assert len(await fetch("SELECT id FROM ticket_orders")) == 1


async def test_a_commit_that_fails_acknowledges_nothing_of_its_group_and_tells_nobody() -> None:
    async with current_database().changes.subscribe("wallet:1") as changed:
        answers = await together(note(1), note(2, orphan), note(3, refuse))
        assert [type(answer) for answer in answers] == [sqlite3.IntegrityError] * 3
        assert not changed.is_set()
    assert await all_notes() == []
    assert await note(4) == 4


async def test_a_full_disk_acknowledges_nothing_that_it_took_back() -> None:
    answers = await together(note(1), note(2, fill_the_disk), note(3))
    assert [type(answer) for answer in answers[:2]] == [sqlite3.OperationalError] * 2
    await write(lambda tx: tx.fetch("PRAGMA max_page_count = 1000000"))
    assert await note(4) == 4
    kept = {number for number, _ in await all_notes()}
    assert kept == {4} | ({3} if answers[2] == 3 else set())


async def test_nobody_is_told_before_the_commit() -> None:
    async with current_database().changes.subscribe("wallet:1") as changed:
        seen: list[bool] = []

        async def look(_: Transaction) -> None:
            seen.append(changed.is_set())

        await together(note(1), note(2, look), note(3, look))
        assert seen == [False, False]
        assert changed.is_set()

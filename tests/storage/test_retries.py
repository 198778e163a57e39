"""What is only bad luck is tried again: two processes that made the same key, a deadlock."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from storage import Transaction, close_database, fetch, open_database, write
from storage.ids import EPOCH_MICROS, IdSource
from storage.retry import ATTEMPTS
from tests.storage.notes import all_notes, put


async def test_a_key_that_another_process_made_too_is_made_anew(database_url: str) -> None:
    microseconds = count(EPOCH_MICROS + 1)
    await open_database(database_url, IdSource(lambda: next(microseconds), lambda _: 0))
    await write(lambda tx: put(tx, 1, "theirs", note_id=1 << 12))
    runs = 0

    async def body(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await put(tx, 2, "ours")

    await write(body)
    assert runs == 2
    assert await all_notes() == [(1, "theirs"), (2, "ours")]
    await close_database()


@pytest.mark.usefixtures("database")
async def test_it_is_not_tried_for_ever() -> None:
    await write(lambda tx: put(tx, 1, "theirs", note_id=7))
    runs = 0

    async def body(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await put(tx, 2, "ours", note_id=7)

    with pytest.raises(Exception, match=r"(?i)unique"):
        await write(body)
    assert runs == ATTEMPTS


@pytest.mark.usefixtures("database")
async def test_any_other_rule_that_is_broken_is_not_tried_again() -> None:
    await write(lambda tx: put(tx, 1, "once"))
    runs = 0

    async def body(tx: Transaction) -> None:
        nonlocal runs
        runs += 1
        await put(tx, 1, "once")

    with pytest.raises(Exception, match=r"(?i)unique"):
        await write(body)
    assert runs == 1


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # on SQLite a writer is alone
async def test_a_deadlock_costs_a_second_try_and_nothing_else() -> None:
    await write(lambda tx: put(tx, 1, "x", note_id=1))
    await write(lambda tx: put(tx, 2, "x", note_id=2))
    both_locked = asyncio.Barrier(2)
    runs = 0

    async def lock_both(first: int, second: int) -> None:
        nonlocal runs
        waited = False

        async def body(tx: Transaction) -> None:
            nonlocal runs, waited
            runs += 1
            await tx.execute("UPDATE idempotency_keys SET answer = answer || 'x' WHERE id = ?", first)
            if not waited:
                waited = True
                await both_locked.wait()
            await tx.execute("UPDATE idempotency_keys SET answer = answer || 'x' WHERE id = ?", second)

        await write(body)

    await asyncio.gather(lock_both(1, 2), lock_both(2, 1))
    assert runs >= 3, "who is run again may meet the other once more"
    assert {row[0] for row in await fetch("SELECT answer FROM idempotency_keys")} == {"xx"}

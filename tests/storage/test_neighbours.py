"""Several server processes on one database: each hears what the others commit."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from storage import (
    Transaction,
    close_database,
    current_database,
    fetch,
    hearing_neighbours,
    neighbours,
    open_database,
    write,
)
from tests.storage.holding import PATIENCE_S
from tests.storage.notes import put

# Another process: it opens the same database, commits one change, and is told nothing else.
OTHER = """
import asyncio, sys
from storage import close_database, hearing_neighbours, open_database, write
from tests.storage.notes import put

async def body(tx):
    await put(tx, 1, "from elsewhere")
    tx.announce("topic")

async def main():
    await open_database(sys.argv[1])
    async with hearing_neighbours():
        await write(body)
    await close_database()

asyncio.run(main())
"""


@asynccontextmanager
async def woken_by(topic: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set by what happens from now on; it is heard already."""
    changes = current_database().changes
    async with hearing_neighbours(), changes.subscribe(topic) as event:
        if current_database().dialect == "postgres":
            async with asyncio.timeout(PATIENCE_S):
                await event.wait()  # everybody looks once, as soon as we hear
        event.clear()
        yield event


@pytest.mark.usefixtures("database")
async def test_a_commit_of_another_process_wakes_who_waits_here(database_url: str) -> None:
    async with woken_by("topic") as event:
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", OTHER, database_url)
        async with asyncio.timeout(PATIENCE_S):
            await event.wait()
            assert await other.wait() == 0


async def test_a_lost_connection_is_made_anew_and_everybody_looks(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "AGAIN_S", 0.01)
    await open_database(migrated_postgres_url)
    async with woken_by("topic") as event:
        await fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        async with asyncio.timeout(PATIENCE_S):
            await event.wait()
    await close_database()


@pytest.mark.usefixtures("database")
async def test_our_own_commit_wakes_us_as_before() -> None:
    async def body(tx: Transaction) -> None:
        await put(tx, 1, "ours")
        tx.announce("topic")

    async with woken_by("topic") as event:
        await write(body)
        async with asyncio.timeout(PATIENCE_S):
            await event.wait()


def test_notes_hold_all_topics_and_none_is_too_long() -> None:
    topics = {f"wallet:{number}" for number in range(10**15, 10**15 + 2000)}
    notes = list(neighbours.notes_of(topics))
    assert {topic for note in notes for topic in note.split(" ")} == topics
    assert max(map(len, notes)) <= neighbours.LONGEST_NOTE
    assert len(notes) > 1
    assert list(neighbours.notes_of(set())) == []

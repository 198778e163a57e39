"""Other processes on the same database: their commits wake our subscribers, and ours theirs (docs/decisions/0012).

Only a wake-up, which may get lost: whoever waits looks by itself every few seconds, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from storage.asyncpg_client import XuexiAsyncpgClient
from storage.changes import Changes
from storage.database import current_database
from storage.sqlite_client import XuexiSqliteClient

log = logging.getLogger("xuexi.neighbours")

CHANNEL = "xuexi_changes"
TELL = "SELECT pg_notify($1, $2)"
LONGEST_NOTE = 7_000  # bytes; PostgreSQL takes 8,000
#: Rest between two notes: what is committed meanwhile goes into one.
GATHER_S = 0.02
#: SQLite cannot call: how often its counter of foreign commits is looked at, while anybody waits for anything.
LOOK_S = 0.5
AGAIN_S = 2.0


@asynccontextmanager
async def hearing_neighbours() -> AsyncIterator[None]:
    """Until the block ends, a commit of any process wakes the subscribers of every process that does this."""
    database = current_database()
    client, changes = database.client, database.changes
    if isinstance(client, XuexiSqliteClient):
        task = asyncio.create_task(watch_counter(client, changes), name="watching other processes")
    else:
        changes.untold = set()
        task = asyncio.create_task(listen(client, changes), name="listening to other processes")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        rest, changes.untold = changes.untold, None
        if rest and isinstance(client, XuexiAsyncpgClient):
            for note in notes_of(rest):
                await client.run_fetch(TELL, (CHANNEL, note))


async def watch_counter(client: XuexiSqliteClient, changes: Changes) -> None:
    """Wake everybody after commits of other connections. SQLite counts them, but does not say what they were about."""
    seen = await client.foreign_commits()
    while True:
        await asyncio.sleep(LOOK_S)
        if changes.is_followed and (count := await client.foreign_commits()) != seen:
            seen = count
            changes.wake_all()


async def listen(client: XuexiAsyncpgClient, changes: Changes) -> None:
    """Keep a connection on which notes come and go. After it was lost, everybody looks: notes may have been missed."""
    while True:
        try:
            connection = await client.connection_apart()
            try:
                await exchange_notes(connection, changes)
            finally:
                connection.terminate()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("other processes are not heard: %s; trying again in %s s", type(error).__name__, AGAIN_S)
        await asyncio.sleep(AGAIN_S)


async def exchange_notes(connection: Any, changes: Changes) -> None:
    """Tell what this process commits, and hear the others. Raises what a lost connection raises."""
    ours = connection.get_server_pid()

    def heard(_: Any, sender: int, __: str, note: str) -> None:
        if sender != ours:
            changes.wake(note.split(" "))

    connection.add_termination_listener(lambda _: changes.something_untold.set())
    await connection.add_listener(CHANNEL, heard)
    changes.wake_all()
    while True:
        await changes.something_untold.wait()
        changes.something_untold.clear()
        topics = set(changes.untold or ())
        # A note of its own, after the commits: within a transaction it would make all commits queue for one lock.
        for note in notes_of(topics):
            await connection.execute(TELL, CHANNEL, note)
        changes.told(topics)
        if connection.is_closed():
            raise ConnectionResetError
        await asyncio.sleep(GATHER_S)


def notes_of(topics: set[str]) -> Iterator[str]:
    """The topics, as many in each note as it may hold."""
    note = ""
    for topic in sorted(topics):
        if note and len(note) + 1 + len(topic) > LONGEST_NOTE:
            yield note
            note = ""
        note = f"{note} {topic}" if note else topic
    if note:
        yield note

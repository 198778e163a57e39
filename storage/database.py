"""The one database of this process: opening, closing, and running bodies on it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection

from storage.asyncpg_client import XuexiAsyncpgClient
from storage.changes import Changes
from storage.dialect import Dialect
from storage.ids import IdSource
from storage.retry import ATTEMPTS, worth_another_try
from storage.sqlite_client import XuexiSqliteClient
from storage.transaction import ReadBody, Reader, Row, WriteBody
from storage.url import connection_config

T = TypeVar("T")
Client = XuexiSqliteClient | XuexiAsyncpgClient

APP = "xuexi"
READ_DEADLINE_S = 10
LONG_READ_DEADLINE_S = 3600
# Where Tortoise finds the models. Names only: storage imports nothing from the floors above it.
MODEL_MODULES = [
    "ledger.models",
    "domain.places.models",
    "domain.people.models",
    "domain.earning.models",
    "domain.volunteering.models",
    "domain.redemption.models",
    "domain.claims.models",
    "domain.points.models",
    "domain.merging.models",
    "domain.privacy.models",
]


def system_ids() -> IdSource:
    """Ids from the system's clock and from a seed that the system gave: the bits keep processes apart and hide nothing, and one
    more call to the system for each row is dear."""
    return IdSource(lambda: time.time_ns() // 1000, random.Random().getrandbits)  # noqa: S311 - they are no secret


@dataclass(slots=True)
class Database:
    """An open database. `changes` wakes those who wait for a commit."""

    client: Client
    ids: IdSource
    changes: Changes = field(default_factory=Changes)

    @property
    def dialect(self) -> Dialect:
        return "sqlite" if isinstance(self.client, XuexiSqliteClient) else "postgres"


_current: Database | None = None


async def open_database(url: str, ids: IdSource | None = None) -> Database:
    """Connect, check that commits are durable, and make this the process's database.

    Raises UnusableDatabase, NotDurable.
    """
    global _current
    await close_database()
    EXECUTOR_CACHE.clear()  # it remembers statements by the connection's name, in the words of whatever engine was open before
    connections = {"default": connection_config(url)}
    apps = {APP: {"models": MODEL_MODULES, "default_connection": "default"}}
    await Tortoise.init(config={"connections": connections, "apps": apps}, _enable_global_fallback=True)
    client = get_connection("default")
    assert isinstance(client, XuexiSqliteClient | XuexiAsyncpgClient)
    try:
        await client.create_connection(with_db=True)
    except BaseException:
        await Tortoise.close_connections()
        raise
    _current = Database(client, ids or system_ids())
    return _current


async def close_database() -> None:
    """Let running transactions end, and disconnect. Closing twice is no mistake."""
    global _current
    if _current is not None:
        _current = None
        await Tortoise.close_connections()


def current_database() -> Database:
    """The open database."""
    assert _current, "no database is open"
    return _current


async def write(body: WriteBody[T]) -> T:
    """Run a body as one durable transaction and return its result. All of it happens, or nothing.

    Cancelling the caller leaves the transaction whole: it may still commit, and then subscribers are still told. After a
    deadlock or the like the body is run again, so it must not change anything but the database. Raises what the body raises,
    DatabaseBusy, DatabaseTooSlow.
    """
    database = current_database()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await database.client.run_write(body, database.ids, database.changes.publish)
        except Exception as error:
            if attempt == ATTEMPTS or not worth_another_try(error):
                raise
            await asyncio.sleep(random.uniform(0, 0.01 * attempt))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


async def read(body: ReadBody[T]) -> T:
    """Run a body on one read-only snapshot and return its result. Raises what the body raises, DatabaseBusy, DatabaseTooSlow."""
    return await current_database().client.run_read(body, READ_DEADLINE_S)


async def read_briefly(body: ReadBody[T]) -> T:
    """The same for what takes a millisecond or two. On SQLite it is run where it is called, without waiting for a thread, and run
    again on one where it takes longer: so it must not change anything.
    """
    client = current_database().client
    if isinstance(client, XuexiSqliteClient):
        return await client.run_brief_read(body, READ_DEADLINE_S)
    return await client.run_read(body, READ_DEADLINE_S)


async def fetch_briefly(sql: str, *params: Any) -> Sequence[Row]:
    """The same for the rows of one query."""
    client = current_database().client
    if isinstance(client, XuexiSqliteClient):
        return await client.run_brief_fetch(sql, params, READ_DEADLINE_S)
    return await client.run_fetch(sql, params)


async def read_at_length(body: ReadBody[T]) -> T:
    """The same with an hour's time. For commands that look at the whole database; never for a request."""
    return await current_database().client.run_read(body, LONG_READ_DEADLINE_S)


async def forget_old_pages() -> bool:
    """Whether what was overwritten or removed is gone from the disk as well. False: not yet, ask again later.

    On PostgreSQL that is the server's own affair: old rows go with VACUUM, its log with the next checkpoints.
    """
    client = current_database().client
    return await client.fold_log() if isinstance(client, XuexiSqliteClient) else True


async def fetch(sql: str, *params: Any) -> Sequence[Row]:
    """The rows of one query. On PostgreSQL this saves the two round trips that a snapshot of several queries needs."""
    client = current_database().client
    if isinstance(client, XuexiAsyncpgClient):
        return await client.run_fetch(sql, params)

    async def body(reader: Reader) -> Sequence[Row]:
        return await reader.fetch(sql, *params)

    return await client.run_read(body, READ_DEADLINE_S)

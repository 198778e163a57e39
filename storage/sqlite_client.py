"""SQLite: one writer and a few readers, each a connection on a thread of its own.

A transaction's body runs on its connection's thread from BEGIN to COMMIT in one go. Whoever waits for it may be
cancelled at any moment: the body still ends, as a whole, and leaves no lock behind (docs/decisions/0002).
The name of this module matters: Tortoise's migrations choose their dialect by it.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient

from storage.dialect import Dialect
from storage.driving import NoLoop, drive
from storage.errors import DatabaseBusy, DatabaseDamaged, DatabaseTooSlow, NotDurable, UnusableDatabase
from storage.group_commit import Asked, GroupCommit
from storage.ids import IdSource
from storage.leisure import is_at_leisure
from storage.sqlite_codes import plain_code
from storage.sqlite_loop import LoopReader, TakesLonger
from storage.transaction import Publish, ReadBody, Reader, Row, Transaction, WriteBody

T = TypeVar("T")
P = ParamSpec("P")

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
READERS = 3
# So many quick reads may wait for one reader before one of them comes to where a leisurely one is read.
LEISURELY = 100
BUSY_TIMEOUT_MS = 10_000
MOMENT_MS = 200
ORM_READ_DEADLINE_S = 10
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM)
# Virtual machine steps between two looks at the clock, for each second that a read may take: a ten-thousandth of it. Python's
# other threads stand still for each look, or it waits for them.
STEPS_FOR_A_SECOND = 5_000
PRAGMAS = {
    "busy_timeout": str(BUSY_TIMEOUT_MS),  # first: another process may hold the file while it is opened
    "journal_mode": "WAL",
    "synchronous": "FULL",  # NORMAL loses acknowledged commits in a power cut
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is overwritten or removed is zeroed, so that the erased are not in the file
    "cache_size": "-16000",  # KiB
}


class SqliteReader(Reader):
    """Statements on a sqlite3 connection, run at once on the calling thread."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        try:
            return self._connection.execute(sql, bindable(params)).fetchall()
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise DatabaseDamaged(
                    "the file holds what SQLite cannot read"
                ) from None  # its message may quote a text
            raise


class SqliteTransaction(Transaction, SqliteReader):
    """A SqliteReader that may write."""

    def __init__(self, connection: sqlite3.Connection, ids: IdSource, client: XuexiSqliteClient) -> None:
        Transaction.__init__(self, ids)
        SqliteReader.__init__(self, connection)
        self.orm = SqliteTransactionClient(connection, client)

    async def execute(self, sql: str, *params: Any) -> int:
        return self._connection.execute(sql, bindable(params)).rowcount

    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file's bytes are to blame. Text that is no UTF-8 is found out by Python, which gives no code; numbers that we
    keep never add up to more than 63 bits."""
    code = plain_code(error)
    return code in DAMAGE or str(error).startswith(("Could not decode to UTF-8", "integer overflow"))


def bindable(params: Sequence[Any]) -> Sequence[Any]:
    """SQLite has no arrays: a list travels as JSON."""
    return [json.dumps(value) if isinstance(value, list) else value for value in params]


class XuexiSqliteClient(SqliteClient):
    """Tortoise's client for one SQLite file; outside a transaction it can only read."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        self._writer: aiosqlite.Connection | None = None
        self._commits: GroupCommit | None = None
        self._readers: list[aiosqlite.Connection] = []
        self._pending: list[int] = []
        self._here: LoopReader | None = None

    async def create_connection(self, with_db: bool) -> None:
        """Open the writer and the readers. Raises UnusableDatabase, NotDurable."""
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise UnusableDatabase(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed")
        try:
            Path(self.filename).parent.mkdir(parents=True, exist_ok=True)
            self._writer = await connect(self.filename, PRAGMAS)
            check_durability(await on_thread(self._writer, pragmas_in_force, self._open_writer))
            self._commits = self._group_commit(self._open_writer)
            readers = PRAGMAS | {"query_only": "ON"}
            self._readers = [await connect(self.filename, readers) for _ in range(READERS)]
            self._here = on_the_loop(self.filename)
        except (sqlite3.Error, OSError) as error:
            await self.close()
            raise UnusableDatabase(f"cannot open the SQLite file {self.filename}: {error}") from error
        self._pending = [0] * READERS
        await self._post_connect()

    async def close(self) -> None:
        """Let what runs come to its end and close all connections."""
        connections = [*self._readers, *([self._writer] if self._writer else [])]
        self._readers, self._writer, self._commits = [], None, None
        if self._here:
            self._here.close()
            self._here = None
        for connection in connections:
            await disconnect(connection)

    def _group_commit(self, connection: sqlite3.Connection) -> GroupCommit:
        return GroupCommit(
            connection,
            lambda: begin(connection, "BEGIN IMMEDIATE"),
            lambda ids: SqliteTransaction(connection, ids, self),
        )

    @property
    def _open_writer(self) -> sqlite3.Connection:
        assert self._writer, "the database is closed"
        return self._writer._conn

    async def run_write(self, body: WriteBody[T], ids: IdSource, publish: Publish) -> T:
        """Run a body as one durable transaction, in one commit with whoever waits too, and publish what it announced."""
        assert self._writer, "the database is closed"
        assert self._commits, "whoever opened it can commit"
        asked = Asked(body, ids, publish)
        self._commits.ask(asked)
        # Nothing comes back but through `asked`: one answer for a whole group, and those who come in vain find nobody waiting.
        self._writer._tx.put_nowait((None, self._commits.work_off))
        result: T = await asked.answered
        return result

    async def foreign_commits(self) -> int:
        """A number that changes with the commits of other processes: SQLite leaves out those of the connection that asks."""
        assert self._writer, "the database is closed"
        cursor = await on_thread(self._writer, self._open_writer.execute, "PRAGMA data_version")
        count: int = cursor.fetchone()[0]
        return count

    async def run_read(self, body: ReadBody[T], deadline_s: int) -> T:
        """Run a body on one snapshot, on the reader with the least to do; all of it may take so long."""
        assert self._readers, "the database is closed"
        turn = self._pending.index(min(self._pending))
        load = LEISURELY if is_at_leisure() else 1
        self._pending[turn] += load
        try:
            reader = self._readers[turn]
            return await on_thread(reader, read_snapshot, reader._conn, body, deadline_s)
        finally:
            self._pending[turn] -= load

    async def run_brief_read(self, body: ReadBody[T], deadline_s: int) -> T:
        """The same on the event loop's own thread, where it is short: else the body is run again, on a reader."""
        assert self._here, "the database is closed"
        try:
            if not is_at_leisure():
                return cast(T, self._here.read(body))
        except TakesLonger:
            pass
        return await self.run_read(body, deadline_s)

    async def run_brief_fetch(self, sql: str, params: Sequence[Any], deadline_s: int) -> Sequence[Row]:
        """The same for one query, which is its own snapshot."""
        assert self._here, "the database is closed"
        try:
            if not is_at_leisure():
                return self._here.fetch(sql, params)
        except TakesLonger:
            pass
        return await self.run_read(lambda reader: reader.fetch(sql, *params), deadline_s)

    async def fold_log(self) -> bool:
        """Whether the log is folded into the file and empty: it holds old pages. False while somebody reads on them."""
        assert self._writer, "the database is closed"
        return await on_thread(self._writer, fold_log, self._open_writer)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        rows = await self.run_read(lambda reader: named_rows(reader, query, values or []), ORM_READ_DEADLINE_S)
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def _refuse_write(self, *_: Any) -> Any:
        raise RuntimeError("writing needs a transaction: pass using_db=tx.orm")

    execute_insert = _refuse_write
    execute_many = _refuse_write
    execute_script = _refuse_write

    def _in_transaction(self) -> Any:
        raise RuntimeError("use storage.write: Tortoise's own transaction is not safe when it is cancelled")


client_class = XuexiSqliteClient


class SqliteTransactionClient(SqliteClient):
    """Tortoise's view of a running transaction: every call runs at once on the calling thread."""

    def __init__(self, connection: sqlite3.Connection, client: SqliteClient) -> None:
        self._sqlite = connection
        self.filename = client.filename
        self.log = client.log
        self.connection_name = client.connection_name
        self.fetch_inserted = client.fetch_inserted

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        return self._sqlite.execute(query, values).lastrowid or 0

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        self._sqlite.executemany(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        before = self._sqlite.total_changes
        rows = await named_rows(SqliteReader(self._sqlite), query, values or [])
        return (self._sqlite.total_changes - before) or len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_script(self, query: str) -> None:
        """Statement by statement: sqlite3's executescript would commit first."""
        statement = ""
        for line in query.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self._sqlite.execute(statement)
                statement = ""
        if statement.strip():
            self._sqlite.execute(statement)

    def _in_transaction(self) -> Any:
        nested: AbstractAsyncContextManager[SqliteTransactionClient] = nullcontext(self)
        return nested


async def named_rows(reader: Reader, query: str, values: Sequence[Any]) -> Sequence[Any]:
    """Rows with column names, as the ORM wants them."""
    assert isinstance(reader, SqliteReader)
    cursor = reader._connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(query, values).fetchall()


async def on_thread(connection: aiosqlite.Connection, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function on the connection's thread, to its end even when whoever waits for it is cancelled.

    `_execute` is aiosqlite's own way to do so. Its public methods run one statement each, and a transaction made of several such
    hops can be cut in the middle. Raises RuntimeError inside a transaction's body, which must not wait for another thread.
    """
    asyncio.get_running_loop()  # raises; without it the work would be queued, and its answer would find no loop to go to
    context = contextvars.copy_context()
    done = await connection._execute(context.run, work, *args, **kwargs)  # type: ignore[no-untyped-call] # has no annotations
    return cast(T, done)


class StringAgg:
    """PostgreSQL's string_agg, which SQLite knows by that name only since 3.44. NULLs are left out; of nothing it is NULL."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._separator = ""

    def step(self, text: Any, separator: Any) -> None:
        if text is not None:
            self._texts.append(text)
            self._separator = separator

    def finalize(self) -> str | None:
        return self._separator.join(self._texts) if self._texts else None


async def connect(file: str, pragmas: dict[str, str]) -> aiosqlite.Connection:
    opening = aiosqlite.connect(file, isolation_level=None, cached_statements=1024, check_same_thread=False)
    try:
        connection = await opening
    except BaseException:
        # It was told to stop, and tells the loop when it has: that must be before the loop is closed.
        await asyncio.to_thread(opening._thread.join)
        raise
    try:
        await on_thread(connection, asyncio.set_event_loop, NoLoop())  # type: ignore[abstract] # the rest is for loops that run
        for name, value in pragmas.items():
            await on_thread(connection, connection._conn.execute, f"PRAGMA {name} = {value}")
        await on_thread(connection, connection._conn.create_aggregate, "string_agg", 2, cast(Any, StringAgg))
    except BaseException:
        await disconnect(connection)  # or its thread would keep the process from ending
        raise
    return connection


def on_the_loop(file: str) -> LoopReader:
    """The connection for short reads. It waits for nobody."""
    connection = sqlite3.connect(file, isolation_level=None, cached_statements=1024, check_same_thread=False)
    for name, value in {**PRAGMAS, "busy_timeout": "0", "query_only": "ON"}.items():
        if name not in ("journal_mode", "synchronous"):  # the file's, and the writer's
            connection.execute(f"PRAGMA {name} = {value}")
    connection.create_aggregate("string_agg", 2, cast(Any, StringAgg))
    return LoopReader(connection, SqliteReader(connection))


async def disconnect(connection: aiosqlite.Connection) -> None:
    """Close a connection and see its thread end."""
    await connection.close()
    connection._thread.join()  # it has nothing left to do, so that nobody waits


def pragmas_in_force(connection: sqlite3.Connection) -> dict[str, Any]:
    names = ("journal_mode", "synchronous", "foreign_keys")
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


def check_durability(in_force: dict[str, Any]) -> None:
    """Raises NotDurable unless acknowledged commits outlive a power cut."""
    if in_force != {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}:
        raise NotDurable(f"SQLite would not keep what it acknowledged: {in_force}")


def begin(connection: sqlite3.Connection, statement: str) -> None:
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        if plain_code(error) == sqlite3.SQLITE_BUSY:
            raise DatabaseBusy("another process kept the database locked") from error
        raise


def fold_log(connection: sqlite3.Connection) -> bool:
    """The same, on the writer's thread; it waits for readers no longer than a moment, for all writers wait with it."""
    connection.execute(f"PRAGMA busy_timeout = {MOMENT_MS}")
    try:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if plain_code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return not busy


def read_snapshot(connection: sqlite3.Connection, body: ReadBody[T], deadline_s: int) -> T:
    deadline = time.monotonic() + deadline_s
    begin(connection, "BEGIN")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_FOR_A_SECOND * deadline_s)
    try:
        return drive(body(SqliteReader(connection)))
    except sqlite3.OperationalError as error:
        if plain_code(error) == sqlite3.SQLITE_INTERRUPT:
            raise DatabaseTooSlow(f"a read took longer than {deadline_s} s") from error
        raise
    finally:
        connection.set_progress_handler(None, 0)
        if connection.in_transaction:  # some failures end it by themselves
            connection.execute("ROLLBACK")


__all__ = ["XuexiSqliteClient", "client_class"]

"""PostgreSQL: a pool of connections; every transaction is a task of its own, so that cancelling whoever waits for it
neither loses a connection nor leaves anything half done (docs/decisions/0002).

The name of this module matters: Tortoise's migrations choose their dialect by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper

from storage.dialect import Dialect, numbered
from storage.errors import DatabaseBusy, DatabaseTooSlow, NotDurable, UnusableDatabase
from storage.ids import IdSource
from storage.transaction import Publish, ReadBody, Reader, Row, Transaction, WriteBody

T = TypeVar("T")

ACQUIRE_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 10.0
STATEMENT_DEADLINE_S = 10
SESSION = {
    "default_transaction_read_only": "on",  # a write outside storage.write is a mistake; let it fail
    "statement_timeout": f"{STATEMENT_DEADLINE_S}s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "application_name": "xuexi",
}
BEGIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
SET_DEADLINE = "SET LOCAL statement_timeout ="
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


class BareConnection(asyncpg.Connection):  # type: ignore[misc, unused-ignore]  # asyncpg ships no types for it
    """A connection that needs no cleaning between two uses: we only ever SET LOCAL."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


class AsyncpgReader(Reader):
    """Statements on one asyncpg connection."""

    dialect: Dialect = "postgres"

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        rows: Sequence[Row] = await self._connection.fetch(numbered(sql), *params)
        return rows


class AsyncpgTransaction(Transaction, AsyncpgReader):
    """An AsyncpgReader that may write."""

    def __init__(self, connection: Any, ids: IdSource, client: AsyncpgDBClient) -> None:
        Transaction.__init__(self, ids)
        AsyncpgReader.__init__(self, connection)
        self.orm = TransactionWrapper(client)
        self.orm._connection = connection

    async def execute(self, sql: str, *params: Any) -> int:
        status: str = await self._connection.execute(numbered(sql), *params)
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        await self._connection.executemany(numbered(sql), rows)


class XuexiAsyncpgClient(AsyncpgDBClient):
    """Tortoise's client for one PostgreSQL database; outside a transaction it can only read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.server_settings = SESSION | self.server_settings
        self.connection_class = BareConnection
        self._running: set[asyncio.Task[Any]] = set()

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool. Raises UnusableDatabase, NotDurable."""
        try:
            await super().create_connection(with_db)
            async with self._connection_of_pool() as connection:
                await check_durability(connection)
        except NotDurable:
            await self.close()
            raise
        except Exception as error:
            raise UnusableDatabase(f"cannot use the PostgreSQL database {self.database}: {error}") from error

    async def close(self) -> None:
        """Let what runs come to its end and close the pool."""
        if self._running:
            await asyncio.wait(self._running, timeout=CLOSE_TIMEOUT_S)
        await super().close()

    @asynccontextmanager
    async def _connection_of_pool(self) -> AsyncIterator[Any]:
        assert self._pool, "the database is closed"
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
        except TimeoutError as error:
            raise DatabaseBusy("no database connection came free") from error
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    async def connection_apart(self) -> Any:
        """A new connection that is not of the pool. Raises what asyncpg raises, TimeoutError."""
        wanted = {name: self._template[name] for name in ("host", "port", "user", "database", "server_settings")}
        return await asyncpg.connect(password=self.password, timeout=ACQUIRE_TIMEOUT_S, **wanted, **self.extra)

    async def run_write(self, body: WriteBody[T], ids: IdSource, publish: Publish) -> T:
        """Run a body as one durable transaction and publish what it announced."""
        return await self._to_its_end(self._transact(body, ids, publish))

    async def run_read(self, body: ReadBody[T], deadline_s: int) -> T:
        """Run a body on one snapshot, whose statements may take so long each."""
        return await self._to_its_end(self._read_snapshot(body, deadline_s))

    async def run_fetch(self, sql: str, params: Sequence[Any]) -> Sequence[Row]:
        """One query, which is its own snapshot."""
        return await self._to_its_end(self._fetch(sql, params))

    async def _to_its_end(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited may be gone: nobody else would look at it

    async def _transact(self, body: WriteBody[T], ids: IdSource, publish: Publish) -> T:
        async with self._connection_of_pool() as connection:
            tx = AsyncpgTransaction(connection, ids, self)
            async with block(connection, BEGIN_WRITE):
                result = await body(tx)
        publish(tx.announced)
        return result

    async def _read_snapshot(self, body: ReadBody[T], deadline_s: int) -> T:
        begin = BEGIN_READ if deadline_s == STATEMENT_DEADLINE_S else f"{BEGIN_READ}; {SET_DEADLINE} '{deadline_s}s'"
        async with self._connection_of_pool() as connection, block(connection, begin):
            return await body(AsyncpgReader(connection))

    async def _fetch(self, sql: str, params: Sequence[Any]) -> Sequence[Row]:
        async with self._connection_of_pool() as connection:
            with translated_timeouts():
                return await AsyncpgReader(connection).fetch(sql, *params)

    def _in_transaction(self) -> Any:
        raise RuntimeError("use storage.write: Tortoise's own transaction is not safe when it is cancelled")


client_class = XuexiAsyncpgClient


@asynccontextmanager
async def block(connection: Any, begin: str) -> AsyncIterator[None]:
    """BEGIN, and in the end COMMIT, or ROLLBACK after anything that went wrong."""
    with translated_timeouts():
        await connection.execute(begin)
        try:
            yield
            # PostgreSQL answers ROLLBACK, without an error, where a body swallowed a failed statement.
            if await connection.execute("COMMIT") != "COMMIT":
                raise RuntimeError("a transaction's body went on after a failed statement")
        except BaseException:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise


@contextmanager
def translated_timeouts() -> Iterator[None]:
    """Say in our own words that a lock or a statement took too long."""
    try:
        yield
    except asyncpg.LockNotAvailableError as error:
        raise DatabaseBusy("a row stayed locked") from error
    except asyncpg.QueryCanceledError as error:
        raise DatabaseTooSlow("a statement ran too long") from error


async def check_durability(connection: Any) -> None:
    """Raises NotDurable unless acknowledged commits outlive a power cut."""
    in_force = {name: await connection.fetchval(f"SHOW {name}") for name in DURABILITY}
    if "off" in in_force.values():
        raise NotDurable(f"PostgreSQL would not keep what it acknowledged: {in_force}")

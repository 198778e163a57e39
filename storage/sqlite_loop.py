"""Short reads of SQLite on the event loop's own thread: handing one to another thread and back costs more than it takes.

None holds the loop for long: it is interrupted, and whoever asked reads again on a reader's thread. A statement that was
interrupted goes there at once for a while.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from storage.driving import drive
from storage.sqlite_codes import plain_code
from storage.transaction import Reader, Row

T = TypeVar("T")

LONGEST_S = 0.05
# Virtual machine steps between two looks at the clock: less than a millisecond.
STEPS = 10_000
SLOW_FOR_S = 60.0
MOST_SLOW = 256
ELSEWHERE = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class TakesLonger(Exception):
    """Not here: it would take too long, or has to wait for another process."""


class LoopReader:
    """A read-only connection of which every read is over at once. It never waits and keeps no snapshot open."""

    def __init__(self, connection: sqlite3.Connection, reader: Reader) -> None:
        self._connection = connection
        self._reader = Watched(reader)
        self._until = 0.0
        connection.set_progress_handler(lambda: time.monotonic() > self._until, STEPS)

    def close(self) -> None:
        self._connection.close()

    def fetch(self, sql: str, params: Sequence[Any]) -> Sequence[Row]:
        """The rows of one query. Raises TakesLonger."""
        return self._within_bounds(lambda: drive(self._reader.fetch(sql, *params)))

    def read(self, body: Callable[[Reader], Any]) -> Any:
        """Run a body on one snapshot. Raises TakesLonger."""

        def on_snapshot() -> Any:
            self._connection.execute("BEGIN")
            try:
                return drive(body(self._reader))
            finally:
                if self._connection.in_transaction:  # some failures end it by themselves
                    self._connection.execute("ROLLBACK")

        return self._within_bounds(on_snapshot)

    def _within_bounds(self, work: Callable[[], T]) -> T:
        asyncio.get_running_loop()  # raises in a transaction's body, which runs on another thread
        self._until = time.monotonic() + LONGEST_S
        try:
            return work()
        except sqlite3.OperationalError as error:
            if plain_code(error) in ELSEWHERE:
                raise TakesLonger from error
            raise


class Watched(Reader):
    """A reader that remembers which statements were interrupted."""

    def __init__(self, inner: Reader) -> None:
        self._inner = inner
        self.dialect = inner.dialect
        self._slow: OrderedDict[str, float] = OrderedDict()

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        if sql in self._slow:
            self._refuse_for_a_while(sql)
        try:
            return await self._inner.fetch(sql, *params)
        except sqlite3.OperationalError as error:
            if plain_code(error) == sqlite3.SQLITE_INTERRUPT:
                self._slow[sql] = time.monotonic() + SLOW_FOR_S
                if len(self._slow) > MOST_SLOW:
                    self._slow.popitem(last=False)
            raise

    def _refuse_for_a_while(self, sql: str) -> None:
        if time.monotonic() < self._slow[sql]:
            raise TakesLonger
        del self._slow[sql]

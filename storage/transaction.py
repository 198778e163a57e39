"""What a transaction's body works with. Both engines give the same rows, as tuples of int, str, float, bytes and None."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.dialect import Dialect
from storage.ids import IdSource

T = TypeVar("T")
Row = Sequence[Any]


class Reader(ABC):
    """A read-only snapshot of the database. SQL is written with `?`; a list parameter goes with dialect.in_ids()."""

    dialect: Dialect

    @abstractmethod
    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows of a query."""

    async def fetch_one(self, sql: str, *params: Any) -> Row | None:
        """The first row of a query, or None."""
        rows = await self.fetch(sql, *params)
        return rows[0] if rows else None

    async def fetch_value(self, sql: str, *params: Any) -> Any:
        """The first column of the first row, or None."""
        row = await self.fetch_one(sql, *params)
        return row[0] if row else None


class Transaction(Reader):
    """One durable transaction. Its body awaits nothing but this object's methods."""

    #: The same transaction for Tortoise: `Model.create(..., using_db=tx.orm)`.
    orm: BaseDBAsyncClient

    def __init__(self, ids: IdSource) -> None:
        self._ids = ids
        self.announced: list[str] = []

    def new_id(self) -> int:
        """A fresh key for a row."""
        return self._ids.next()

    def announce(self, topic: str) -> None:
        """Tell the topic's subscribers after the commit; nothing is told if it does not come to that."""
        self.announced.append(topic)

    @abstractmethod
    async def execute(self, sql: str, *params: Any) -> int:
        """Run a statement; how many rows it touched."""

    @abstractmethod
    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each row of parameters."""


ReadBody = Callable[[Reader], Coroutine[Any, Any, T]]
WriteBody = Callable[[Transaction], Coroutine[Any, Any, T]]
#: Told the topics of a transaction once it is committed.
Publish = Callable[[Iterable[str]], None]

"""The schema of the world, and asking it things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult

from schema.bounds import Limits
from schema.lane import Lane
from schema.reads.asking import Asking
from schema.reads.batch import OpenDatabase, ReadBody, T
from schema.reads.check import ArgumentCheck
from schema.reads.execution import ReadingExecutor
from schema.scalars import SCALARS
from storage import Reader, Row
from tests.schema.reads.world import types

NOW = datetime(2024, 1, 12, 12, tzinfo=UTC)
ROW_TYPES = [
    types.Area,
    types.Body,
    types.Person,
    types.Slot,
    types.Booking,
    types.Movement,
    types.Event,
    types.Full,
    types.Other,
]


@dataclass
class Context:
    """Who asks."""

    asking: Asking
    lane_if_dear: Lane | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass
class CountingReader(Reader):
    """A reader that keeps the statements it ran."""

    inner: Reader
    statements: list[str]

    def __post_init__(self) -> None:
        self.dialect = self.inner.dialect

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self.statements.append(sql)
        return await self.inner.fetch(sql, *params)


@dataclass
class CountingStore(OpenDatabase):
    """The open database, with the statements and snapshots that were asked of it."""

    statements: list[str] = field(default_factory=list)
    snapshots: int = 0

    async def read(self, body: ReadBody[T]) -> T:
        self.snapshots += 1
        return await super().read(lambda reader: body(CountingReader(reader, self.statements)))

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self.snapshots += 1
        self.statements.append(sql)
        return await super().fetch(sql, *params)

    def forget(self) -> None:
        self.statements.clear()
        self.snapshots = 0


STORE = CountingStore()


class CountingExecutor(ReadingExecutor):
    """The executor on the counting store."""

    store = STORE


SCHEMA = strawberry.Schema(
    query=types.Query,
    mutation=types.Mutation,
    subscription=types.Subscription,
    types=ROW_TYPES,
    execution_context_class=CountingExecutor,
    extensions=[ParserCache, ValidationCache, ArgumentCheck],
    config=StrawberryConfig(scalar_map=dict(SCALARS)),
)


def context_of(viewer: int | None = None, language: Any = "en") -> Context:
    return Context(Asking(viewer, NOW, language))


async def result_of(query: str, viewer: int | None = None, **variables: Any) -> ExecutionResult:
    """What the schema answers, errors included."""
    STORE.forget()
    result = await SCHEMA.execute(query, variable_values=variables, context_value=context_of(viewer))
    assert isinstance(result, ExecutionResult)
    return result


def only_error(result: ExecutionResult) -> GraphQLError:
    """The error, where there is one."""
    assert result.errors is not None
    (error,) = result.errors
    return error


async def answer_of(query: str, viewer: int | None = None, **variables: Any) -> Any:
    """The data, where nothing went wrong."""
    result = await result_of(query, viewer, **variables)
    assert result.errors is None, result.errors
    return result.data

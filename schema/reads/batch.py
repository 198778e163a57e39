"""Everything that an operation waits to read at one moment: read in one snapshot, each kind of row by one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from graphql import GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList

import storage
from schema.lane import Lane
from schema.reads.level import Built, Fetched
from schema.reads.plan import Request, Run, lookup_run, root_run
from storage import Reader, Row
from storage.dialect import Dialect

T = TypeVar("T")
ReadBody = Callable[[Reader], Coroutine[Any, Any, T]]


class Store(Protocol):
    """Where to read: storage, or a wrapper around it."""

    @property
    def dialect(self) -> Dialect: ...

    async def read(self, body: ReadBody[T]) -> T: ...

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]: ...


class OpenDatabase:
    """The process's open database."""

    @property
    def dialect(self) -> Dialect:
        return storage.current_database().dialect

    async def read(self, body: ReadBody[T]) -> T:
        return await storage.read_briefly(body)

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        return await storage.fetch_briefly(sql, *params)


@dataclass(frozen=True, slots=True)
class FailedStore:
    """In place of a database that has just failed: it fails again, at once."""

    error: Exception
    dialect: Dialect

    async def read(self, body: ReadBody[T]) -> T:
        raise self.error

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        raise self.error


class SingleStatement(Reader):
    """A reader for plans of one statement, which need no transaction around them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.dialect = store.dialect

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        return await self.store.fetch(sql, *params)


@dataclass(eq=False, slots=True)
class Group:
    """What one plan reads: a root, or rows of one type for the same field nodes, by their keys."""

    type: GraphQLObjectType
    details: FieldDetailsList
    viewer: int | None = None
    #: None for a root.
    keys: dict[int, None] | None = None
    built: Built = field(default_factory=dict)
    error: Exception | None = None

    def run(self, request: Request) -> Run:
        if self.viewer is not None:
            request = replace(request, asking=replace(request.asking, viewer=self.viewer))
        if self.keys is None:
            return root_run(request, self.type, self.details)
        return lookup_run(request, self.type, self.details, list(self.keys))

    def attempt(self, step: Callable[[], T]) -> T | None:
        """A step whose failure is this group's alone: its fields answer it."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - raised again by every field that waits for the group
            self.error = error
            return None

    def answer(self, key: int | None) -> Any:
        """What was built for a key. Raises what the group failed with."""
        if self.error:
            raise self.error
        return self.built.get(key)


@dataclass(eq=False, slots=True)
class Batch:
    """Groups that are read together. `waiting` counts the fields that wait for it."""

    groups: dict[Any, Group] = field(default_factory=dict)
    waiting: int = 0
    task: asyncio.Task[None] | None = None

    def lookup(self, type_: GraphQLObjectType, details: FieldDetailsList, viewer: int | None, key: int) -> Group:
        """The group of a row; the row is read with it."""
        name = (type_.name, viewer, *[id(detail.node) for detail in details])
        group = self.groups.get(name)
        if group is None:
            group = self.groups[name] = Group(type_, details, viewer, {})
        assert group.keys is not None
        group.keys[key] = None
        return group

    def root(self, type_: GraphQLObjectType, details: FieldDetailsList) -> Group:
        """The group of a declared field that hangs on no row."""
        group = self.groups[len(self.groups)] = Group(type_, details)
        return group

    async def settled(self, store: Store, request: Callable[[], Request], lane: Lane | None) -> None:
        """After this everything is read. The first who waits starts the reading; in a lane it waits for its turn."""
        work: Callable[[], Coroutine[Any, Any, None]] = partial(self.read, store, request, lane)
        if lane:
            work = partial(lane.take, work)
        if self.waiting == 1:
            await work()
            return
        if self.task is None:
            self.task = asyncio.get_running_loop().create_task(work())
            self.task.add_done_callback(look_at)
        await asyncio.shield(self.task)  # a field that is given up does not take the others with it

    async def read(self, store: Store, request: Callable[[], Request], lane: Lane | None) -> None:
        asked = request()
        runs: list[tuple[Group, Run]] = []
        for group in self.groups.values():
            run = group.attempt(partial(group.run, asked))
            if run:
                runs.append((group, run))
            if lane:
                await asyncio.sleep(0)  # each may have to be compiled
        fetched = await fetch_all(store, [run for _, run in runs])
        build = partial(build_all, runs, fetched)
        if lane or any(run.plan.is_heavy for _, run in runs):
            await asyncio.to_thread(build)
        else:
            build()


def build_all(runs: Sequence[tuple[Group, Run]], fetched: Sequence[Fetched]) -> None:
    """Turn what was fetched into answers."""
    for (group, run), rows in zip(runs, fetched, strict=True):
        group.built = group.attempt(partial(run.build, rows)) or {}


async def fetch_all(store: Store, runs: Sequence[Run]) -> list[Fetched]:
    """The rows of several plans, all as of the same moment."""
    if len(runs) == 1 and runs[0].is_one_statement:
        return [await runs[0].fetch(SingleStatement(store))]

    async def body(reader: Reader) -> list[Fetched]:
        return [await run.fetch(reader) for run in runs]

    return await store.read(body) if runs else []


def look_at(task: asyncio.Task[None]) -> None:
    """Whoever waited may be gone: nobody else would look at its exception."""
    if not task.cancelled():
        task.exception()

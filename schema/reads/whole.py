"""Operations made of nothing but reads, answered without an executor.

What graphql-core finds out about such an operation for every request (which fields, with which arguments, by which plans) depends
on the values of its variables only. It is found out once, by graphql-core itself, and kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, OperationType, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList, collect_fields
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values

from schema.ids import decode_id
from schema.lane import Lane
from schema.reads import sources
from schema.reads.asking import Asking
from schema.reads.batch import Store, fetch_all
from schema.reads.binding import Bound
from schema.reads.described import answered_row, declared_field
from schema.reads.level import NO_PARENT, Built, Fetched, Parents
from schema.reads.plan import Chosen, Plan, Request, Run, chosen
from storage.dialect import Dialect

Take = Callable[[Sequence[Built]], Any]
#: Nobody, at no time: what an operation reads for all values of its variables depends on neither.
NOBODY = Asking(viewer=None, now=None)  # type: ignore[arg-type]


class NotWhole(Exception):
    """An executor is needed: there is something else than reads, or an answer that only it can give."""


@dataclass(frozen=True, slots=True)
class Part:
    """A plan with its arguments, and the keys of the rows that it starts from."""

    plan: Plan
    args: Sequence[Bound]
    parents: Parents

    def run(self, asking: Asking) -> Run:
        return Run(self.plan, asking, self.args, self.parents)


@dataclass(slots=True)
class Whole:
    """An operation with the values of its variables: what to read, and what of it stands under which key of the answer."""

    parts: list[Part]
    fields: list[tuple[str, Take]]

    async def answer(self, asking: Asking, store: Store, lane: Lane | None = None) -> dict[str, Any]:
        """The `data` of the answer; in a lane, in its turn. Raises whatever an executor would make an error of."""
        work = partial(self.read, asking, store, aside=lane is not None)
        return await (lane.take(work) if lane else work())

    async def read(self, asking: Asking, store: Store, *, aside: bool) -> dict[str, Any]:
        """`aside`: it is built on a thread of its own."""
        runs = [part.run(asking) for part in self.parts]
        fetched = await fetch_all(store, runs)
        if aside or any(part.plan.is_heavy for part in self.parts):
            return await asyncio.to_thread(self.built, runs, fetched)
        return self.built(runs, fetched)

    def built(self, runs: Sequence[Run], fetched: Sequence[Fetched]) -> dict[str, Any]:
        built = [run.build(rows) for run, rows in zip(runs, fetched, strict=True)]
        return {key: take(built) for key, take in self.fields}


def whole(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Mapping[str, Any], dialect: Dialect
) -> Whole:
    """The operation of that name. Raises NotWhole."""
    executor = Executor.build(schema, document, raw_variable_values=dict(variables), operation_name=name)
    root = schema.query_type
    if not isinstance(executor, Executor) or root is None:
        raise NotWhole
    operation = executor.operation
    if operation.operation is not OperationType.QUERY or operation.directives:
        raise NotWhole
    collected = collect_fields(schema, executor.fragments, executor.variable_values, root, operation)
    request = Request(schema, operation, executor.fragments, executor.variable_values, NOBODY, dialect)
    making = Making(request, root)
    fields = [(key, making.field(details)) for key, details in collected.grouped_field_set.items()]
    return Whole(making.parts, fields)


@dataclass(slots=True)
class Making:
    """An operation on its way to be whole."""

    request: Request
    root: GraphQLObjectType
    parts: list[Part] = field(default_factory=list)

    def field(self, details: FieldDetailsList) -> Take:
        """Plans a root field. Raises NotWhole."""
        node = details[0].node
        if node.name.value == "__typename":
            name = self.root.name
            return lambda _: name
        definition = self.root.fields.get(node.name.value)
        declared = declared_field(definition) if definition else None
        if definition is None or declared is None:
            raise NotWhole
        match declared.source:
            case sources.ById():
                return self.by_id(details, self.argument(details, "id"))
            case sources.ByIds():
                takes = self.by_ids(details, self.argument(details, "ids"))
                return lambda built: [take(built) for take in takes]
            case sources.ToOne() if not is_non_null_type(definition.type):
                return first_under(self.planned(chosen(self.request, self.root, details, "root"), NO_PARENT), None)
            case sources.ToMany():
                return all_of(self.planned(chosen(self.request, self.root, details, "root"), NO_PARENT))
            case sources.Paged():
                return page_of(self.planned(chosen(self.request, self.root, details, "root"), NO_PARENT))
        raise NotWhole

    def argument(self, details: FieldDetailsList, name: str) -> Any:
        node = details[0].node
        return get_argument_values(self.root.fields[node.name.value], node, self.request.variables)[name]

    def by_id(self, details: FieldDetailsList, text: str) -> Take:
        (take,) = self.by_ids(details, [text])
        return take

    def by_ids(self, details: FieldDetailsList, texts: Sequence[str]) -> list[Take]:
        """One plan for each type among the ids; null for an id of anything that the field cannot answer."""
        definition, wanted = self.root.fields[details[0].node.name.value], [decode_id(text) for text in texts]
        types = {
            found.type_name: answered_row(self.request.schema, definition, found.type_name) for found in wanted if found
        }
        keys = {
            type_: list(dict.fromkeys(found.number for found in wanted if found and types[found.type_name] is type_))
            for type_ in types.values()
            if type_
        }
        parts = {
            type_: self.planned(chosen(self.request, type_, details, "lookup"), numbers)
            for type_, numbers in keys.items()
        }
        return [
            first_under(parts[type_], found.number) if found and (type_ := types[found.type_name]) else nothing
            for found in wanted
        ]

    def planned(self, found: Chosen, parents: Parents) -> int:
        """The place of a plan among the parts. Raises NotWhole where who asks decides on its shape."""
        if any(site.asks for site in found.sites):
            raise NotWhole
        run = found.run(self.request, parents)
        self.parts.append(Part(run.plan, run.args, parents))
        return len(self.parts) - 1


def nothing(_: Sequence[Built]) -> None:
    return None


def all_of(part: int) -> Take:
    """The rows that a plan found."""
    return lambda built: built[part].get(None) or []


def page_of(part: int) -> Take:
    """The page that a plan found."""
    return lambda built: built[part][None]


def first_under(part: int, key: int | None) -> Take:
    """The row that a plan found under a key, or None."""

    def take(built: Sequence[Built]) -> Any:
        rows = built[part].get(key)
        return rows[0] if rows else None

    return take

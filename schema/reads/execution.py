"""Strawberry's executor, which also completes reads. All else it does as it did."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLOutputType,
    GraphQLResolveInfo,
    get_nullable_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.ids import decode_id
from schema.reads import sources
from schema.reads.batch import Batch, Group, OpenDatabase, Store
from schema.reads.declare import RootRead
from schema.reads.described import answered_row, object_type
from schema.reads.missing import NullInNonNull, ReadTooLate
from schema.reads.plan import Request
from schema.reads.references import Finished, Reference

Answer = Callable[[], Any]
Info: TypeAlias = GraphQLResolveInfo[Any]


class ReadingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes what `declare` and `reference` answer by plans; everything pending at once is read in one snapshot."""

    store: Store = OpenDatabase()
    batch: Batch | None = None
    #: One of many that an operation reads: its time is its own.
    is_of_event: bool = False

    def __init__(self, *args: Any, store: Store | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if store is not None:
            self.store = store

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: Info,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        kind = type(result)
        if kind is RootRead:
            return self.awaited(self.root_answer(result, field_details_list, info), return_type, info, path)
        if kind is Reference:
            return self.awaited(self.row_answer(result, field_details_list), return_type, info, path)
        if kind is Finished:
            return result.value
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        executor = cast("ReadingExecutor", super().build_per_event_executor(payload))
        executor.batch = None
        executor.is_of_event = True
        return executor

    def pending(self) -> Batch:
        """The batch that can still be joined."""
        if self.batch is None:
            self.batch = Batch()
        return self.batch

    def awaited(self, answer: Answer, return_type: GraphQLOutputType, info: Info, path: Path) -> Awaitable[Any]:
        """The answer, after the batch that it joined was read."""
        batch = self.pending()
        batch.waiting += 1
        return self.complete_read(batch, answer, return_type, info, path)

    async def complete_read(
        self, batch: Batch, answer: Answer, return_type: GraphQLOutputType, info: Info, path: Path
    ) -> Any:
        if self.batch is batch:
            self.batch = None  # who comes from now on joins the next one
        try:
            async with asyncio.timeout(self.context_value.limits.deadline if self.is_of_event else None):
                await batch.settled(self.store, self.request, self.context_value.lane_if_dear)
        except TimeoutError:
            raise ReadTooLate(info.field_name) from None
        try:
            value = answer()
        except NullInNonNull as error:
            where = [*path.as_list(), *(error.keys if is_object_type(get_nullable_type(return_type)) else ())]
            raise GraphQLError(str(error), info.field_nodes, path=where, original_error=error) from error
        if value is None and is_non_null_type(return_type):
            raise TypeError(f"Cannot return null for non-nullable field {info.parent_type}.{info.field_name}.")
        return value

    def request(self) -> Request:
        """The operation as plans see it."""
        asking = self.context_value.asking
        return Request(self.schema, self.operation, self.fragments, self.variable_values, asking, self.store.dialect)

    def root_answer(self, read: RootRead, details: FieldDetailsList, info: Info) -> Answer:
        """Joins the batch with a declared field that hangs on no row."""
        source = read.field.source
        node = details[0].node
        if isinstance(source, sources.ById):
            return self.by_id(self.argument(info, node, "id"), details, info)
        if isinstance(source, sources.ByIds):
            answers = [self.by_id(text, details, info) for text in self.argument(info, node, "ids")]
            return lambda: [answer() for answer in answers]
        group = self.pending().root(info.parent_type, details)
        if isinstance(source, sources.ToOne):
            return lambda: first(group, None)
        nothing: list[Any] | None = [] if isinstance(source, sources.ToMany) else None
        return lambda: nothing if (built := group.answer(None)) is None else built

    def argument(self, info: Info, node: FieldNode, name: str) -> Any:
        definition = info.parent_type.fields[node.name.value]
        return get_argument_values(definition, node, self.variable_values)[name]

    def by_id(self, text: str, details: FieldDetailsList, info: Info) -> Answer:
        """Joins the batch with a row by its global id; null where the id is none of ours."""
        found = decode_id(text)
        field = info.parent_type.fields[info.field_name]
        type_ = answered_row(self.schema, field, found.type_name) if found else None
        if found is None or type_ is None:
            return lambda: None
        group = self.pending().lookup(type_, details, None, found.number)
        return lambda: first(group, found.number)

    def row_answer(self, row: Reference, details: FieldDetailsList) -> Answer:
        """Joins the batch with a row by its key."""
        name: str = row.type.__strawberry_definition__.name  # type: ignore[attr-defined]
        group = self.pending().lookup(object_type(self.schema, name), details, row.viewer, row.number)
        return lambda: first(group, row.number)


def first(group: Group, key: int | None) -> Any:
    rows = group.answer(key)
    return rows[0] if rows else None

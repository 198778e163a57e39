"""The truth that compiled reads are tested against: the same declarations, one row and one field at a time, on graphql-core.

Slow and obvious: every value is a statement of its own, every visibility rule is asked row by row, pages are cut in Python.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from typing import Any

import strawberry
from graphql import (
    ExecutionResult,
    GraphQLEnumType,
    GraphQLResolveInfo,
    execute,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_list_type,
    parse,
)
from graphql.execution import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.ids import decode_id, encode_id
from schema.reads import sources
from schema.reads.batch import OpenDatabase, Store
from schema.reads.described import declared_field, field_by_python_name
from schema.reads.whole import whole
from storage.instants import from_micros
from tests.schema.reads.interpreted_list import page, rows_of
from tests.schema.reads.interpreted_row import (
    Field,
    directions,
    exists,
    fetched,
    is_visible,
    row_named,
    row_object,
    value_of,
)

OPEN = OpenDatabase()


async def interpret(schema: strawberry.Schema, query: str, context: Any) -> ExecutionResult:
    """What the declarations mean for a query."""
    return await executed(schema, query, context, StrawberryGraphQLCoreExecutionContext, [resolve])


async def executed(
    schema: strawberry.Schema, query: str, context: Any, executor: type[Executor[Any]], middleware: list[Any]
) -> ExecutionResult:
    """A query run by an executor, past all limits of size."""
    running: Any = execute(
        schema._schema, parse(query), context_value=context, middleware=middleware, executor_class=executor
    )
    result: ExecutionResult = running if isinstance(running, ExecutionResult) else await running
    return result


async def answered_whole(schema: strawberry.Schema, query: str, context: Any, store: Store = OPEN) -> dict[str, Any]:
    """The data of a query that is answered without an executor. Raises NotWhole where it cannot be."""
    return await whole(schema._schema, parse(query), None, {}, store.dialect).answer(context.asking, store)


def resolve(ordinary: Any, source: Any, info: GraphQLResolveInfo[Any], **raw: Any) -> Any:
    """The middleware: declared fields are read, all others resolve as ever."""
    definition = info.parent_type.fields.get(info.field_name)  # None for __typename
    declared = declared_field(definition) if definition else None
    return Reading(Field(source, info, declared, raw)) if declared else ordinary(source, info, **raw)


class Reading:
    """A read that begins when it is awaited: graphql-core drops what an error beside it has made superfluous."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def __await__(self) -> Generator[Any, None, Any]:
        return read(self.field).__await__()


async def read(field: Field) -> Any:
    """The value of a field, as an ordinary resolver would answer it."""
    given: Any = field.given
    match field.declared.source:
        case sources.ToOne() as source:
            return await to_one(field, source)
        case sources.OneOf() as source:
            return await one_of(field, source)
        case sources.ToMany() as source:
            rows = await rows_of(field, source, source.order)
            return [row_object(field.schema, named(field), row[-1]) for row in rows]
        case sources.Paged() as source:
            return await page(field, source)
        case sources.ById():
            return await by_id(field, given["id"])
        case sources.ByIds():
            return [await by_id(field, text) for text in given["ids"]]
    return await read_value(field)


async def read_value(field: Field) -> Any:
    """The value of a field that leads to no other row."""
    match field.declared.source:
        case sources.Identity():
            assert field.key is not None
            return encode_id(field.type.name, field.key)
        case sources.Column(name, as_):
            return await scalar(field, f"me.{own_column(field, name)}", as_)
        case sources.Expression(template, as_):
            return await scalar(field, f"({field.sql(template)})", as_)
        case sources.Computed() as source:
            return await computed(field, source)
    raise AssertionError(field.declared.source)


def own_column(field: Field, name: str | None) -> str:
    assert field.row
    return f'"{field.row.column(name or field.declared.python_name)}"'


def named(field: Field) -> str:
    name: str = get_named_type(field.definition.type).name
    return name


async def scalar(field: Field, expression: str, as_: Any) -> Any:
    value = await value_of(f"SELECT {expression} FROM {field.me}")
    if as_ is not None:
        return None if value is None else as_(value)
    return leaf(field.definition.type, value)


def leaf(type_: Any, value: Any) -> Any:
    """What a resolver would return for a column: instants as datetimes, enums as members."""
    nullable = get_nullable_type(type_)
    if value is None or is_list_type(nullable):
        return value
    if isinstance(nullable, GraphQLEnumType):
        return nullable.wrapped_cls[value]  # type: ignore[attr-defined]
    convert: Any = {
        "DateTime": from_micros,
        "Date": date.fromisoformat,
        "Boolean": bool,
        "Float": float,
        "Int": int,
        "Points": int,
    }.get(nullable.name)
    return convert(value) if convert else value


async def computed(field: Field, source: sources.Computed) -> Any:
    needs = {name: await needed(field, what) for name, what in source.needs.items()}
    extra = {"asking": field.asking} if source.wants_asking else {}
    return source.by(**needs, **field.given, **extra)


async def needed(field: Field, what: str) -> Any:
    if "{" in what:
        return await value_of(f"SELECT ({field.sql(what)}) FROM {field.me}")
    head, _, rest = what.partition(".")
    if not rest:
        return await value_of(f"SELECT me.{own_column(field, head)} FROM {field.me}")
    there = await step(field, head)
    return None if there is None else await needed(there, rest)


async def step(field: Field, head: str) -> Field | None:
    """From a row to the one that a to_one leads to."""
    definition = field_by_python_name(field.type, head)
    declared = declared_field(definition)
    assert declared
    assert isinstance(declared.source, sources.ToOne)
    onward = object.__new__(Field)
    onward.__dict__ |= field.__dict__ | {"definition": definition, "declared": declared, "given": {}}
    found = await to_one(onward, declared.source)
    if found is None:
        return None
    there = object.__new__(Field)
    type_: Any = get_named_type(definition.type)
    there.__dict__ |= onward.__dict__ | {"type": type_, "key": found.row_key}
    return there


async def to_one(field: Field, source: sources.ToOne) -> Any:
    type_name = named(field)
    row = row_named(field.schema, type_name)
    if source.on is None:
        column = own_column(field, source.by or f"{field.declared.python_name}_id")
        key = await value_of(f"SELECT me.{column} FROM {field.me}")
        keys = [key] if key is not None and await exists(row, key) else []
    else:
        order = ", ".join([*directions(row, "other", source.order), f'other."{row.key}"'])
        on = field.sql(source.on, other="other")
        found = await fetched(
            f'SELECT other."{row.key}" FROM "{row.table}" other, {field.me} WHERE {on} ORDER BY {order}'
        )
        keys = [item[0] for item in found]
    if source.checked or field.row is None:
        keys = [key for key in keys if await is_visible(field, row, key)]
    return row_object(field.schema, type_name, keys[0]) if keys else None


async def one_of(field: Field, source: sources.OneOf) -> Any:
    kind = await value_of(f"SELECT me.{own_column(field, source.kind)} FROM {field.me}")
    key = await value_of(f"SELECT me.{own_column(field, source.by)} FROM {field.me}")
    if kind not in source.types or key is None:
        return None
    type_name = source.types[kind]
    return row_object(field.schema, type_name, key) if await exists(row_named(field.schema, type_name), key) else None


async def by_id(field: Field, text: str) -> Any:
    found = decode_id(text)
    answered: Any = get_named_type(field.definition.type)
    possible = field.schema.get_possible_types(answered) if is_abstract_type(answered) else [answered]
    if found is None or found.type_name not in {type_.name for type_ in possible}:
        return None
    row = row_named(field.schema, found.type_name)
    if not await exists(row, found.number) or not await is_visible(field, row, found.number):
        return None
    return row_object(field.schema, found.type_name, found.number)

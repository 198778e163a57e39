"""Rows and fields of the interpreter: SQL with everything written out, one value at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from weakref import WeakKeyDictionary

import strawberry
from graphql import (
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
)
from strawberry.types.arguments import convert_arguments

import storage
from schema.ids import decode_id
from schema.reads.arguments import Argument
from schema.reads.asking import Asking
from schema.reads.declare import ReadField, RowType
from schema.reads.described import DEFINITION, declared_row
from storage.instants import to_micros

TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Field:
    """One field of one row."""

    def __init__(self, source: Any, info: GraphQLResolveInfo[Any], declared: ReadField, raw: Mapping[str, Any]) -> None:
        self.schema: GraphQLSchema = info.schema
        self.type: GraphQLObjectType = info.parent_type
        self.name = info.field_name
        self.definition = info.parent_type.fields[info.field_name]
        self.declared = declared
        self.asking: Asking = info.context.asking
        self.key: int | None = getattr(source, "row_key", None)
        strawberry_schema: Any = info.schema._strawberry_schema  # type: ignore[attr-defined]
        registry = strawberry_schema.schema_converter.scalar_registry
        given = convert_arguments(dict(raw), declared.arguments, registry, strawberry_schema.config)
        self.given = {name: given.get(name) for name in declared.declared}

    @property
    def row(self) -> RowType | None:
        return declared_row(self.type)

    @property
    def me(self) -> str:
        """This row as a table of one row; of the root, a table of one row without columns."""
        if self.row is None:
            return "(SELECT 1 AS one) me"
        return f'(SELECT * FROM "{self.row.table}" WHERE "{self.row.key}" = {self.key}) me'

    def sql(self, template: str, extra: Mapping[str, Any] | None = None, **aliases: str) -> str:
        values = {"viewer": self.asking.viewer, "now": to_micros(self.asking.now), **self.arguments(), **(extra or {})}
        return written(template, {"t": "me", **aliases}, values)

    def arguments(self) -> dict[str, Any]:
        return {name: plain(self.given[name], argument) for name, argument in self.declared.declared.items()}


def written(template: str, aliases: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """A declaration's SQL with everything written out; longer names first, so that none is cut."""
    for name, alias in aliases.items():
        template = template.replace(f"{{{name}}}", alias)
    for name in sorted(values, key=len, reverse=True):
        template = template.replace(f":{name}", literal(values[name]))
    return template


def plain(value: Any, argument: Argument) -> Any:
    if argument.id_of is None:
        return value
    found = decode_id(value) if isinstance(value, str) else None
    return found.number if found and found.type_name == argument.id_of else None


def literal(value: Any) -> str:
    if value is None or value is strawberry.UNSET:
        return "NULL"
    if isinstance(value, list):
        return f"({', '.join(literal(item) for item in value) or 'NULL'})"
    if isinstance(value, Enum):
        return literal(value.name)
    if isinstance(value, datetime):
        return str(to_micros(value))
    if isinstance(value, date):
        return literal(value.isoformat())
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"({int(value) if isinstance(value, bool) else value})"


async def fetched(sql: str) -> Sequence[Sequence[Any]]:
    """Rows. A few statements at a time: a query of the interpreter has hundreds, and a database ten connections."""
    turns = TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(6))
    async with turns:
        return await storage.fetch(sql)


async def value_of(sql: str) -> Any:
    rows = await fetched(sql)
    return rows[0][0] if rows else None


def directions(row: RowType, alias: str, order: Sequence[str]) -> list[str]:
    return [
        term.replace("{link}", "link").replace("{other}", alias)
        if "{" in term
        else f'{alias}."{row.column(term.removeprefix("-"))}"' + (" DESC" if term.startswith("-") else "")
        for term in order
    ]


def row_named(schema: GraphQLSchema, name: str) -> RowType:
    row = declared_row(schema.type_map[name])
    assert row
    return row


async def exists(row: RowType, key: int) -> bool:
    return bool(await fetched(f'SELECT 1 FROM "{row.table}" WHERE "{row.key}" = {key}'))


async def is_visible(field: Field, row: RowType, key: int) -> bool:
    if row.visible is None:
        return True
    visible = written(row.visible, {"t": "me"}, {"viewer": field.asking.viewer, "now": to_micros(field.asking.now)})
    return bool(await fetched(f'SELECT 1 FROM "{row.table}" me WHERE me."{row.key}" = {key} AND ({visible})'))


def row_object(schema: GraphQLSchema, type_name: str, key: int) -> Any:
    """A row as an instance of its class, so that Strawberry knows its type."""
    origin = schema.type_map[type_name].extensions[DEFINITION].origin
    instance = object.__new__(origin)
    instance.row_key = key
    return instance

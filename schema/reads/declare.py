"""Declaring row-backed types: each field says where its value comes from, and compile.py turns selections into SQL.

The annotation of a field is its GraphQL type, the first argument its description. docs/reads.md is the guide.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry
from strawberry.types.field import StrawberryField

from schema.reads import sources
from schema.reads.arguments import Argument, argument
from schema.reads.sources import Link, Model, OrderOf, Source, Where, as_tuple

T = TypeVar("T")

MAX_PAGE = 100
MAX_IDS = 100
PAGE_ARGUMENTS: dict[str, Argument] = {
    "first": argument(
        int | None, f"How many from the start, 1 to {MAX_PAGE}. Exactly one of first and last is required."
    ),
    "after": argument(str | None, "Only what follows this cursor."),
    "last": argument(int | None, f"How many from the end, 1 to {MAX_PAGE}."),
    "before": argument(str | None, "Only what precedes this cursor."),
}


@dataclass(frozen=True)
class RowType:
    """What `row_type` noted on a class. `visible` is an SQL condition on the row `{t}`; None is visible to everyone."""

    model: Model
    visible: str | None
    key: str

    @property
    def table(self) -> str:
        table: str = self.model._meta.db_table
        return table

    def column(self, field: str) -> str:
        """The column of a model's field. What is no field is taken to be the column's own name (`host_id`)."""
        column: str = self.model._meta.fields_db_projection.get(field, field)
        return column


class ReadField(StrawberryField):
    """A field with a source. On a row type it is compiled; on any other type it is a resolver that starts a read."""

    source: Source
    declared: dict[str, Argument]

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        if isinstance(self.source, sources.Identity) or row_type_of(type(source)):
            raise TypeError(f"{self.python_name} is read by a plan: return reference(Type, id) and not an instance")
        return RootRead(self)

    def __copy__(self) -> ReadField:
        return copy_source(self, super().__copy__())


def copy_source(field: ReadField, copied: ReadField) -> ReadField:
    copied.source, copied.declared = field.source, field.declared
    return copied


@dataclass(frozen=True, slots=True)
class RootRead:
    """What the resolver of a declared field outside row types answers; execution.py completes it."""

    field: ReadField


def read_field(source: Source, description: str, declared: Mapping[str, Argument] | None = None) -> Any:
    field = ReadField(description=description)
    field.source = source
    field.declared = dict(declared or {})
    field.arguments = [value.for_strawberry(name) for name, value in field.declared.items()]
    return field


def row_type(model: Model, *, visible: str | None = None, key: str = "id") -> Callable[[type[T]], type[T]]:
    """Make a class a GraphQL type whose objects are rows of a model; its docstring is the description.

    `visible` is an SQL condition on the row `{t}`, with `:viewer` and `:now`. It holds wherever a row is reached by id, in a
    list, in a connection, or by a `checked` to_one; a to_one from a visible row is otherwise not checked again.
    """

    def declare(cls: type[T]) -> type[T]:
        cls.__row_type__ = RowType(model, visible, key)  # type: ignore[attr-defined]
        return strawberry.type(cls, description=inspect.getdoc(cls))

    return declare


def row_type_of(cls: type) -> RowType | None:
    """What row_type noted on this very class."""
    noted: RowType | None = cls.__dict__.get("__row_type__")
    return noted


def column(description: str, name: str | None = None, *, as_: Callable[[Any], Any] | None = None) -> Any:
    """A column of the row, by default the one of the field's name. `as_` turns a value that is not NULL into the answer."""
    return read_field(sources.Column(name, as_), description)


def sql(
    description: str,
    expression: str,
    *,
    as_: Callable[[Any], Any] | None = None,
    args: Mapping[str, Argument] | None = None,
) -> Any:
    """A scalar expression over the row `{t}`, with `:viewer`, `:now` and the field's own arguments as `:name`."""
    return read_field(sources.Expression(expression, as_), description, args)


def to_one(
    description: str,
    by: str | None = None,
    *,
    on: str | None = None,
    order: OrderOf = (),
    checked: bool = False,
    args: Mapping[str, Argument] | None = None,
) -> Any:
    """Another row, by this row's column `by` (the field's name + `_id` when neither `by` nor `on` is given), or by the SQL
    condition `on` between `{t}` and `{other}`.

    `on` promises at most one row, unless `order` (as in to_many) says which comes first.
    `checked` makes a row that the viewer may not see null.
    """
    return read_field(sources.ToOne(by, on, as_tuple(order), checked), description, args)


def to_one_of(description: str, *, kind: str, by: str, types: Mapping[str, str]) -> Any:
    """A row of a union or interface: column `kind` holds a key of `types`, whose value is a GraphQL type; `by` holds the key."""
    return read_field(sources.OneOf(kind, by, types), description)


def to_many(
    description: str,
    by: str | None = None,
    *,
    via: Link | None = None,
    where: Where = None,
    order: OrderOf = (),
    args: Mapping[str, Argument] | None = None,
) -> Any:
    """All visible rows whose column `by` holds this row's key, or that a link table names. For lists that are short by nature.

    `order`: columns of the other row, "-" descending; an item with a brace is SQL ("{link}.distance DESC"). The key comes last.
    """
    return read_field(sources.ToMany(by, via, where, as_tuple(order)), description, args)


def connection(
    description: str,
    by: str | None = None,
    *,
    order: OrderOf | Mapping[Any, OrderOf],
    via: Link | None = None,
    where: Where = None,
    args: Mapping[str, Argument] | None = None,
) -> Any:
    """A page of visible rows. On a type without rows (Query) there is no `by`.

    `order`: columns without NULLs, all ascending or all descending ("-"); the key comes last. A mapping from the members of an
    enum goes with an argument `order_by`. `where` is SQL on `{other}` (and the parent row `{t}`), or a function of the
    arguments (and `asking`, if it has such a parameter) that yields `condition(...)`s.
    """
    orders: Any = {k: as_tuple(v) for k, v in order.items()} if isinstance(order, Mapping) else as_tuple(order)
    return read_field(sources.Paged(by, via, where, orders), description, {**(args or {}), **PAGE_ARGUMENTS})


def computed(
    description: str,
    *,
    needs: Mapping[str, str] | tuple[str, ...],
    by: Callable[..., Any],
    args: Mapping[str, Argument] | None = None,
) -> Any:
    """What the plain function `by` makes of values of the row. It does no I/O.

    `needs` maps parameter names to columns ("phone_sealed"), columns of a to_one ("shift.activity.capacity"), or SQL (whatever
    has a brace: "(SELECT ... {t}.id ...)"). `by` is called with keywords: the needs as the database holds them, the field's
    arguments as Python values, and `asking` if it has such a parameter. Scalars, and plain Strawberry objects, are answered.
    """
    named = needs if isinstance(needs, Mapping) else {name: name for name in needs}
    return read_field(sources.Computed(dict(named), by), description, args)


def heavily_computed(
    description: str,
    *,
    needs: Mapping[str, str] | tuple[str, ...],
    by: Callable[..., Any],
    args: Mapping[str, Argument] | None = None,
) -> Any:
    """The same for a function that takes milliseconds: whatever is selected with it is then built on a thread."""
    named = needs if isinstance(needs, Mapping) else {name: name for name in needs}
    return read_field(sources.Computed(dict(named), by, is_heavy=True), description, args)


def by_id(description: str) -> Any:
    """For Query: the row with the global id `id`; null where there is none, it is of another type, or may not be seen."""
    return read_field(sources.ById(), description, {"id": argument(strawberry.ID, "A global id.")})


def by_ids(description: str) -> Any:
    """For Query: rows by their global ids `ids`, in that order, null for each that is not there."""
    ids = argument(list[strawberry.ID], f"Global ids, {MAX_IDS} at most.")
    return read_field(sources.ByIds(), description, {"ids": ids})


@strawberry.interface(description="An object with a global id.")
class Node:
    """What `node` and `nodes` answer."""

    id: strawberry.ID = read_field(
        sources.Identity(),
        "Opaque and unique over all types; for `node`, for caches, and wherever an input wants an id.",
    )

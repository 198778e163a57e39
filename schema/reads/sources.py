"""Where a declared field's value comes from. Plain data: made by declare.py, read by compile.py and by the tests' interpreter."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any, TypeAlias

#: A model is asked only for its table and its columns, so any Tortoise model will do.
Model: TypeAlias = type[Any]
OrderOf: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that rows must meet, and the values of its `:names`. Make it with `condition()`."""

    sql: str
    values: Mapping[str, Any]


Where: TypeAlias = str | Callable[..., Iterable[Condition]] | None


@dataclass(frozen=True, slots=True)
class Link:
    """A table between: its column `here` names the parent row, its column `there` equals the other row's column `meets`."""

    model: Model
    here: str
    there: str
    meets: str | None = None


class Source:
    """Where a field's value comes from."""


@dataclass(frozen=True)
class Identity(Source):
    """The global id of the row."""


@dataclass(frozen=True)
class Column(Source):
    """A column of the row; the field's own name when None."""

    name: str | None
    as_: Callable[[Any], Any] | None


@dataclass(frozen=True)
class Expression(Source):
    """A scalar SQL expression."""

    sql: str
    as_: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class ToOne(Source):
    """Another row: named by the foreign key column `by`, or the first one (in `order`) that meets the SQL condition `on`."""

    by: str | None
    on: str | None
    order: tuple[str, ...]
    checked: bool


@dataclass(frozen=True)
class OneOf(Source):
    """A row of one of several types: `kind` is the column that tells which, `by` the column with its key."""

    kind: str
    by: str
    types: Mapping[str, str]


@dataclass(frozen=True)
class ToMany(Source):
    """All other rows whose column `by` (or whose link) names this row."""

    by: str | None
    via: Link | None
    where: Where
    order: tuple[str, ...]


@dataclass(frozen=True)
class Paged(Source):
    """A page of other rows, as a connection. `order` may depend on the enum argument `order_by`."""

    by: str | None
    via: Link | None
    where: Where
    order: tuple[str, ...] | Mapping[Enum, tuple[str, ...]]


@dataclass(frozen=True)
class Computed(Source):
    """What a plain function makes of some columns and expressions."""

    needs: Mapping[str, str]
    by: Callable[..., Any]
    is_heavy: bool = False

    @cached_property
    def wants_asking(self) -> bool:
        return wants_asking(self.by)


@dataclass(frozen=True)
class ById(Source):
    """The row that the argument `id` names by its global id."""


@dataclass(frozen=True)
class ByIds(Source):
    """The rows that the argument `ids` names by their global ids, in that order, null for what is not there."""


@cache
def wants_asking(function: Callable[..., Any]) -> bool:
    """Whether a function has a parameter `asking`."""
    return "asking" in inspect.signature(function).parameters


def condition(sql: str, **values: Any) -> Condition:
    """A condition on `{other}` whose `:names` are bound to `values`. A list goes with `IN :name`; None is not allowed."""
    return Condition(sql, values)


def as_tuple(order: OrderOf) -> tuple[str, ...]:
    return (order,) if isinstance(order, str) else tuple(order)

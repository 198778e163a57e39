"""What a plan answers, column by column: made by compile.py, turned into Python source by build.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Conversion: TypeAlias = Literal["as it is", "instant", "boolean", "float", "integer"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A column, converted."""

    index: int
    conversion: Conversion | Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class OwnId:
    """The global id made of a key column."""

    index: int
    type_name: str


@dataclass(frozen=True, slots=True)
class TypeName:
    """What __typename answers."""

    name: str


@dataclass(frozen=True, slots=True)
class Object:
    """An object with its fields in query order."""

    entries: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A joined row. The column `present` is NULL where there is none: null, or an error where `required` names the field."""

    present: int
    object: Object
    required: str | None


@dataclass(frozen=True, slots=True)
class Either:
    """The first of several joined rows that is there."""

    options: tuple[Joined, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """What the plan's child level number `child` built for the key in a column: a list, or a page."""

    child: int
    key: int
    is_page: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What a function makes of some columns; `finish` completes it to the sub-selection."""

    by: Callable[..., Any]
    needs: Mapping[str, int]
    wants_asking: bool
    site: int | None
    finish: Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor of a row."""


Shape: TypeAlias = Scalar | OwnId | TypeName | Object | Joined | Either | Child | Made | Cursor


@dataclass(frozen=True, slots=True)
class PageShape:
    """A connection: its entries in query order. `items` are edges or nodes, `info` the fields of pageInfo."""

    entries: tuple[tuple[str, PagePart], ...]
    site: int
    key: int
    keyset: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """One object for each row of the page."""

    object: Object


@dataclass(frozen=True, slots=True)
class Info:
    """pageInfo: response keys and which of its fields each one is."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Total:
    """totalCount."""


PagePart: TypeAlias = Items | Info | Total | TypeName

"""One SQL statement of a plan, its builder, and the statements that hang on its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from schema.reads.asking import Asking
from schema.reads.binding import Bound
from schema.reads.missing import NullInNonNull
from storage import Reader

Rows: TypeAlias = Sequence[Sequence[Any]]
Parents: TypeAlias = Sequence[Any]
#: Everything a level answers, by the key of the parent row.
Built: TypeAlias = dict[Any, Any]
Parameters: TypeAlias = Callable[[Asking, Sequence[Bound], Parents], tuple[Any, ...]]
Builder: TypeAlias = Callable[[Rows, Parents, Asking, Sequence[Bound], Sequence[Built]], Built]

#: The parent of what hangs on no row: the root of a query.
NO_PARENT: Parents = (None,)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the function that makes its parameters."""

    sql: str
    parameters: Parameters


@dataclass(slots=True)
class Level:
    """A statement for many parents (and, for pages, a cheaper one for a single parent)."""

    many: Statement
    single: Statement
    build: Builder
    children: list[tuple[Level, int]] = field(default_factory=list)


@dataclass(slots=True)
class Fetched:
    """The rows of a level and of those below it."""

    level: Level
    parents: Parents
    rows: Rows
    children: list[Fetched | None]


async def fetch(level: Level, reader: Reader, ask: Asking, args: Sequence[Bound], parents: Parents) -> Fetched:
    """Read a level and all below it: one statement each, however many rows."""
    statement = level.single if len(parents) == 1 else level.many
    rows = await reader.fetch(statement.sql, *statement.parameters(ask, args, parents))
    fetched = Fetched(level, parents, rows, [])
    for child, key in level.children:
        keys = list(dict.fromkeys(row[key] for row in rows if row[key] is not None))
        fetched.children.append(await fetch(child, reader, ask, args, keys) if keys else None)
    return fetched


def build(fetched: Fetched, ask: Asking, args: Sequence[Bound]) -> Built:
    """Turn what was fetched into answers, from the leaves up."""
    children = [build_below(child, ask, args) if child else {} for child in fetched.children]
    return fetched.level.build(fetched.rows, fetched.parents, ask, args, children)


def build_below(fetched: Fetched, ask: Asking, args: Sequence[Bound]) -> Built:
    """The same for a list: nobody can say in which of its rows something is missing."""
    try:
        return build(fetched, ask, args)
    except NullInNonNull as error:
        error.keys = ()
        raise

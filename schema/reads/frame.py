"""One SQL statement in the making, and the rows within it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from graphql import GraphQLObjectType, GraphQLSchema

from schema.reads.binding import Bound, bind_of_argument
from schema.reads.declare import RowType
from schema.reads.level import Level
from schema.reads.selection import Selected, Site
from schema.reads.shapes import Child
from schema.reads.sqltext import Bind, Sql, fill, quoted
from storage.dialect import Dialect

ASKING = {"viewer": Bind("ask.viewer", "bigint"), "now": Bind("ask.now_micros", "bigint")}


@dataclass(eq=False)
class Compiler:
    """One plan in the making."""

    schema: GraphQLSchema
    dialect: Dialect
    args: Sequence[Bound]
    #: Compiles a list or connection of a row: a statement of its own (statements.py).
    list_below: Callable[[Place, Selected], Child]
    sources: list[str] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)
    #: Whether the answer takes so long to build that the event loop should not wait for it.
    is_heavy: bool = False

    def alias(self, kind: str) -> str:
        return f"_{kind}{next(self.numbers)}"

    def sql(self, template: str, aliases: Mapping[str, str], site: Site | None = None) -> Sql:
        """A declaration's SQL as part of a statement."""
        return fill(template, aliases, {**ASKING, **binds_of(site)}, self.dialect)

    def visible(self, row: RowType, alias: str) -> list[Sql]:
        """What makes a row one that the viewer may see."""
        return [self.sql(f"({row.visible})", {"t": alias})] if row.visible else []


def binds_of(site: Site | None) -> dict[str, Bind]:
    """The arguments of a field, for its SQL."""
    if site is None:
        return {}
    names = {a.python_name: name for name, a in zip(site.definition.args, site.declared.arguments, strict=True)}
    return {
        name: bind_of_argument(
            site.definition.args[names[name]].type, f"args[{site.index}].database[{name!r}]", is_id=bool(declared.id_of)
        )
        for name, declared in site.declared.declared.items()
    }


@dataclass(eq=False)
class Frame:
    """One statement in the making: what it selects and joins, and what hangs on it."""

    compiler: Compiler
    columns: list[Sql]
    joins: list[Sql] = field(default_factory=list)
    joined: dict[tuple[str, str], str] = field(default_factory=dict)
    children: list[tuple[Level, int]] = field(default_factory=list)

    def pick(self, column: Sql) -> int:
        """The index of a column, selected once."""
        if column not in self.columns[FIXED:]:
            self.columns.append(column)
        return self.columns.index(column, FIXED)

    def column(self, alias: str, name: str) -> int:
        return self.pick(Sql(quoted(alias, name)))


#: Every statement starts with the parent's key and the total count of a page.
FIXED = 2


@dataclass(frozen=True)
class Place:
    """A row within a statement."""

    frame: Frame
    alias: str
    row: RowType
    type: GraphQLObjectType

    @property
    def compiler(self) -> Compiler:
        return self.frame.compiler

    def own(self, column: str) -> str:
        """A column of this row, as SQL."""
        return quoted(self.alias, self.row.column(column))

    def sql(self, template: str, site: Site | None = None, **aliases: str) -> Sql:
        return self.compiler.sql(template, {"t": self.alias, **aliases}, site)


def order_terms(row: RowType, alias: str, order: Sequence[str], link: str = "") -> list[str]:
    """What to sort rows by: columns, "-" descending; whatever has a brace is SQL."""
    return [
        term.replace("{other}", alias).replace("{link}", link)
        if "{" in term
        else quoted(alias, row.column(term.removeprefix("-"))) + (" DESC" if term.startswith("-") else "")
        for term in order
    ]

"""Which rows a list or page is about: what they are selected from, how they name their parents, what they must meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.reads import sources
from schema.reads.binding import bind_of
from schema.reads.build import parameters_of
from schema.reads.declare import RowType
from schema.reads.frame import ASKING, Compiler, Frame, Place, binds_of
from schema.reads.level import Statement
from schema.reads.selection import Site
from schema.reads.sqltext import Bind, Sql, fill, glue, mentions, quoted
from storage.dialect import in_ids

PARENT, TOTAL = Sql("NULL"), Sql("0")


@dataclass(frozen=True)
class Among:
    """The rows that a list is about: what they are selected from, how they name their parents, what they must meet."""

    place: Place
    origin: Sql
    parent: str | None
    conditions: list[Sql]

    @property
    def key(self) -> str:
        return quoted(self.place.alias, self.place.row.key)

    def of_one(self) -> Sql:
        """The condition for the rows of a single parent."""
        ours = [Sql(f"{self.parent} = ?", ("parents[0]",))] if self.parent else []
        return glue(" AND ", ours + self.conditions) if ours or self.conditions else Sql("1 = 1")

    def of_many(self) -> Sql:
        """The condition for the rows of all parents."""
        if self.parent is None:
            return self.of_one()
        ours = Sql(f"{self.parent} {in_ids(self.place.compiler.dialect)}", ("parents",))
        return glue(" AND ", [ours, *self.conditions])


def statement(sql: Sql) -> Statement:
    return Statement(sql.text, parameters_of(sql.params))


def selecting(frame: Frame, first: str, second: str, origin: Sql, rest: Sequence[Sql | str]) -> Sql:
    """SELECT the frame's columns, after the parent's key and the total."""
    columns = glue(", ", [first, second, *frame.columns[2:]])
    return glue(" ", ["SELECT", columns, "FROM", origin, *frame.joins, *rest])


def among_rows(
    parent: Place | None, place: Place, source: sources.ToMany | sources.Paged, site: Site | None
) -> tuple[Among, str]:
    """What a list's rows are selected from, with the alias of the link table."""
    origin, named, link = table(place.row, place.alias), None, ""
    if source.via:
        link = place.compiler.alias("l")
        origin, named = linked(source.via, link, place)
    elif source.by:
        named = quoted(place.alias, place.row.column(source.by))
    aliases = {"other": place.alias}
    templates = templates_of(place.compiler, source, site)
    if parent and any(mentions(template, "t") for template, _ in templates):
        alias = aliases["t"] = place.compiler.alias("p")
        origin = Sql(f'{origin.text} JOIN "{parent.row.table}" {alias} ON {quoted(alias, parent.row.key)} = {named}')
    dialect = place.compiler.dialect
    conditions = [fill(f"({template})", aliases, binds, dialect) for template, binds in templates]
    return Among(place, origin, named, [*visible(place), *conditions]), link


def linked(via: sources.Link, link: str, place: Place) -> tuple[Sql, str]:
    """The other table joined through a link table, and the link's column that names the parent."""
    table_of_link = RowType(via.model, None, "id")
    meets = quoted(place.alias, place.row.column(via.meets or place.row.key))
    there = quoted(link, table_of_link.column(via.there))
    origin = f'"{table_of_link.table}" {link} JOIN "{place.row.table}" {place.alias} ON {meets} = {there}'
    return Sql(origin), quoted(link, table_of_link.column(via.here))


def templates_of(
    compiler: Compiler, source: sources.ToMany | sources.Paged, site: Site | None
) -> list[tuple[str, Mapping[str, Bind]]]:
    """The SQL of a declaration's `where`, with what its names stand for."""
    if isinstance(source.where, str):
        return [(source.where, {**ASKING, **binds_of(site)})]
    if site is None:
        return []
    bound = compiler.args[site.index]
    return [
        (template.sql, {**ASKING, **binds_of_values(values, f"args[{site.index}].conditions[{number}]")})
        for number, (template, values) in enumerate(zip(bound.templates, bound.conditions, strict=True))
    ]


def binds_of_values(values: Mapping[str, Any], where: str) -> dict[str, Bind]:
    return {name: bind_of(value, f"{where}[{name!r}]") for name, value in values.items()}


def table(row: RowType, alias: str) -> Sql:
    return Sql(f'"{row.table}" {alias}')


def visible(place: Place) -> list[Sql]:
    return place.compiler.visible(place.row, place.alias)

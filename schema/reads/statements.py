"""The statements of a plan: rows by key, lists, and pages, each for one parent or for many at once."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import GraphQLField, GraphQLObjectType

from schema.reads import shapes, sources
from schema.reads.among import PARENT, TOTAL, Among, among_rows, selecting, statement, table, visible
from schema.reads.build import list_builder
from schema.reads.declare import ReadField
from schema.reads.described import declared_field, node_type, row_behind, target_type
from schema.reads.frame import Compiler, Frame, Place, order_terms
from schema.reads.level import Level
from schema.reads.pages import page_level
from schema.reads.rows import object_shape
from schema.reads.selection import Selected
from schema.reads.sqltext import Sql, quoted


def fresh_place(compiler: Compiler, type_: GraphQLObjectType) -> Place:
    """A row that a new statement starts from."""
    return Place(Frame(compiler, [PARENT, TOTAL]), compiler.alias("r"), row_behind(type_), type_)


def lookup_level(compiler: Compiler, type_: GraphQLObjectType, fields: Sequence[Selected]) -> Level:
    """Visible rows by their keys, each under its key."""
    place = fresh_place(compiler, type_)
    among = Among(place, table(place.row, place.alias), quoted(place.alias, place.row.key), visible(place))
    return list_level(compiler, among, fields, ())


def declaration(selected: Selected) -> tuple[GraphQLField, ReadField]:
    assert selected.definition
    declared = declared_field(selected.definition)
    assert declared
    return selected.definition, declared


def root_level(compiler: Compiler, selected: Selected) -> Level:
    """The rows of a declared field that hangs on no row."""
    field, declared = declaration(selected)
    source = declared.source
    if not isinstance(source, sources.ToOne):
        return level_below(compiler, None, selected)
    assert source.on, f"{selected.name} hangs on no row: it needs `on`"
    place = fresh_place(compiler, target_type(field))
    on = compiler.sql(f"({source.on})", {"other": place.alias}, selected.site)
    among = Among(place, table(place.row, place.alias), None, [on, *visible(place)])
    return list_level(compiler, among, selected.inside[place.type.name], source.order, limit=" LIMIT 1")


def list_below(place: Place, selected: Selected) -> shapes.Child:
    """A list or connection of a row, hung on the statement that the row is in."""
    _, declared = declaration(selected)
    level = level_below(place.compiler, place, selected)
    key = place.frame.column(place.alias, place.row.key)
    place.frame.children.append((level, key))
    return shapes.Child(len(place.frame.children) - 1, key, isinstance(declared.source, sources.Paged))


def level_below(compiler: Compiler, parent: Place | None, selected: Selected) -> Level:
    """The level of a list or connection, below a row or at the root."""
    field, declared = declaration(selected)
    source = declared.source
    if isinstance(source, sources.Paged):
        place = fresh_place(compiler, node_type(field))
        among, _ = among_rows(parent, place, source, selected.site)
        return page_level(compiler, among, selected)
    assert isinstance(source, sources.ToMany), f"{selected.name} cannot start a read"
    place = fresh_place(compiler, target_type(field))
    among, link = among_rows(parent, place, source, selected.site)
    return list_level(compiler, among, selected.inside[place.type.name], source.order, link=link)


def list_level(
    compiler: Compiler,
    among: Among,
    fields: Sequence[Selected],
    order: Sequence[str],
    *,
    link: str = "",
    limit: str = "",
) -> Level:
    """All rows of each parent."""
    place = among.place
    item = object_shape(place, fields)
    columns = order_terms(place.row, place.alias, order, link)
    rest: list[Sql | str] = [f"ORDER BY {', '.join([*columns, among.key])}{limit}"]
    level_sql = selecting(place.frame, among.parent or "NULL", "0", among.origin, ["WHERE", among.of_many(), *rest])
    source, build = list_builder(item)
    compiler.sources += [level_sql.text, source]
    only = statement(level_sql)
    return Level(only, only, build, place.frame.children)

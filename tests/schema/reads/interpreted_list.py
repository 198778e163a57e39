"""Lists and pages of the interpreter: whole lists are read and cut in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    get_named_type,
)

from schema.reads import sources
from schema.reads.declare import PAGE_ARGUMENTS, RowType
from schema.reads.described import node_type
from schema.reads.paging import Connection, Edge, PageInfo, decode_cursor, encode_cursor
from tests.schema.reads.interpreted_row import (
    Field,
    directions,
    fetched,
    is_visible,
    row_named,
    row_object,
)


async def rows_of(field: Field, source: sources.ToMany | sources.Paged, order: Sequence[str]) -> list[tuple[Any, ...]]:
    """The sort values and keys of a list's visible rows, in order."""
    type_ = node_type(field.definition) if isinstance(source, sources.Paged) else get_named_type(field.definition.type)
    row = row_named(field.schema, type_.name)
    origin, conditions = f'"{row.table}" other, {field.me}', [f"({where})" for where in wheres(field, source)]
    if source.via:
        link = RowType(source.via.model, None, "id")
        origin += f', "{link.table}" link'
        meets = f'other."{row.column(source.via.meets or row.key)}" = link."{link.column(source.via.there)}"'
        conditions += [meets, f'link."{link.column(source.via.here)}" = {field.key}']
    elif source.by:
        conditions.append(f'other."{row.column(source.by)}" = {field.key}')
    terms = directions(row, "other", order)
    last = " DESC" if any(term.startswith("-") for term in order) and isinstance(source, sources.Paged) else ""
    values = ", ".join([*(term.removesuffix(" DESC") for term in terms), f'other."{row.key}"'])
    sql = f"SELECT {values} FROM {origin} WHERE {' AND '.join(conditions or ['1 = 1'])} "
    rows = await fetched(sql + f'ORDER BY {", ".join([*terms, f"""other."{row.key}"{last}"""])}')
    return [tuple(found) for found in rows if await is_visible(field, row, found[-1])]


def wheres(field: Field, source: sources.ToMany | sources.Paged) -> list[str]:
    if source.where is None:
        return []
    if isinstance(source.where, str):
        return [field.sql(source.where, other="other")]
    own = {name: value for name, value in field.given.items() if name not in PAGE_ARGUMENTS and name != "order_by"}
    extra = {"asking": field.asking} if sources.wants_asking(source.where) else {}
    return [field.sql(c.sql, c.values, other="other") for c in source.where(**own, **extra)]


async def page(field: Field, source: sources.Paged) -> Any:
    given: dict[str, Any] = field.given
    order = source.order[given["order_by"]] if isinstance(source.order, Mapping) else source.order
    type_name = node_type(field.definition).name
    tag = f"{type_name}.{field.declared.python_name}:{','.join(order)}"
    everything = await rows_of(field, source, order)
    shown, has_previous, has_next = cut(
        field.given, tag, everything, descends=any(name.startswith("-") for name in order)
    )
    nodes = [row_object(field.schema, type_name, row[-1]) for row in shown]
    cursors = [encode_cursor(tag, row) for row in shown]
    info = PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    edges = [Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
    return Connection(edges=edges, nodes=nodes, page_info=info, total_count=len(everything))


def cut(
    given: Mapping[str, Any], tag: str, rows: list[tuple[Any, ...]], *, descends: bool
) -> tuple[list[tuple[Any, ...]], bool, bool]:
    """Relay's algorithm on a whole list."""
    after, before = (given[name] and decode_cursor(tag, given[name]) for name in ("after", "before"))
    if after:
        rows = [row for row in rows if (row < after if descends else row > after)]
    if before:
        rows = [row for row in rows if (row > before if descends else row < before)]
    first, last = given["first"], given["last"]
    if first is not None:
        return rows[:first], bool(after), len(rows) > first or bool(before)
    return rows[-last:], len(rows) > last or bool(after), bool(before)

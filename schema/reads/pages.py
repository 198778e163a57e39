"""The statements of a connection: a LIMIT for one parent, ROW_NUMBER() for many, with or without the total count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.reads import shapes
from schema.reads.among import Among, selecting, statement, table
from schema.reads.binding import Bound
from schema.reads.build import page_builder
from schema.reads.frame import Compiler
from schema.reads.level import Level
from schema.reads.rows import object_shape
from schema.reads.selection import Selected
from schema.reads.sqltext import Sql, glue, quoted

ROWS = {"edges", "nodes", "pageInfo"}


@dataclass(frozen=True)
class Paging:
    """How a page is cut out of its rows."""

    among: Among
    site: int
    bound: Bound
    columns: tuple[str, ...]
    descends: bool

    @property
    def key(self) -> str:
        return self.among.key

    def order(self) -> str:
        """ORDER BY, turned round where the page is counted from the end."""
        direction = " DESC" if self.descends != self.bound.backward else ""
        return ", ".join(column + direction for column in (*self.columns, self.key))

    def limit(self) -> Sql:
        return Sql("?", (f"args[{self.site}].limit + 1",))

    def within_cursors(self) -> Iterator[Sql]:
        """What lies after `after` and before `before`."""
        if self.bound.after is not None:
            yield self.beyond("after", "<" if self.descends else ">")
        if self.bound.before is not None:
            yield self.beyond("before", ">" if self.descends else "<")

    def beyond(self, name: str, sign: str) -> Sql:
        count = len(self.columns) + 1
        params = tuple(f"args[{self.site}].{name}[{index}]" for index in range(count))
        marks = ", ".join("?" * count)
        return Sql(f"({', '.join((*self.columns, self.key))}) {sign} ({marks})", params)


def page_level(compiler: Compiler, among: Among, selected: Selected) -> Level:
    """One page for each parent."""
    assert selected.site
    place, frame = among.place, among.place.frame
    bound = compiler.args[selected.site.index]
    columns = tuple(quoted(place.alias, place.row.column(name.removeprefix("-"))) for name in bound.order)
    paging = Paging(among, selected.site.index, bound, columns, any(name.startswith("-") for name in bound.order))
    key = frame.column(place.alias, place.row.key)
    keyset = (*(frame.pick(Sql(column)) for column in columns), key)
    (fields,) = selected.inside.values()
    entries = tuple((part.key, page_part(among, part)) for part in fields)
    source, build = page_builder(shapes.PageShape(entries, paging.site, key, keyset))
    single, many = statements(paging, {part.name for part in fields})
    compiler.sources += [single.text, many.text, source]
    return Level(statement(many), statement(single), build, frame.children)


def page_part(among: Among, part: Selected) -> shapes.PagePart:
    """One field of a connection."""
    match part.name:
        case "nodes":
            return shapes.Items(object_shape(among.place, part.inside[among.place.type.name]))
        case "edges":
            (fields,) = part.inside.items()
            return shapes.Items(shapes.Object(tuple((f.key, edge_part(among, fields[0], f)) for f in fields[1])))
        case "pageInfo":
            return shapes.Info(tuple((inner.key, inner.name) for inner in part.inside["PageInfo"]))
        case "totalCount":
            return shapes.Total()
    assert part.definition is None
    return shapes.TypeName(f"{among.place.type.name}Connection")


def edge_part(among: Among, edge_type: str, part: Selected) -> shapes.Shape:
    match part.name:
        case "node":
            return object_shape(among.place, part.inside[among.place.type.name])
        case "cursor":
            return shapes.Cursor()
    return shapes.TypeName(edge_type)


def statements(paging: Paging, names: set[str]) -> tuple[Sql, Sql]:
    """The SQL for one parent and for many."""
    if names & {"totalCount"} and not names & ROWS:
        return counts_only(paging)
    one, many = (one_page_counted, many_pages_counted) if "totalCount" in names else (one_page, many_pages)
    return one(paging), many(paging) if paging.among.parent else one(paging)


def where(paging: Paging, condition: Sql) -> Sql:
    return glue(" AND ", [condition, *paging.within_cursors()])


def one_page(paging: Paging) -> Sql:
    """SELECT ... ORDER BY ... LIMIT. Where a column is a subquery, it is evaluated for the page's rows only."""
    frame, order = paging.among.place.frame, paging.order()
    if any("(SELECT" in column.text for column in frame.columns):
        back = glue("", ("(", keys_of_one(paging), ") _page JOIN ", back_to_rows(paging)))
        return selecting(frame, "NULL", "0", back, [f"ORDER BY {order}"])
    rest: Sequence[Sql | str] = [
        "WHERE",
        where(paging, paging.among.of_one()),
        f"ORDER BY {order} LIMIT",
        paging.limit(),
    ]
    return selecting(frame, "NULL", "0", paging.among.origin, rest)


def one_page_counted(paging: Paging) -> Sql:
    """The count is a row of its own, so that it is there for an empty page too."""
    counted = glue(
        "", (counts(paging, "", paging.among.of_one()), " _total LEFT JOIN (", keys_of_one(paging), ") _page ON 1 = 1")
    )
    origin = glue(" LEFT JOIN ", (counted, back_to_rows(paging)))
    return selecting(paging.among.place.frame, "NULL", "_total.number", origin, [f"ORDER BY {paging.order()}"])


def many_pages(paging: Paging) -> Sql:
    back = glue("", ("(", keys_of_many(paging), ") _page JOIN ", back_to_rows(paging)))
    rest: Sequence[Sql | str] = ["WHERE _page.place <=", paging.limit(), "ORDER BY _page.place"]
    return selecting(paging.among.place.frame, "_page.parent", "0", back, rest)


def many_pages_counted(paging: Paging) -> Sql:
    counted = counts(paging, f"{paging.among.parent} AS parent, ", paging.among.of_many())
    pages = glue("", (counted, " _total LEFT JOIN (", keys_of_many(paging), ") _page ON _page.parent = _total.parent"))
    limited = glue(" AND _page.place <= ", (pages, paging.limit()))
    origin = glue(" LEFT JOIN ", (limited, back_to_rows(paging)))
    return selecting(paging.among.place.frame, "_total.parent", "_total.number", origin, ["ORDER BY _page.place"])


def counts_only(paging: Paging) -> tuple[Sql, Sql]:
    """Only the total is wanted: no rows are read."""
    frame = paging.among.place.frame
    nothing = glue(", ", ["NULL"] * max(len(frame.columns) - 2, 1))
    one = glue(
        " ", ("SELECT NULL, _total.number,", nothing, "FROM", counts(paging, "", paging.among.of_one()), "_total")
    )
    if paging.among.parent is None:
        return one, one
    counted = counts(paging, f"{paging.among.parent} AS parent, ", paging.among.of_many())
    return one, glue(" ", ("SELECT _total.parent, _total.number,", nothing, "FROM", counted, "_total"))


def counts(paging: Paging, parent: str, condition: Sql) -> Sql:
    among = paging.among
    grouped = f" GROUP BY {among.parent}" if parent else ""
    return glue("", (f"(SELECT {parent}COUNT(*) AS number FROM ", among.origin, " WHERE ", condition, f"{grouped})"))


def keys_of_one(paging: Paging) -> Sql:
    among = paging.among
    head = f"SELECT {paging.key} AS key FROM"
    rest = (f"ORDER BY {paging.order()} LIMIT", paging.limit())
    return glue(" ", (head, among.origin, "WHERE", where(paging, among.of_one()), *rest))


def keys_of_many(paging: Paging) -> Sql:
    among = paging.among
    number = f"ROW_NUMBER() OVER (PARTITION BY {among.parent} ORDER BY {paging.order()}) AS place"
    head = f"SELECT {paging.key} AS key, {among.parent} AS parent, {number} FROM"
    return glue(" ", (head, among.origin, "WHERE", where(paging, among.of_many())))


def back_to_rows(paging: Paging) -> Sql:
    place = paging.among.place
    return glue("", (table(place.row, place.alias), f" ON {paging.key} = _page.key"))

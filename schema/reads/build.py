"""Writing the Python source of builders: functions that turn rows into answers, with nothing left to decide for each row.

A builder of the home screen reads like this (and `plan.source` shows any other):

    def build(rows, parents, ask, args, children):
        built = {}
        for r in rows:
            item = {
                'id': ids_Activity(r[1]),
                'title': r[2],
                'host': {
                    'name': r[3],
                },
            }
            built.setdefault(r[0], []).append(item)
        return built
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import indent
from typing import Any

from schema.reads.level import Builder, Parameters
from schema.reads.missing import missing
from schema.reads.paging import encode_cursor
from schema.reads.shapes import (
    Child,
    Cursor,
    Either,
    Info,
    Items,
    Joined,
    Made,
    Object,
    OwnId,
    PageShape,
    Scalar,
    Shape,
    Total,
    TypeName,
)
from schema.reads.values import INSTANTS, ids_of

LIST = """\
def build(rows, parents, ask, args, children):
    built = {{}}
    for r in rows:
        item = {item}
        built.setdefault(r[0], []).append(item)
    return built
"""
PAGE = """\
def build(rows, parents, ask, args, children):
    bound = args[{site}]
    groups = {{parents[0]: rows}} if len(parents) == 1 else grouped(rows)
    return {{parent: page(groups.get(parent, ()), bound, ask, args, children) for parent in parents}}


def page(rows, bound, ask, args, children):
    total = rows[0][1] if rows else 0
    rows, has_previous, has_next = cut(rows, {key}, bound)
    return {page}
"""
CURSOR = "cursor(bound.tag, ({keyset},))"
INFO = {
    "hasNextPage": "has_next",
    "hasPreviousPage": "has_previous",
    "startCursor": "(lambda r: {cursor})(rows[0]) if rows else None",
    "endCursor": "(lambda r: {cursor})(rows[-1]) if rows else None",
    "__typename": "'PageInfo'",
}


class Writer:
    """Writes expressions, and keeps the objects that they mention by name."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {
            "instant": INSTANTS,
            "cursor": encode_cursor,
            "cut": cut,
            "grouped": grouped,
            "missing": missing,
        }
        self.keyset = ""
        self.keys: tuple[str, ...] = ()

    def named(self, prefix: str, value: Any) -> str:
        name = f"{prefix}_{len(self.names)}"
        self.names[name] = value
        return name

    def expression(self, shape: Shape) -> str:
        """Python source over the row `r`."""
        match shape:
            case Scalar():
                return self.scalar(shape)
            case OwnId():
                name = f"ids_{shape.type_name}"
                self.names[name] = ids_of(shape.type_name)
                return f"{name}(r[{shape.index}])"
            case TypeName():
                return repr(shape.name)
            case Object():
                return self.mapping([(key, self.entry(key, inner)) for key, inner in shape.entries])
            case Joined():
                return self.joined(shape, f"missing({shape.required!r}, {self.keys!r})" if shape.required else "None")
            case Either():
                return self.either(shape)
            case Child():
                nothing = f"children[{shape.child}].get(r[{shape.key}])"
                return f"children[{shape.child}][r[{shape.key}]]" if shape.is_page else f"({nothing} or [])"
            case Made():
                return self.made(shape)
            case Cursor():
                return self.cursor()

    def entry(self, key: str, shape: Shape) -> str:
        """The expression of what stands under a response key."""
        above, self.keys = self.keys, (*self.keys, key)
        source = self.expression(shape)
        self.keys = above
        return source

    def mapping(self, entries: Sequence[tuple[str, str]]) -> str:
        lines = "".join(f"{key!r}: {source},\n" for key, source in entries)
        return "{\n" + indent(lines, "    ") + "}"

    def scalar(self, shape: Scalar) -> str:
        value = f"r[{shape.index}]"
        match shape.conversion:
            case "as it is":
                return value
            case "instant":
                return f"instant[{value}]"
            case "boolean":
                return f"(None if {value} is None else {value} != 0)"
            case "float" | "integer" as kind:
                return f"(None if {value} is None else {'int' if kind == 'integer' else 'float'}({value}))"
        return f"(None if {value} is None else {self.named('as', shape.conversion)}({value}))"

    def joined(self, shape: Joined, otherwise: str) -> str:
        return f"({otherwise} if r[{shape.present}] is None else {self.expression(shape.object)})"

    def either(self, shape: Either) -> str:
        source = "None"
        for option in reversed(shape.options):
            source = self.joined(option, source)
        return source

    def made(self, shape: Made) -> str:
        arguments = [f"{name}=r[{index}]" for name, index in shape.needs.items()]
        if shape.wants_asking:
            arguments.append("asking=ask")
        if shape.site is not None:
            arguments.append(f"**args[{shape.site}].given")
        source = f"{self.named('by', shape.by)}({', '.join(arguments)})"
        return f"{self.named('finish', shape.finish)}({source})" if shape.finish else source

    def cursor(self) -> str:
        return CURSOR.format(keyset=self.keyset)

    def page(self, shape: PageShape) -> str:
        """The body of a page."""
        self.keyset = ", ".join(f"r[{index}]" for index in shape.keyset)
        entries: list[tuple[str, str]] = []
        for key, part in shape.entries:
            match part:
                case Items():
                    entries.append((key, f"[{self.expression(part.object)} for r in rows]"))
                case Info():
                    info = [(inner, INFO[name].format(cursor=self.cursor())) for inner, name in part.entries]
                    entries.append((key, self.mapping(info)))
                case Total():
                    entries.append((key, "total"))
                case TypeName():
                    entries.append((key, repr(part.name)))
        return self.mapping(entries)


def list_builder(item: Object) -> tuple[str, Builder]:
    """The source and the function that build the rows of every parent."""
    writer = Writer()
    source = LIST.format(item=indented(writer.expression(item), 2))
    return source, made_of(source, "build", writer.names)


def page_builder(shape: PageShape) -> tuple[str, Builder]:
    """The source and the function that build one page for every parent."""
    writer = Writer()
    source = PAGE.format(site=shape.site, key=shape.key, page=indented(writer.page(shape), 1))
    return source, made_of(source, "build", writer.names)


def parameters_of(params: Sequence[str]) -> Parameters:
    """The function that makes a statement's parameters."""
    source = f"def parameters(ask, args, parents):\n    return ({''.join(f'{param}, ' for param in params)})\n"
    made: Parameters = made_of(source, "parameters", {})
    return made


def made_of(source: str, name: str, names: dict[str, Any]) -> Callable[..., Any]:
    scope = dict(names)
    exec(compile(source, f"<{name} of a plan>", "exec"), scope)  # noqa: S102 - our own source, made of declarations and never of input
    made: Callable[..., Any] = scope[name]
    return made


def indented(source: str, depth: int) -> str:
    return indent(source, "    " * depth).lstrip()


def grouped(rows: Sequence[Sequence[Any]]) -> dict[Any, list[Sequence[Any]]]:
    """Rows by their first column."""
    groups: dict[Any, list[Sequence[Any]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return groups


def cut(rows: Sequence[Sequence[Any]], key: int, bound: Any) -> tuple[Sequence[Sequence[Any]], bool, bool]:
    """The rows of a page in its order, and whether there are rows before and after it. One row too many was read to know."""
    present = rows if rows and rows[0][key] is not None else ()
    more = len(present) > bound.limit
    shown = present[: bound.limit]
    if bound.backward:
        return shown[::-1], more or bound.after is not None, bound.before is not None
    return shown, bound.after is not None, more or bound.before is not None

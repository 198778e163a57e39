"""Generated queries that make sense: arguments are filled in that find something, and the text is twisted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import strawberry
from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    NameNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    visit,
)
from graphql.language import parse_value
from hypothesis import strategies as st
from hypothesis_graphql import queries

import storage
from schema.ids import encode_id
from schema.reads import sources
from schema.reads.described import declared_field, declared_row, node_type
from schema.reads.paging import encode_cursor
from tests.schema.reads.growth import Growth

PAGE = ("first", "last", "after", "before")


@dataclass
class Pools:
    """Values that find something: by the name of an argument (or input field), and cursors by type, field and order."""

    named: Mapping[str, list[Any]]
    scalars: Mapping[str, list[str]]
    cursors: dict[tuple[str, str, tuple[str, ...]], list[str]]


async def pools_of(
    schema: strawberry.Schema, named: Mapping[str, list[Any]], scalars: Mapping[str, list[str]]
) -> Pools:
    """Ids and cursors of what is in the database, beside the values given; `scalars` are literals of custom ones."""
    ids: list[str] = []
    cursors: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for type_ in object_types(schema._schema):
        row = declared_row(type_)
        if row and "id" in type_.fields:
            found = await storage.fetch(f'SELECT "{row.key}" FROM "{row.table}" ORDER BY "{row.key}" LIMIT 6')
            ids += [encode_id(type_.name, key) for (key,) in found]
        cursors |= {key: texts async for key, texts in cursors_of(type_)}
    return Pools({"id": ids, "ids": ids, **named}, scalars, cursors)


async def cursors_of(type_: GraphQLObjectType) -> Any:
    for name, definition in type_.fields.items():
        declared = declared_field(definition)
        if declared is None or not isinstance(declared.source, sources.Paged):
            continue
        target = node_type(definition)
        row = declared_row(target)
        assert row
        for order in orders_of(declared.source):
            columns = ", ".join(f'"{row.column(column.removeprefix("-"))}"' for column in (*order, row.key))
            found = await storage.fetch(f'SELECT {columns} FROM "{row.table}" ORDER BY "{row.key}" LIMIT 8')
            tag = f"{target.name}.{declared.python_name}:{','.join(order)}"
            yield (type_.name, name, order), [encode_cursor(tag, tuple(keyset)) for keyset in found]


def orders_of(source: sources.Paged) -> Iterator[tuple[str, ...]]:
    if isinstance(source.order, Mapping):
        yield from source.order.values()
    else:
        yield source.order


def object_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            yield type_


def sensible_queries(schema: strawberry.Schema, pools: Pools) -> st.SearchStrategy[str]:
    """Query texts that are valid and whose arguments are right."""
    scalars = {name: st.sampled_from(texts).map(parse_value) for name, texts in pools.scalars.items()}
    documents = queries(schema.as_str(), custom_scalars=scalars, allow_null=False, print_ast=print_ast)
    return st.builds(
        lambda text, seed: finished(schema._schema, str(text), Arguments, pools, Random(seed)),
        documents,
        st.integers(0, 2**32),
    )


def deep_query(schema: strawberry.Schema, pools: Pools, random: Random) -> str:
    """A query text that reaches pages inside pages."""
    grown = Growth(schema._schema, pools.named, pools.scalars, random).query()
    return finished(schema._schema, grown, Pages, pools, random)


def finished(schema: GraphQLSchema, text: str, filling: type[Pages], pools: Pools, random: Random) -> str:
    info = TypeInfo(schema)
    filled = visit(parse(text), TypeInfoVisitor(info, filling(info, pools, random)))
    info = TypeInfo(schema)
    twisted = visit(filled, TypeInfoVisitor(info, Twists(info, random)))
    return with_switches(print_ast(twisted))


def with_switches(text: str) -> str:
    """The operation with the variables that the twists use."""
    used = [f"${name}: Boolean! = {value}" for name, value in (("on", "true"), ("off", "false")) if f"${name}" in text]
    return f"query ({', '.join(used)}) {text.removeprefix('query').lstrip()}" if used else text


def argument_node(name: str, value: str) -> ArgumentNode:
    return ArgumentNode(name=NameNode(value=name), value=parse_value(value))


class Pages(Visitor):
    """Gives every connection a page size, and now and then cursors."""

    def __init__(self, info: TypeInfo, pools: Pools, random: Random) -> None:
        super().__init__()
        self.info, self.pools, self.random = info, pools, random

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        definition = self.info.get_field_def()
        declared = declared_field(definition) if definition else None
        if declared is None or not isinstance(declared.source, sources.Paged):
            return None
        kept = [argument for argument in node.arguments or () if argument.name.value not in PAGE]
        return changed(node, arguments=(*kept, *self.page(node, declared.source, kept)))

    def page(self, node: FieldNode, source: sources.Paged, kept: list[ArgumentNode]) -> Iterator[ArgumentNode]:
        yield argument_node(self.random.choice(["first", "last"]), str(self.random.randint(1, 3)))
        parent = self.info.get_parent_type()
        assert parent
        for name in ("after", "before"):
            cursors = self.pools.cursors.get((parent.name, node.name.value, self.order(source, kept)), [])
            if cursors and self.random.random() < 0.25:
                yield argument_node(name, f'"{self.random.choice(cursors)}"')

    def order(self, source: sources.Paged, kept: list[ArgumentNode]) -> tuple[str, ...]:
        if not isinstance(source.order, Mapping):
            return source.order
        chosen = next((print_ast(a.value) for a in kept if a.name.value == "orderBy"), None)
        return next(
            (columns for member, columns in source.order.items() if member.name == chosen),
            next(iter(source.order.values())),
        )


class Arguments(Pages):
    """Gives every argument a value that finds something, too."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return self.from_pool(node)

    def enter_object_field(self, node: Any, *_: Any) -> Any:
        return self.from_pool(node)

    def from_pool(self, node: Any) -> Any:
        pool = self.pools.named.get(node.name.value)
        if not pool:
            return None
        if isinstance(node.value, ListValueNode):
            chosen = [StringValueNode(value=self.random.choice(pool)) for _ in range(self.random.randint(0, 5))]
            return changed(node, value=ListValueNode(values=tuple(chosen)))
        value = self.random.choice(pool)
        return changed(node, value=parse_value(str(value)) if isinstance(value, int) else StringValueNode(value=value))


class Twists(Visitor):
    """Says the same in other ways: aliases, fields named twice, fragments, directives, __typename."""

    def __init__(self, info: TypeInfo, random: Random) -> None:
        super().__init__()
        self.info, self.random = info, random

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:
        type_ = self.info.get_parent_type()
        if type_ is None:
            return None
        selections: list[SelectionNode] = []
        for selection in node.selections:
            selections += self.twisted(selection, get_named_type(type_).name)
        if self.random.random() < 0.2:
            selections.insert(0, parsed_selection("__typename"))
        return changed(node, selections=tuple(selections))

    def twisted(self, node: SelectionNode, type_name: str) -> list[SelectionNode]:
        if not isinstance(node, FieldNode):
            return [node]
        twist = self.random.choice(["none"] * 6 + ["alias", "fragment", "twice", "skipped", "included"])
        if twist == "alias" and node.alias is None:
            return [changed(node, alias=NameNode(value=f"{node.name.value}_{self.random.randint(1, 3)}"))]
        if twist == "fragment":
            return [fragment(type_name, node)]
        if twist == "twice" and node.selection_set and len(node.selection_set.selections) > 1:
            inner = node.selection_set.selections
            halves = (inner[1:], inner[:1])
            return [changed(node, selection_set=SelectionSetNode(selections=half)) for half in halves]
        if twist == "skipped":
            return [parsed_selection("__typename"), with_directive(node, "@skip(if: $on)")]
        if twist == "included":
            return [with_directive(node, "@include(if: $on) @skip(if: $off)")]
        return [node]


def parsed_selection(text: str) -> Any:
    """The node of a single selection."""
    operation: Any = parse(f"{{ {text} }}").definitions[0]
    return operation.selection_set.selections[0]


def fragment(type_name: str, node: FieldNode) -> Any:
    return changed(
        parsed_selection(f"... on {type_name} {{ __typename }}"), selection_set=SelectionSetNode(selections=(node,))
    )


def with_directive(node: FieldNode, directive: str) -> Any:
    return changed(node, directives=parsed_selection(f"a {directive}").directives)


def changed(node: Any, **values: Any) -> Any:
    """A copy of a node with other parts."""
    return replace(node, **values)

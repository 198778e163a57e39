"""How deep and how large a query may be. Everything is counted before anything runs.

Without it some hundred bytes of nested lists would keep the process busy for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    ValueNode,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    is_interface_type,
    is_list_type,
)
from graphql.language import IntValueNode, ListValueNode, VariableNode
from strawberry.extensions import SchemaExtension

from domain.refusals import InvalidInput
from schema.reads.declare import MAX_IDS, MAX_PAGE
from schema.reads.kept import Kept

MAX_TOKENS = 20_000
MAX_DEPTH = 20  # the introspection query of GraphiQL has 15
MAX_SELECTIONS = 5_000  # with every fragment counted wherever it is spread
MAX_FIELDS = 250_000  # of the answer, if every page were full
# Rows that one statement joins: SQLite joins 64 tables, and a page, its count and a link table are among them.
MAX_JOINS = 56

# How long lists without pages get in real life. What is not named here has a few.
LIST_SIZES = {
    "Area.children": 100,
    "ImportClaimsPayload.results": 500,
    "LogAttendancePayload.results": 500,
    "PreviewAwardPayload.results": 500,
    "RulePreviewResult.residents": 100,
    "SyncAdmissionsPayload.results": 500,
}
USUAL_LIST = 10
PARTS_OF_A_PAGE = ("Connection.nodes", "Connection.edges", "Connection.pageInfo", "Edge.node")
ROOTS = ("Query", "Mutation", "Subscription")
# Fields that take as much work as so many others.
WEIGHTS = {
    "Ticket.token": 20,
    "Ticket.qrSvg": 2_000,
    "MemberCode.qrSvg": 1_000,
    "Account.debits": 100,
    "Account.credits": 100,
    "Account.balance": 100,
    "Programme.issued": 1_000,
    "Wallet.expiring": 100,
    "Query.previewAward": 20_000,
    "Query.previewRule": 50_000,
    "Query.trialBalance": 50_000,
    "Query.walletStatement": 50_000,
}


class Size(NamedTuple):
    """What an operation, or a part of it, amounts to."""

    depth: int = 0
    selections: int = 0
    fields: int = 0
    #: Rows that are read by the statement of the row above them.
    joins: int = 0
    #: The most rows that a statement further down joins.
    widest: int = 0


@dataclass
class Measure:
    """Measures the operations of a document. A fragment is measured once, however often it is spread."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    of_fragments: dict[str, Size] = field(default_factory=dict)

    def of_selections(self, type_: GraphQLNamedType, nodes: Sequence[SelectionNode]) -> Size:
        depth = selections = fields = joins = widest = 0
        for node in nodes:
            size = self.of_selection(type_, node)
            depth = max(depth, size.depth)
            selections += size.selections
            fields += size.fields
            # each type that a Node may be is read by a statement of its own
            joins = max(joins, size.joins) if is_interface_type(type_) else joins + size.joins
            widest = max(widest, size.widest)
        return Size(depth, selections, fields, joins, widest)

    def of_selection(self, type_: GraphQLNamedType, node: SelectionNode) -> Size:
        if isinstance(node, FieldNode):
            return self.of_field(type_, node)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            narrowed = self.schema.type_map[condition.name.value] if condition else type_
            return self.of_selections(narrowed, node.selection_set.selections)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self.of_fragments:
            fragment = self.fragments[name]
            condition_type = self.schema.type_map[fragment.type_condition.name.value]
            self.of_fragments[name] = self.of_selections(condition_type, fragment.selection_set.selections)
        return self.of_fragments[name]

    def of_field(self, type_: GraphQLNamedType, node: FieldNode) -> Size:
        definition = self.schema.get_field(type_, node.name.value)  # type: ignore[arg-type]  # a valid document selects of objects
        name = f"{type_.name}.{node.name.value}"
        weight = WEIGHTS.get(name, 1)
        if definition is None or node.selection_set is None:
            return Size(1, 1, weight)
        inside = self.of_selections(get_named_type(definition.type), node.selection_set.selections)
        times = self.times(name, definition.type, node)
        joins, widest = self.joined(type_, name, definition.type, inside)
        return Size(inside.depth + 1, inside.selections + 1, weight + times * inside.fields, joins, widest)

    def joined(self, type_: GraphQLNamedType, name: str, answer: GraphQLOutputType, inside: Size) -> tuple[int, int]:
        """The rows a field adds to the statement of the row it hangs on, and the most that any statement below joins."""
        if name.endswith(PARTS_OF_A_PAGE):
            return inside.joins, inside.widest  # they are in the connection's statement
        if type_.name in ROOTS or is_list_type(get_nullable_type(answer)) or is_connection(answer):
            return 0, max(inside.widest, inside.joins)  # a statement of its own
        return inside.joins + 1, inside.widest

    def times(self, name: str, type_: GraphQLOutputType, node: FieldNode) -> int:
        """How many objects a field may answer."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if name.endswith(PARTS_OF_A_PAGE):
            return 1  # counted with the connection
        if is_connection(type_):
            return self.number(given.get("first") or given.get("last"), MAX_PAGE)
        if not is_list_type(get_nullable_type(type_)):
            return 1
        return self.number(given["ids"], MAX_IDS) if "ids" in given else LIST_SIZES.get(name, USUAL_LIST)

    def number(self, node: ValueNode | None, most: int) -> int:
        """A page's size, or a list's length. What is wrong counts as the most: check.py says what is wrong with it."""
        value: Any = None
        if isinstance(node, VariableNode):
            value = self.variables.get(node.name.value)
        elif isinstance(node, IntValueNode):
            value = int(node.value[:10])
        elif isinstance(node, ListValueNode):
            value = node.values
        length = len(value) if isinstance(value, list | tuple) else value
        return length if isinstance(length, int) and 0 <= length <= most else most


def is_connection(type_: GraphQLOutputType) -> bool:
    return get_named_type(type_).name.endswith("Connection")


def measured(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Size:
    """The size of an operation with its variables."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    assert root, "a valid document asks for a root that is there"
    return Measure(schema, fragments, variables).of_selections(root, operation.selection_set.selections)


def problems_of(size: Size) -> Iterator[InvalidInput]:
    """What is too much."""
    if size.depth > MAX_DEPTH:
        yield InvalidInput(reason="query_too_deep", values={"limit": MAX_DEPTH})
    if size.selections > MAX_SELECTIONS or size.fields > MAX_FIELDS:
        yield InvalidInput(reason="query_too_large", values={})
    if max(size.widest, size.joins) > MAX_JOINS:
        yield InvalidInput(reason="query_too_wide", values={"limit": MAX_JOINS})


# PostgreSQL keeps no text with this character in it. In variables the HTTP side looks for it.
NUL = re.compile(r"\\u(0000|\{0+\})")
Sizes = tuple[tuple[str, int], ...]
_sizes: Kept[tuple[DocumentNode, Size]] = Kept()


def sizes_in(variables: Mapping[str, Any]) -> Sizes:
    """All that a size depends on: numbers, and how long lists are."""
    numbers = ((name, len(value) if isinstance(value, list) else value) for name, value in variables.items())
    return tuple((name, value) for name, value in numbers if isinstance(value, int))


class SizeLimit(SchemaExtension):
    """Refuses what is too deep or too large. Goes after KnownDocuments and before ArgumentCheck, which walks all of it."""

    def on_validate(self) -> Iterator[None]:
        if self.execution_context.pre_execution_errors == []:
            self.check()
        yield

    def check(self) -> None:
        context = self.execution_context
        document = context.graphql_document
        assert document, "a document is parsed before it is validated"
        operation = get_operation_ast(document, context.operation_name)
        if operation is None:
            return
        if NUL.search(context.query or ""):
            problem = InvalidInput(reason="text_control_characters")
            context.pre_execution_errors = [GraphQLError(problem.reason, operation, original_error=problem)]
            return
        size = self.size_of(document, operation, context.variables or {})
        context.pre_execution_errors = [
            GraphQLError(problem.reason, operation, original_error=problem) for problem in problems_of(size)
        ]

    def size_of(self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Size:
        key = (id(operation), sizes_in(variables))
        found = _sizes.get(key)
        if found is None:
            schema: GraphQLSchema = self.execution_context.schema._schema  # noqa: SLF001 - Strawberry offers no other way to it
            size = measured(schema, document, operation, variables)
            found = _sizes.keep(key, (document, size), operation)  # the document is held, or its id could be another's
        return found[1]

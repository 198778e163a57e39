"""What an operation's answer would cost if every page were full. Everything is counted before anything runs.

cost(selection) = sum of cost(field); cost(field) = weight + objects x cost(its selection), where objects is the size of the page
that is asked for (`first`, `last`), the length of a list, or 1. A page is counted (`totalCount`) once, however large it is.
docs/limits.md tells it to front-end developers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    ValueNode,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_list_type,
)
from graphql.language import IntValueNode, ListValueNode, VariableNode

from schema.reads.declare import MAX_IDS, MAX_PAGE

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
# The operations of a batch share their rows: 50 operations log 500 attendances together.
BATCH, MOST_IN_BATCH, SHARED = "SubmitOperationsPayload.results", 50, "LogAttendancePayload.results"
PARTS_OF_A_PAGE = ("Connection.nodes", "Connection.edges", "Connection.pageInfo", "Edge.node")
ROOTS = ("Query", "Mutation", "Subscription")
WRITING = 1_000  # a transaction of its own
COUNTING = 50  # rows of one parent
FILTERING = 1_000  # may look at many rows to find few
ASKING_AT_ALL = 100  # a field of Query: a plan and a statement of its own
BY_ID = 100  # for each id: it has to be read, looked up, and put where it belongs
# Fields that take as much work as so many others.
WEIGHTS = {
    **dict.fromkeys(
        # every row that there is, however few are shown
        (
            f"{name}Connection.totalCount"
            for name in ("Activity", "Alarm", "Attendance", "Claim", "PhoneReading", "Seal")
        ),
        1_000,
    ),
    "Ticket.token": 20,
    "Ticket.qrSvg": 2_000,
    "MemberCode.qrSvg": 1_000,
    "Account.debits": 100,
    "Account.credits": 100,
    "Account.balance": 100,
    "Programme.issued": 20_000,
    "Wallet.balanceAt": 100,
    "Wallet.expiring": 100,
    "Shift.viewerCanSignUp": 10,
    "OfferSession.viewerCanRedeem": 10,
    "Query.__schema": 50_000,
    "Query.__type": 5_000,
    "Query.exportMyData": 50_000,
    "Query.previewAward": 20_000,
    "Query.previewMerge": 20_000,
    "Query.previewRule": 50_000,
    "Query.trialBalance": 50_000,
    "Query.walletStatement": 50_000,
}


class Size(NamedTuple):
    """What an operation, or a part of it, amounts to."""

    cost: int = 0
    #: Rows that are read by the statement of the row above them.
    joins: int = 0
    #: The most rows that a statement further down joins.
    widest: int = 0
    #: What is done once for a page, whatever its size.
    once: int = 0


@dataclass
class Measure:
    """Measures the operations of a document. A fragment is measured once, however often it is spread."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    of_fragments: dict[str, Size] = field(default_factory=dict)
    in_batch: bool = False

    def of_selections(self, type_: GraphQLNamedType, nodes: Sequence[SelectionNode]) -> Size:
        cost = joins = widest = once = 0
        for node in nodes:
            size = self.of_selection(type_, node)
            cost += size.cost
            once += size.once
            # each type that a Node may be is read by a statement of its own
            joins = max(joins, size.joins) if is_interface_type(type_) else joins + size.joins
            widest = max(widest, size.widest)
        return Size(cost, joins, widest, once)

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
        weight = self.weight(name, node)
        if name.endswith("Connection.totalCount"):
            return Size(once=weight)
        if definition is None or node.selection_set is None:
            return Size(weight)
        measure = Measure(self.schema, self.fragments, self.variables, in_batch=True) if name == BATCH else self
        inside = measure.of_selections(get_named_type(definition.type), node.selection_set.selections)
        times = self.times(name, definition.type, node)
        joins, widest = self.joined(type_, name, definition.type, inside)
        return Size(weight + times * inside.cost + inside.once, joins, widest)

    def weight(self, name: str, node: FieldNode) -> int:
        """What a field takes by itself, whatever is selected of it."""
        if name in WEIGHTS:
            return WEIGHTS[name]
        if name.startswith("Mutation."):
            return WRITING
        if name.endswith("Connection.totalCount"):
            return COUNTING
        filtering = FILTERING if any(argument.name.value == "filter" for argument in node.arguments or ()) else 0
        if not name.startswith("Query."):
            return 1 + filtering
        return ASKING_AT_ALL + filtering + BY_ID * self.ids(node)

    def ids(self, node: FieldNode) -> int:
        """How many ids a field is given in a list."""
        return sum(
            self.number(argument.value, MAX_IDS) for argument in node.arguments or () if argument.name.value == "ids"
        )

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
        if name == BATCH:
            return MOST_IN_BATCH
        if name == SHARED and self.in_batch:
            return LIST_SIZES[name] // MOST_IN_BATCH
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

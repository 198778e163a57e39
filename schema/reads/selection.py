"""What an operation selects, merged and resolved against the schema: fragments, aliases, @skip and @include are gone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues

from schema.reads.declare import ReadField
from schema.reads.described import declared_field
from schema.reads.sources import wants_asking


@dataclass(eq=False, slots=True)
class Site:
    """A selected field with arguments. Its `index` is its place among the arguments of a request."""

    index: int
    definition: GraphQLField
    node: FieldNode
    declared: ReadField

    @property
    def asks(self) -> bool:
        """Whether who asks, or when, decides on its conditions."""
        where = getattr(self.declared.source, "where", None)
        return callable(where) and wants_asking(where)


@dataclass(eq=False, slots=True)
class Selected:
    """A selected field. `definition` is None for __typename; `inside` holds the sub-selection by object type."""

    key: str
    name: str
    definition: GraphQLField | None
    site: Site | None = None
    inside: dict[str, list[Selected]] = dataclasses.field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Selecting:
    """The operation that is being looked through, and the sites found so far."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues
    sites: list[Site] = dataclasses.field(default_factory=list)

    def subselection(self, type_: GraphQLObjectType, details: FieldDetailsList) -> list[Selected]:
        """What is selected of an object of a type, in query order."""
        collected = collect_subfields(self.schema, self.fragments, self.variables, self.operation, type_, details)
        return [self.selected(type_, key, inner) for key, inner in collected.grouped_field_set.items()]

    def selected(self, parent: GraphQLObjectType, key: str, details: FieldDetailsList) -> Selected:
        """One field of an object of a type, with everything below."""
        node = details[0].node
        name = node.name.value
        if name == "__typename":
            return Selected(key, name, None)
        definition = parent.fields[name]
        found = Selected(key, name, definition, self.site(definition, node))
        for type_ in self.possible_types(definition):
            found.inside[type_.name] = self.subselection(type_, details)
        return found

    def possible_types(self, definition: GraphQLField) -> list[GraphQLObjectType]:
        type_ = get_named_type(definition.type)
        if is_object_type(type_):
            return [type_]
        return list(self.schema.get_possible_types(type_)) if is_abstract_type(type_) else []

    def site(self, definition: GraphQLField, node: FieldNode) -> Site | None:
        declared = declared_field(definition)
        if declared is None or not (definition.args or callable(getattr(declared.source, "where", None))):
            return None
        site = Site(len(self.sites), definition, node, declared)
        self.sites.append(site)
        return site


def parts_of(*nodes: Node) -> Iterator[Node]:
    """Nodes and everything below them."""
    for node in nodes:
        yield node
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, Node):
                yield from parts_of(value)
            elif isinstance(value, (list, tuple)):
                yield from parts_of(*value)


def switches_of(*nodes: Node) -> tuple[str, ...]:
    """The variables that decide what is selected: those of @skip and @include."""
    found = {
        variable.name.value: None
        for directive in parts_of(*nodes)
        if isinstance(directive, DirectiveNode)
        for variable in parts_of(*(directive.arguments or ()))
        if isinstance(variable, VariableNode)
    }
    return tuple(found)

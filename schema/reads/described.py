"""From graphql-core's types back to what was declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type, is_abstract_type

from schema.reads.declare import ReadField, RowType, row_type_of

DEFINITION = "strawberry-definition"


def declared_field(field: GraphQLField) -> ReadField | None:
    """The declaration of a field; None for an ordinary one."""
    definition = field.extensions.get(DEFINITION)
    return definition if isinstance(definition, ReadField) else None


def declared_row(type_: GraphQLNamedType) -> RowType | None:
    """The row behind an object type; None for a plain one."""
    definition = type_.extensions.get(DEFINITION)
    return row_type_of(definition.origin) if definition else None


def row_behind(type_: GraphQLNamedType) -> RowType:
    row = declared_row(type_)
    assert row, f"{type_.name} is not a row type"
    return row


def object_type(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    found = schema.type_map[name]
    assert isinstance(found, GraphQLObjectType), f"{name} is not an object type"
    return found


def answered_row(schema: GraphQLSchema, field: GraphQLField, name: str) -> GraphQLObjectType | None:
    """The row type of a name, where the field can answer it."""
    type_, answered = schema.type_map.get(name), get_named_type(field.type)
    if not isinstance(type_, GraphQLObjectType) or not declared_row(type_):
        return None
    is_possible = answered is type_ or (is_abstract_type(answered) and schema.is_sub_type(answered, type_))
    return type_ if is_possible else None


def target_type(field: GraphQLField) -> GraphQLObjectType:
    """The object type that a field answers, of one or of many."""
    found = get_named_type(field.type)
    assert isinstance(found, GraphQLObjectType), f"{found} is not an object type"
    return found


def node_type(field: GraphQLField) -> GraphQLObjectType:
    """The type of a connection's items."""
    return target_type(target_type(field).fields["nodes"])


def field_by_python_name(type_: GraphQLObjectType, python_name: str) -> GraphQLField:
    """The field that a class declares under a name. Raises KeyError."""
    fields: Mapping[str, GraphQLField] = type_.fields
    for field in fields.values():
        definition: Any = field.extensions.get(DEFINITION)
        if definition is not None and definition.python_name == python_name:
            return field
    raise KeyError(f"{type_.name} declares no field {python_name}")

"""Completing plain Python objects to a sub-selection: what computed() functions answer."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeAlias

from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    specified_scalar_types,
)

from schema.reads.described import DEFINITION, declared_row
from schema.reads.selection import Selected

Completion: TypeAlias = Callable[[Any], Any]


def completion(schema: GraphQLSchema, type_: GraphQLOutputType, selected: Selected) -> Completion | None:
    """A function that completes a value of a type; None where the value is its own answer."""
    nullable = get_nullable_type(type_)
    if is_list_type(nullable):
        return list_of(completion(schema, nullable.of_type, selected))
    if is_leaf_type(nullable):
        return None if nullable.name in specified_scalar_types else or_none(nullable.coerce_output_value)
    if is_object_type(nullable):
        return or_none(object_of(schema, nullable, selected.inside[nullable.name]))
    assert is_abstract_type(nullable)
    return or_none(one_of(schema, list(schema.get_possible_types(nullable)), selected))


def or_none(complete: Completion) -> Completion:
    return lambda value: None if value is None else complete(value)


def list_of(complete: Completion | None) -> Completion:
    if complete is None:
        return or_none(list)
    return or_none(lambda values: [complete(value) for value in values])


def object_of(schema: GraphQLSchema, type_: GraphQLObjectType, fields: list[Selected]) -> Completion:
    """Completes an instance by its attributes."""
    if declared_row(type_):
        return refuse_row(type_.name)
    parts = [(field.key, *part_of(schema, type_, field)) for field in fields]

    def complete(value: Any) -> dict[str, Any]:
        return {key: get(value) if finish is None else finish(get(value)) for key, get, finish in parts}

    return complete


def part_of(schema: GraphQLSchema, type_: GraphQLObjectType, field: Selected) -> tuple[Completion, Completion | None]:
    """How a field is taken from an instance, and how it is completed."""
    if field.definition is None:
        return lambda _: type_.name, None
    definition = field.definition.extensions[DEFINITION]
    assert not definition.base_resolver, (
        f"{type_.name}.{field.name} has a resolver: a plain object is made of attributes"
    )
    return attrgetter(definition.python_name), completion(schema, field.definition.type, field)


def one_of(schema: GraphQLSchema, types: list[GraphQLObjectType], selected: Selected) -> Completion:
    """Completes an instance of one of several classes."""
    by_class = {
        type_.extensions[DEFINITION].origin: object_of(schema, type_, selected.inside[type_.name]) for type_ in types
    }
    return lambda value: by_class[type(value)](value)


def refuse_row(name: str) -> Completion:
    def refuse(_: Any) -> Any:
        raise TypeError(f"a computed object cannot hold a {name}: rows are read by to_one and to_many")

    return refuse

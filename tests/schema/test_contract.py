"""The real schema against the contract (tests/contract.graphql), and the exported file against the real schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, is_introspection_type, is_specified_scalar_type, parse, print_ast
from graphql.language import (
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from schema.build import EXPORTED, export_sdl

CONTRACT = Path(__file__).parents[1] / "contract.graphql"


def test_the_exported_schema_is_that_of_the_program() -> None:
    assert EXPORTED.read_text() == export_sdl(), "stale: run `python -m api export-schema`"


def test_nothing_of_the_contract_is_missing_or_of_another_type() -> None:
    promised, real = facts_of(parse(CONTRACT.read_text())), facts_of(parse(export_sdl()))
    assert sorted(promised - real) == []


@pytest.mark.parametrize(
    ("built", "missing"),
    [
        ("type Query { a: Int! }", {"Query.a: Int!"}),
        ("type Query { a(b: Int = 1): Int }", {"Query.a(b: Int = 1)"}),
        ("enum Colour { RED }", {"Colour.RED"}),
        ("union U = A | B", {"union U = B"}),
        ("type A implements N { id: ID! }", {"A implements N"}),
        ("input I @oneOf { a: Int }", {"input I @oneOf"}),
    ],
)
def test_the_comparison_sees_every_difference(built: str, missing: set[str]) -> None:
    assert missing <= facts_of(parse(built)) - facts_of(parse("type Query { a: Int } input I { a: Int } union U = A"))


def test_everything_has_a_description() -> None:
    assert list(undescribed(build_schema(export_sdl()))) == []


def facts_of(document: DocumentNode) -> set[str]:
    """Everything a schema says, a sentence each, without descriptions and order."""
    return {fact for definition in document.definitions for fact in facts_of_definition(definition)}


def facts_of_definition(node: DefinitionNode) -> Iterator[str]:
    name = getattr(getattr(node, "name", None), "value", "")
    yield f"{type(node).__name__} {name}"
    match node:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            yield from (f"{name} implements {interface.name.value}" for interface in node.interfaces or ())
            for field in node.fields or ():
                yield from facts_of_field(name, field)
        case InputObjectTypeDefinitionNode():
            yield from (f"input {name} @{directive.name.value}" for directive in node.directives or ())
            yield from (f"{name}.{value_of(value)}" for value in node.fields or ())
        case EnumTypeDefinitionNode():
            yield from (f"{name}.{value.name.value}" for value in node.values or ())
        case UnionTypeDefinitionNode():
            yield from (f"union {name} = {member.name.value}" for member in node.types or ())


def facts_of_field(owner: str, field: FieldDefinitionNode) -> Iterator[str]:
    name = f"{owner}.{field.name.value}"
    yield f"{name}: {print_ast(field.type)}"
    yield from (f"{name}({value_of(value)})" for value in field.arguments or ())


def value_of(value: InputValueDefinitionNode) -> str:
    default = f" = {print_ast(value.default_value)}" if value.default_value else ""
    return f"{value.name.value}: {print_ast(value.type)}{default}"


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    """The names of types, fields, arguments and enum values without a description."""
    for type_ in schema.type_map.values():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        if not type_.description:
            yield type_.name
        members: dict[str, Any] = getattr(type_, "fields", None) or getattr(type_, "values", {})
        for name, member in members.items():
            if not member.description:
                yield f"{type_.name}.{name}"
            for argument, value in getattr(member, "args", {}).items():
                if not value.description:
                    yield f"{type_.name}.{name}({argument})"

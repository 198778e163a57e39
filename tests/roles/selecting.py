"""Queries for all there is: every field of a type, and of what it leads to, so many steps deep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    get_operation_ast,
    is_leaf_type,
    parse,
)
from graphql.type import GraphQLUnionType

from schema.bounds import Limits
from schema.build import export_sdl
from schema.measure import measured
from tests.roles.seen import FIELDS

SCHEMA = build_schema(export_sdl())
#: Arguments that a field cannot do without.
ARGUMENTS = {"Wallet.balanceAt": '(at: "2024-01-12T01:30:00Z")'}
#: What is too much to ask for with every row that others lead to.
NOT_ON_THE_WAY = frozenset({"Area.children", "Area.organisations", "Ticket.qrSvg"})
ALL: frozenset[str] = frozenset()
REF = "{ __typename id }"
ELIGIBILITY = "{ eligible reasons { code } }"


def object_type(name: str) -> GraphQLObjectType:
    """A type of the real schema."""
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def selection(type_name: str, steps: int, without: frozenset[str] = ALL) -> str:
    """All fields of a row, and of the rows they lead to: so many steps, then their ids."""
    if steps < 0:
        return REF
    fields = object_type(type_name).fields
    asked = [name for name in fields if f"{type_name}.{name}" not in without]
    return "{ " + " ".join(["__typename", *(selected(type_name, name, fields[name], steps) for name in asked)]) + " }"


def selected(owner: str, name: str, field: GraphQLField, steps: int) -> str:
    type_ = get_named_type(field.type)
    head = name + ARGUMENTS.get(f"{owner}.{name}", "")
    return head if is_leaf_type(type_) else f"{name}{inside(type_, steps)}"


def inside(type_: GraphQLNamedType, steps: int) -> str:
    """What is selected of a field's objects."""
    if type_.name == "Eligibility":
        return ELIGIBILITY
    if isinstance(type_, GraphQLUnionType):
        return " { __typename " + " ".join(on(member.name, steps - 1, NOT_ON_THE_WAY) for member in type_.types) + " }"
    if type_.name.endswith("Connection"):
        nodes = selection(type_.name.removesuffix("Connection"), steps - 1, NOT_ON_THE_WAY)
        return f"(first: 10) {{ nodes {nodes} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}"
    if type_.name in FIELDS:
        return selection(type_.name, steps - 1, NOT_ON_THE_WAY)
    return "{ " + " ".join(map(plainly, object_type(type_.name).fields.items())) + " }"


def plainly(named: tuple[str, GraphQLField]) -> str:
    """A field of what is no row; of a row that it leads to the id."""
    name, field = named
    return name if is_leaf_type(get_named_type(field.type)) else f"{name} {REF}"


def on(type_name: str, steps: int, without: frozenset[str] = ALL) -> str:
    """A row behind an interface or a union."""
    return f"... on {type_name} {selection(type_name, steps, without)}"


@cache
def rows_query(type_name: str, steps: int) -> str:
    """Rows of a type by their ids."""
    return f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename {on(type_name, steps)} }} }}"


def in_bites(ids: Sequence[str], query: str) -> Iterator[Sequence[str]]:
    """So many ids at a time as one query may ask for."""
    bite = Limits().cost // fields_of_one(query)
    assert bite, "a row is not too much"
    return (ids[start : start + bite] for start in range(0, len(ids), bite))


@cache
def fields_of_one(query: str) -> int:
    """How many fields the answer for one id may have."""
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation
    return measured(SCHEMA, document, operation, {"ids": [""]}).cost


def leads_to(type_name: str, name: str) -> GraphQLNamedType:
    """The type of what a field answers."""
    found: GraphQLNamedType = get_named_type(object_type(type_name).fields[name].type)
    return found


def is_list(type_name: str, name: str) -> bool:
    """Whether a field answers rows one after the other, and not as a page."""
    return "[" in str(object_type(type_name).fields[name].type)


def differences(expected: object, answered: object, path: str = "") -> Iterator[str]:
    """Where an answer is not as expected, a line each. What is expected may be a condition."""
    if callable(expected):
        if not expected(answered):
            yield f"{path}: not {expected}: {answered!r}"
    elif isinstance(expected, dict) and isinstance(answered, dict) and expected.keys() == answered.keys():
        for key, value in expected.items():
            yield from differences(value, answered[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(answered, list) and len(expected) == len(answered):
        for index, (one, other) in enumerate(zip(expected, answered, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif expected != answered:
        yield f"{path}: expected {expected!r}, answered {answered!r}"

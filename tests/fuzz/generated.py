"""Operations nobody would write, of the real schema: mostly valid, with values that are mostly not what they should be."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

DEEPEST = 6
TEXTS = (
    *("370811", "xuexi", "义诊", "", " ", "a" * 3_000, "😀", "\u200b", "e\u0301" * 40, "\u202e", "138-0000-0003"),
    *("' OR 1=1 --", "%", "\ud800", "2024-01-12", "<b>", "\\", "\x00"),
)
TIMES = (
    "2024-01-12T09:30:00+08:00",
    "2024-02-31T09:30:00+08:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "now",
)
DAYS = ("2024-01-12", "2024-02-31", "0000-00-00")
NUMBERS = (1, 2, 10, 100, 0, -1, 101, 2**31, -(2**31), 2**53, 2**63, 10**30)
NOISE = (*'{}()"#é!:\ufeff', "@include(if: true)", "...", "$x", '"""', "fragment F on Node {id}", "0x1")


POOLS: dict[str, Sequence[Any]] = {
    "DateTime": TIMES,
    "Date": DAYS,
    "Int": NUMBERS,
    "Points": NUMBERS,
    "Boolean": (True, False),
}
SANE: dict[str, Sequence[Any]] = {
    "DateTime": TIMES[:1],
    "Date": DAYS[:1],
    "Int": (1, 2, 5),
    "Points": (0, 1, 10),
    "String": ("370811", "xuexi", "义诊", "138 0000 0002", "2024"),
}
PAGING = ("last", "after", "before")


@dataclass
class Generator:
    """Makes operations from a dice. Ids are some that there are."""

    schema: GraphQLSchema
    dice: random.Random
    ids: Sequence[str]
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)

    def operation(self) -> tuple[str, dict[str, Any]]:
        """A document and its variables."""
        self.variables, self.declared = {}, []
        kind = self.dice.choices(["query", "mutation", "subscription"], [12, 6, 1])[0]
        root = {"query": self.schema.query_type, "mutation": self.schema.mutation_type}.get(
            kind, self.schema.subscription_type
        )
        assert root
        selection = self.selection(root, 0)
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return self.spoiled(f"{kind} Fuzz{declared} {selection}"), self.variables

    def spoiled(self, text: str) -> str:
        """One in eight is no document any more."""
        if self.dice.random() > 0.125:
            return text
        start = self.dice.randrange(len(text))
        end = min(len(text), start + self.dice.randrange(12))
        instead: str = self.dice.choice(["", text[start:end] * 2, self.dice.choice(NOISE)])
        return text[:start] + instead + text[end:]

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            possible = self.schema.get_possible_types(type_)
            some = self.dice.sample(list(possible), min(2, len(possible)))
            return (
                "{ __typename "
                + " ".join(f"... on {each.name} {self.selection(each, depth + 1)}" for each in some)
                + " }"
            )
        assert isinstance(type_, GraphQLObjectType)
        fields = list(type_.fields.items())
        if depth >= DEEPEST:
            fields = [(name, each) for name, each in fields if is_leaf_type(get_named_type(each.type))]
        chosen = self.dice.sample(fields, min(len(fields), self.dice.randint(1, 4)))
        return "{ __typename " + " ".join(self.field(name, each, depth) for name, each in chosen) + " }"

    def field(self, name: str, definition: GraphQLField, depth: int) -> str:
        given = [
            f"{argument}: {self.argument(each)}"
            for argument, each in definition.args.items()
            if is_non_null_type(each.type)
            or argument == "first"
            or self.dice.random() < (0.03 if argument in PAGING else 0.3)
        ]
        alias = f"{self.dice.choice('abc')}{self.dice.randrange(100)}: " if self.dice.random() < 0.3 else ""
        guard = (
            f" @{self.dice.choice(['skip', 'include'])}(if: {self.dice.choice(['true', 'false'])})"
            if self.dice.random() < 0.05
            else ""
        )
        arguments = f"({', '.join(given)})" if given else ""
        behind = get_named_type(definition.type)
        inside = "" if is_leaf_type(behind) else " " + self.selection(behind, depth + 1)
        return f"{alias}{name}{arguments}{guard}{inside}"

    def argument(self, argument: GraphQLArgument) -> str:
        """A value in the document, or a variable with one."""
        value = self.value(argument.type)
        if (
            isinstance(value, str | int | float)
            and not isinstance(get_named_type(argument.type), GraphQLEnumType)
            and self.dice.random() < 0.3
        ):
            return json.dumps(value)
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {argument.type}")
        self.variables[name] = value
        return f"${name}"

    def value(self, type_: GraphQLInputType, depth: int = 0) -> Any:
        """A value of a type, and now and then one that is none."""
        if self.dice.random() < 0.01:
            return self.dice.choice([None, [], {}, 7, "x", True, [[[]]], 1.5])
        if not is_non_null_type(type_) and (depth > 4 or self.dice.random() < 0.3):
            return None
        inner = get_nullable_type(type_)
        if is_list_type(inner):
            return [
                self.value(inner.of_type, depth + 1)
                for _ in range(self.dice.choice([0, 1, 2, 3, 60]) if depth < 3 else 1)
            ]
        if isinstance(inner, GraphQLEnumType):
            return self.dice.choice(list(inner.values))
        if isinstance(inner, GraphQLInputObjectType):
            return self.object_of(inner, depth)
        name = get_named_type(inner).name
        if self.dice.random() < 0.8 and name in SANE:
            return self.dice.choice(SANE[name])
        return self.dice.choice(self.ids if name == "ID" else POOLS.get(name, TEXTS))

    def object_of(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        fields = type_.fields
        if type_.is_one_of:
            name = self.dice.choice(list(fields))
            return {name: self.value(fields[name].type, depth + 1)}
        return {
            name: self.value(each.type, depth + 1)
            for name, each in fields.items()
            if is_non_null_type(each.type) or self.dice.random() < 0.4
        }

"""Random selections that go deep: hypothesis-graphql's own queries rarely reach the pages inside pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)

from schema.ids import decode_id

MOST_FIELDS = 25
DEEPEST = 5
#: Fields of connections are worth going into more often than any other field.
FAVOURITES = {"nodes", "edges", "node", "pageInfo", "viewer"}


@dataclass
class Growth:
    """Grows one selection. Every field gets an alias of its own, so that nothing conflicts."""

    schema: GraphQLSchema
    pools: Mapping[str, list[Any]]
    scalars: Mapping[str, list[str]]
    random: Random
    grown: int = 0
    room: int = MOST_FIELDS
    wanted: set[str] = field(default_factory=set)

    def selection(self, type_: GraphQLNamedType, depth: int = 0, arguments: str = "") -> str:
        """The fields of a type, as text in braces. Ids among the arguments tell which types an interface will have."""
        if is_abstract_type(type_):
            possible = self.likely(list(self.schema.get_possible_types(type_)), arguments)
            inner = " ".join(f"... on {one.name} {self.selection(one, depth)}" for one in possible)
            return f"{{ __typename {inner} }}"
        assert isinstance(type_, GraphQLObjectType)
        names = self.random.sample(list(type_.fields), k=len(type_.fields))
        chosen = [
            name
            for name in names
            if self.may_enter(type_.fields[name], depth)
            and self.random.random() < (0.7 if self.is_favourite(name, type_) else 0.4)
        ]
        return "{ " + " ".join(["__typename"] + [self.field(name, type_.fields[name], depth) for name in chosen]) + " }"

    def query(self) -> str:
        """A query of a few fields, each with room to grow; by ids several times, since not everybody may see what an id names."""
        root = self.schema.query_type
        assert root
        by_id = [name for name, definition in root.fields.items() if definition.args.keys() & {"id", "ids"}]
        names = self.random.sample(list(root.fields), k=2) + self.random.choices(by_id, k=3)
        names += [name for name in root.fields if name in FAVOURITES]
        fields = []
        for name in names:
            self.room = MOST_FIELDS
            fields.append(self.field(name, root.fields[name], 0))
        return "{ " + " ".join(fields) + " }"

    def likely(self, possible: list[GraphQLObjectType], arguments: str) -> list[GraphQLObjectType]:
        ids = [decode_id(text) for text in re.findall(r'"([^"]+)"', arguments)]
        named = {found.type_name for found in ids if found}
        return [type_ for type_ in possible if type_.name in named] or possible[:3]

    def possible(self, type_: GraphQLNamedType) -> list[GraphQLObjectType]:
        return list(self.schema.get_possible_types(type_)) if is_abstract_type(type_) else []

    def pool(self, name: str) -> list[Any]:
        """The values for an argument; of ids, those of a type that the field can answer."""
        values = self.pools[name]
        ids = [decode_id(value) if isinstance(value, str) else None for value in values]
        fitting = [value for value, found in zip(values, ids, strict=True) if found and found.type_name in self.wanted]
        return fitting or values

    def is_favourite(self, name: str, type_: GraphQLObjectType) -> bool:
        return name in FAVOURITES or get_named_type(type_.fields[name].type).name.endswith("Connection")

    def may_enter(self, definition: GraphQLField, depth: int) -> bool:
        return is_leaf_type(get_named_type(definition.type)) or (depth < DEEPEST and self.room > 0)

    def field(self, name: str, definition: GraphQLField, depth: int) -> str:
        self.grown, self.room = self.grown + 1, self.room - 1
        alias = f"g{self.grown}"
        type_ = get_named_type(definition.type)
        self.wanted = {type_.name} | {one.name for one in self.possible(type_)}
        arguments = self.arguments(definition.args)
        inner = "" if is_leaf_type(type_) else " " + self.selection(type_, depth + 1, arguments)
        return f"{alias}: {name}{arguments}{inner}"

    def arguments(self, definitions: Mapping[str, GraphQLArgument]) -> str:
        given = [f"{name}: {self.value(name, arg.type)}" for name, arg in definitions.items() if self.is_given(arg)]
        return f"({', '.join(given)})" if given else ""

    def is_given(self, definition: Any) -> bool:
        return isinstance(definition.type, GraphQLNonNull) or self.random.random() < 0.5

    def value(self, name: str, type_: Any) -> Any:
        """A literal for an argument: from the pool of its name, or any of its type."""
        nullable = get_nullable_type(type_)
        if is_list_type(nullable):
            return "[" + ", ".join(self.value(name, nullable.of_type) for _ in range(self.random.randint(0, 4))) + "]"
        if name in self.pools:
            value = self.random.choice(self.pool(name))
            return str(value) if isinstance(value, int) else f'"{value}"'
        if isinstance(nullable, GraphQLEnumType):
            return self.random.choice(list(nullable.values))
        if isinstance(nullable, GraphQLInputObjectType):
            given = [f"{n}: {self.value(n, f.type)}" for n, f in nullable.fields.items() if self.is_given(f)]
            return "{" + ", ".join(given) + "}"
        plain = {"Int": "3", "Float": "1.5", "Boolean": "true", "String": '"D"', "ID": '"x"'}
        return self.random.choice(self.scalars.get(nullable.name, [plain.get(nullable.name, '"x"')]))

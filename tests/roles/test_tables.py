"""Nothing of the schema is missing in the tables: what is new has to be decided for every role."""

from __future__ import annotations

from graphql import GraphQLObjectType

from tests.roles.doing import DEEDS, OPEN_TO_ALL
from tests.roles.following import FOLLOWED
from tests.roles.seen import CONNECTED, CONNECTION, EDGE, FIELDS, QUERIES, SEEN, VALUES
from tests.roles.selecting import SCHEMA, object_type

ROOTS = {"Query", "Mutation", "Subscription"}


def named() -> dict[str, set[str]]:
    """The fields of each type, as the tables name them."""
    rows = {type_name: set(fields.cells) for type_name, fields in FIELDS.items()}
    values = {type_name: set(fields.split()) for type_name, fields in VALUES.items()}
    pages = {f"{type_name}Connection": set(CONNECTION.split()) for type_name in CONNECTED}
    edges = {f"{type_name}Edge": set(EDGE.split()) for type_name in CONNECTED}
    return rows | values | pages | edges


def test_every_field_of_every_type_is_in_the_table() -> None:
    types = [
        type_ for name, type_ in SCHEMA.type_map.items() if isinstance(type_, GraphQLObjectType) and name[:2] != "__"
    ]
    assert {type_.name: set(type_.fields) for type_ in types if type_.name not in ROOTS} == named()


def test_every_row_has_its_rule() -> None:
    node = SCHEMA.type_map["Node"]
    assert {type_.name for type_ in SCHEMA.get_possible_types(node)} == set(FIELDS) == set(SEEN)  # type: ignore[arg-type]


def test_every_root_is_in_the_table() -> None:
    assert set(object_type("Query").fields) == set(QUERIES.split())


def test_every_mutation_is_in_the_table() -> None:
    assert set(object_type("Mutation").fields) == {deed.mutation for deed in DEEDS.values()} | set(OPEN_TO_ALL)


def test_every_subscription_is_in_the_table() -> None:
    assert set(object_type("Subscription").fields) == {followed.name for followed in FOLLOWED.values()}

"""Plans are compiled once for a document and the shape of its arguments."""

from __future__ import annotations

import pytest
from graphql import OperationDefinitionNode, get_operation_ast, parse

from schema.reads.kept import Kept
from tests.schema.reads.world.schema import STORE, answer_of

pytestmark = pytest.mark.usefixtures("world")

QUERY = """query ($n: Int, $l: Int, $after: String, $kinds: [Kind!], $on: Boolean!) {
    events(first: $n, last: $l, after: $after, filter: {kinds: $kinds}) { nodes { id title @include(if: $on) } } }"""


async def test_other_values_of_the_same_shape_run_the_same_sql() -> None:
    first = await answer_of(QUERY, n=2, kinds=["CLINIC"], on=True)
    statement = STORE.statements[0]
    second = await answer_of(QUERY, n=4, kinds=["READING", "CLINIC"], on=True)
    assert STORE.statements == [statement]
    assert len(first["events"]["nodes"]) < len(second["events"]["nodes"])


async def test_another_shape_is_another_plan() -> None:
    await answer_of(QUERY, n=2, on=True)
    statement = STORE.statements[0]
    await answer_of(QUERY, n=2, kinds=["CLINIC"], on=True)
    assert STORE.statements != [statement]
    answer = await answer_of(QUERY, l=2, on=False)
    assert STORE.statements != [statement]
    assert list(answer["events"]["nodes"][0]) == ["id"]


def test_memory_is_bounded_by_the_length_of_the_documents() -> None:
    kept: Kept[int] = Kept(most=1000)
    short, long = (operation_of(f"{{ {name * times} }}") for name, times in (("a", 3), ("b", 600)))
    for number in range(3):
        kept.keep((number,), number, short)
    assert kept.get((0,)) == 0  # used again, so it is not the next to go
    kept.keep((3,), 3, long)
    assert [kept.get((number,)) for number in range(4)] == [0, None, None, 3]
    kept.keep((4,), 4, operation_of("{ " + "c" * 2000 + " }"))
    assert (len(kept), kept.total) == (0, 0)


def operation_of(text: str) -> OperationDefinitionNode:
    operation = get_operation_ast(parse(text))
    assert operation
    return operation


async def test_an_empty_list_of_wanted_kinds_finds_nothing() -> None:
    assert (await answer_of(QUERY, n=2, kinds=[], on=True))["events"]["nodes"] == []

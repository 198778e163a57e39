"""Queries that are too deep or too large are refused before anything runs."""

from __future__ import annotations

import pytest
from graphql import get_introspection_query, get_operation_ast, parse

from schema.build import schema
from schema.documents import _known, known
from schema.limits import MAX_FIELDS, MAX_JOINS, MAX_SELECTIONS, Size, measured
from schema.reads.kept import MOST_TEXT
from tests.schema.client import ask, succeed

HOME = """query ($n: Int!) { activities(first: $n) { nodes { id title status startsAt host { name } area { name }
    shifts { id viewerCanSignUp { eligible } } viewerSignUp { status } } pageInfo { hasNextPage endCursor } totalCount } }"""


def size(query: str, **variables: object) -> Size:
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation
    return measured(schema._schema, document, operation, variables)


def nested(levels: int) -> str:
    return '{ area(code: "1") ' + "{ parent " * levels + "{ id }" + " }" * levels + " }"


async def test_a_query_nested_forty_deep_is_refused_in_the_callers_language() -> None:
    chinese, english = await ask(nested(40)), await ask(nested(40), language="en")
    assert (chinese.data, chinese.code, english.code) == (None, "INVALID_INPUT", "INVALID_INPUT")
    assert "嵌套太深" in chinese.errors[0]["message"]
    assert "nested too deeply" in english.errors[0]["message"]


def test_a_page_counts_as_large_as_it_is_asked_for() -> None:
    assert size(HOME, n=20).fields == pytest.approx(size(HOME, n=10).fields * 2, rel=0.01)


@pytest.mark.parametrize("n", [1_000_000, -1, "5", None, [5] * 101])
def test_a_page_of_no_size_counts_as_the_largest(n: object) -> None:
    assert size(HOME, n=n) == size(HOME, n=100)


def test_what_phones_ask_for_is_far_from_the_limits() -> None:
    home = size(HOME, n=20)
    assert (home.depth < 8, home.fields < MAX_FIELDS / 10) == (True, True)


async def test_the_introspection_query_is_answered() -> None:
    assert (await succeed(get_introspection_query()))["__schema"]["queryType"]["name"] == "Query"


TOO_LARGE = {
    "children of parents": """{ area(code: "1") { children { parent { children { parent { children { id } } } } } } }""",
    "pages of pages of pages": """{ activities(first: 100) { nodes { signUps(first: 100) { nodes { shift { activity {
        signUps(first: 100) { totalCount } } } } } } } }""",
    "many pictures": """{ viewer { tickets(first: 100) { nodes { qrSvg } }
        other: tickets(first: 100) { nodes { qrSvg } } } }""",
    "the whole book six times": "{ " + " ".join(f"a{n}: trialBalance {{ balanced }}" for n in range(6)) + " }",
}


@pytest.mark.parametrize("query", TOO_LARGE.values(), ids=TOO_LARGE.keys())
async def test_a_query_for_millions_is_refused(query: str) -> None:
    answer = await ask(query)
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")
    assert "太多" in answer.errors[0]["message"]


def corrections(levels: int, more: str = "") -> str:
    """A transfer, what it takes back, what that takes back ...: each with its two accounts, and with `more`."""
    return f"{{ id debit {{ id }} credit {{ id {more} }} reverses {corrections(levels - 1)} }}" if levels else "{ id }"


def transfer(selection: str) -> str:
    return f'{{ node(id: "VHJhbnNmZXI6MQ") {{ ... on Transfer {selection} }} }}'


HOLDERS = "holder { area { parent { parent { parent { parent { parent { parent { id } } } } } } } }"


@pytest.mark.usefixtures("database")
async def test_the_widest_query_that_is_let_through_is_answered_by_both_engines() -> None:
    widest = transfer(corrections(16, HOLDERS))
    assert size(widest).widest == MAX_JOINS, "16 x (debit, credit, reverses), and a holder with 7 areas"
    assert (await ask(widest)).errors == []


async def test_a_query_that_joins_more_than_a_database_can_is_refused() -> None:
    answer = await ask(transfer(corrections(16, HOLDERS.replace("{ id }", "{ parent { id } }"))), language="en")
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")
    assert str(MAX_JOINS) in answer.errors[0]["message"]


async def test_fragments_that_double_each_other_are_counted_without_walking_them() -> None:
    doubling = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    bomb = f"{{ ...F0 }} {doubling} fragment F60 on Query {{ viewer {{ __typename }} }}"
    assert size(bomb).selections > MAX_SELECTIONS
    assert (await ask(bomb)).code == "INVALID_INPUT"


async def test_documents_are_forgotten_when_they_grow_too_long_together() -> None:
    for number in range(30):
        known(f"{{ a{number}: __typename }} #{'-' * 40_000}", {})
    assert len(_known) <= MOST_TEXT // 40_000
    assert _known.total <= MOST_TEXT


async def test_a_document_of_too_many_words_is_not_read() -> None:
    answer = await ask("{ " + "viewer { __typename } " * 10_000 + "}")
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")


@pytest.mark.parametrize("escape", ["\\u0000", "\\u{0}", "\\u{000}"])
async def test_a_nul_in_the_document_is_refused(escape: str) -> None:
    answer = await ask(f'{{ area(code: "a{escape}b") {{ id }} }}')
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")

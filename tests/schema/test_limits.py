"""Queries that are too deep or too large are refused before anything runs."""

from __future__ import annotations

import pytest
from graphql import get_introspection_query, get_operation_ast, parse

from schema.bounds import Limits
from schema.build import schema
from schema.codes import RequestErrorCode
from schema.documents import _known, known
from schema.limits import MAX_JOINS
from schema.measure import Size, measured
from schema.outline import outlined
from schema.reads.kept import MOST_TEXT
from schema.scanning import Scanned, scanned
from tests.clock import NOW
from tests.schema.client import ANONYMOUS, ask, context_of, succeed

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
    assert (chinese.data, chinese.code, english.code) == (None, "LIMIT_EXCEEDED", "LIMIT_EXCEEDED")
    assert "嵌套太深" in chinese.errors[0]["message"]
    assert "nested too deeply" in english.errors[0]["message"]


def test_a_page_counts_as_large_as_it_is_asked_for_and_is_counted_once() -> None:
    each = size(HOME, n=11).cost - size(HOME, n=10).cost
    assert (size(HOME, n=100).cost - size(HOME, n=20).cost, size(HOME, n=20).cost > 20 * each + 1_000) == (
        80 * each,
        True,
    )
    assert size(HOME, n=20).cost - size(HOME.replace("totalCount", ""), n=20).cost == 1_000


DEAR_BY_THEMSELVES = {
    "a filter": '{ activities(first: 1, filter: { search: "义诊" }) { nodes { id } } }',
    "a count of everything": "{ activities(first: 1) { totalCount } }",
    "a hundred ids": "{ nodes(ids: [" + '"x" ' * 100 + "]) { id } }",
    "the book": "{ trialBalance { balanced } }",
    "a file": "{ exportMyData { text } }",
    "the schema": "{ __schema { types { name } } }",
}


@pytest.mark.parametrize("query", DEAR_BY_THEMSELVES.values(), ids=DEAR_BY_THEMSELVES.keys())
def test_what_takes_long_by_itself_costs_a_thousand_at_least(query: str) -> None:
    assert size(query).cost > 1_000


@pytest.mark.parametrize("n", [1_000_000, -1, "5", None, [5] * 101])
def test_a_page_of_no_size_counts_as_the_largest(n: object) -> None:
    assert size(HOME, n=n) == size(HOME, n=100)


def test_what_phones_ask_for_is_far_from_the_limits() -> None:
    outline = outlined(parse(HOME), 20, 5_000)
    assert (outline.depth < 8, size(HOME, n=20).cost < Limits().cost / 10) == (True, True)


async def test_the_introspection_query_is_answered() -> None:
    assert (await succeed(get_introspection_query()))["__schema"]["queryType"]["name"] == "Query"


def repeated(name: str, times: int) -> str:
    return f"{name} " * times


TOO_MUCH = {
    "forty levels": ("depth", nested(40)),
    "forty levels, in fragments": ("depth", "".join(f"fragment F{n} on Area {{ parent {{ ...F{n + 1} }} }} " for n in range(40))
        + 'fragment F40 on Area { id } { area(code: "1") { ...F0 } }'),
    "a list in lists": ("depth", "{ node(id: " + "[" * 2_000 + "]" * 2_000 + ") { id } }"),
    "2,000 aliases": ("aliases", "{ " + " ".join(f"a{n}: __typename" for n in range(2_000)) + " }"),
    "500 repeated fields": ("repeats", f'{{ area(code: "1") {{ {repeated("id", 500)} }} }}'),
    "500 repeated fields, in fragments": ("repeats", f'{{ area(code: "1") {{ {repeated("... on Area { id }", 300)} }} }}'),
    "a field in 150 fragments": ("repeats", "".join(f"fragment F{n} on Area {{ id }} " for n in range(150))
        + '{ area(code: "1") { ' + " ".join(f"...F{n}" for n in range(150)) + " } }"),
    "500 directives": ("directives", "{ __typename " + repeated("@include(if: true)", 500) + " }"),
    "10,000 words": ("tokens", "{ " + repeated("viewer", 10_000) + "}"),
    "a megabyte of brackets": ("depth", "{" * 1_000_000),
}  # fmt: skip


@pytest.mark.parametrize(("limit", "query"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_what_is_too_much_is_refused_before_it_is_validated_and_says_which_limit_was_hit(
    limit: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.documents.validate_document", "it is not called")
    answer = await ask(query)
    [error] = answer.errors
    assert (answer.data, answer.code) == (None, RequestErrorCode.LIMIT_EXCEEDED)
    assert error["extensions"]["limit"] == limit
    assert error["extensions"]["allowed"] == getattr(Limits(), limit)
    assert error["extensions"]["requested"] > getattr(Limits(), limit)


@pytest.mark.parametrize(
    "query",
    ["{ ...F } fragment F on Query { ...F }", "{ ...F } fragment F on Query { a: viewer { ...F } b: viewer { ...F } }"],
)
async def test_fragments_that_lead_back_to_themselves_are_counted_to_an_end(query: str) -> None:
    answer = await ask(query)
    assert (answer.data, {error["extensions"]["code"] for error in answer.errors}) == (None, {"INVALID_INPUT"})


async def test_words_in_comments_and_texts_do_not_count() -> None:
    scan = scanned('{ a(x: "b: c @d {", y: """e: "f" {""") } # g: h @i {', 1_000)
    assert scan == Scanned(tokens=11, nesting=2)


async def test_an_answer_tells_what_it_cost_and_what_it_may_cost() -> None:
    execution = await schema.execute('{ area(code: "1") { id } }', context_value=context_of(ANONYMOUS, "en", NOW))
    assert execution.extensions == {"cost": {"requested": 101, "allowed": Limits().cost}}


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
    assert (answer.data, answer.code) == (None, "LIMIT_EXCEEDED")
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
    assert (answer.data, answer.code) == (None, "LIMIT_EXCEEDED")
    assert str(MAX_JOINS) in answer.errors[0]["message"]


async def test_fragments_that_double_each_other_are_counted_without_walking_them() -> None:
    doubling = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    bomb = f"{{ ...F0 }} {doubling} fragment F60 on Query {{ viewer {{ __typename }} }}"
    assert outlined(parse(bomb), 20, 5_000).selections > Limits().selections
    assert (await ask(bomb)).code == "LIMIT_EXCEEDED"


async def test_documents_are_forgotten_when_they_grow_too_long_together() -> None:
    for number in range(30):
        known(f"{{ a{number}: __typename }} #{'-' * 40_000}", Limits())
    assert len(_known) <= MOST_TEXT // 40_000
    assert _known.total <= MOST_TEXT


async def test_a_document_of_too_many_words_is_not_read() -> None:
    answer = await ask("{ " + "viewer { __typename } " * 10_000 + "}")
    assert (answer.data, answer.code) == (None, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("escape", ["\\u0000", "\\u{0}", "\\u{000}"])
async def test_a_nul_in_the_document_is_refused(escape: str) -> None:
    answer = await ask(f'{{ area(code: "a{escape}b") {{ id }} }}')
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")

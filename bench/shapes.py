"""The dearest documents that the limits let through, each as large as they allow: what a hostile client would send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graphql import get_operation_ast, parse

from bench.fill import Filled, wallet_of
from bench.operations import FILE
from schema.bounds import Limits
from schema.build import schema
from schema.ids import encode_id
from schema.limits import outline_beyond, size_beyond, words_beyond
from schema.measure import measured
from schema.outline import outlined
from schema.scanning import scanned

ORGANISATION = "{ id name kind area { id code name level parent { id code name level } } }"
ACTIVITY = f"""{{ id kind title summary status venue latitude longitude startsAt endsAt signUpClosesAt capacity waitlistLimit
    signUpCount waitlistCount attendanceCount publishedAt cancelledAt cancelReason host {ORGANISATION}
    area {{ id code name level parent {{ id code name level }} }} pointsRule {{ programme perAttendance perHour cap lowestGrade }}
    viewerSignUp {{ id status waitlistPosition createdAt }} }}"""
TRANSFER = """{ id kind amount memo explanation occurredAt postedAt debit { id kind } credit { id kind holder { displayName } }
    reverses { id } reversedBy { id } source { __typename } }"""
SEARCH = 'filter: { search: "寒冬义诊暖民心 示例活动", status: null, hasPlaces: true }'


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of document: `make` writes it with so many aliases, and as the n-th of its kind, unlike all before it."""

    name: str
    token: str
    make: Callable[[int, int], str]


def aliased(field: str, inside: str = "{}") -> Callable[[int, int], str]:
    """The same field over and over."""

    def make(aliases: int, number: int) -> str:
        body = " ".join(f"a{number}_{each}: {field}" for each in range(aliases))
        return "{ " + inside.replace("{}", body) + " }"

    return make


def shapes(filled: Filled, staff: str) -> Iterator[Shape]:
    """Every kind: wide pages, pages in pages, searches, counts, sums, files, words."""
    transfers = ", ".join(f'"{encode_id("Transfer", number + 1)}"' for number in range(100))
    wallets = ", ".join(f'"{encode_id("Wallet", wallet_of(number + 1))}"' for number in range(100))
    anybodys = {
        "pages": f"activities(first: 100) {{ nodes {ACTIVITY} pageInfo {{ endCursor }} }}",
        "shifts": "activities(first: 100) { nodes { id shifts { id name viewerCanSignUp { eligible } } } }",
        "areas": f"""area(code: "370811") {{ children {{ path {{ id name }}
            organisations(first: 100) {{ nodes {ORGANISATION} }} }} }}""",
        "searches": f"activities(first: 1, {SEARCH}) {{ totalCount nodes {{ id }} }}",
        "counts": "activities(first: 1) { totalCount }",
        "nothing": "attendancesToApprove(first: 1) { totalCount }",
        "statement file": FILE.partition("{ ")[2][:-2],
        "my data": "exportMyData { text }",
        "words": "__typename viewer { one: __typename two: __typename resident { displayName } resident { displayName } }",
    }
    staffs = {
        "transfers": f"nodes(ids: [{transfers}]) {{ ... on Transfer {TRANSFER} }}",
        "balances": f"nodes(ids: [{wallets}]) {{ ... on Wallet {{ account {{ debits credits }} }} }}",
        "past": f'nodes(ids: [{wallets}]) {{ ... on Wallet {{ balanceAt(at: "2030-01-01T00:00:00Z") }} }}',
        "issued": 'programme(code: "xuexi") { issued }',
        "trial balance": "trialBalance { totalDebits accounts { credits } }",
    }
    entries = f"entries(first: 100) {{ nodes {{ id amount transfer {TRANSFER} }} totalCount }}"
    signed_up = (
        """activities(first: 100) { nodes { signUps(first: 20) { nodes { id resident { id } } totalCount } } }"""
    )
    resident = filled.tokens[0]
    yield from (Shape(name, resident, aliased(field)) for name, field in anybodys.items())
    yield from (Shape(name, staff, aliased(field)) for name, field in staffs.items())
    yield Shape("entries", resident, aliased(entries, "viewer { wallet { {} } }"))
    yield Shape("pages in pages", filled.organiser_token, aliased(signed_up))


def cost_of(document: str, limits: Limits) -> int | None:
    """What a document costs; None where it is refused."""
    if words_beyond(scanned(document, limits.tokens), limits):
        return None
    parsed = parse(document)
    if outline_beyond(outlined(parsed, limits.depth, limits.selections), limits):
        return None
    operation = get_operation_ast(parsed)
    assert operation
    size = measured(schema._schema, parsed, operation, {})  # noqa: SLF001 - Strawberry offers no other way to it
    return None if size_beyond(size, limits) else size.cost


def largest(shape: Shape, limits: Limits) -> int:
    """With how many aliases a document of this shape is just let through."""
    low, high = 1, limits.aliases
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cost_of(shape.make(middle, 0), limits) is not None else (low, middle - 1)
    return low

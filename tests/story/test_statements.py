"""What a query costs: one SQL statement for its root field and one more for each list in it, however long the lists are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from httpx import AsyncClient

from api import chores
from schema.ids import encode_id
from storage import Row
from storage.asyncpg_client import AsyncpgReader
from storage.sqlite_client import SqliteReader
from tests.story.asking import ask
from tests.story.town import DISTRICT, Town, a_town

SHORT, LONG = 1, 50

ACTIVITY = """{ title status pointsRule { cap } host { name area { name parent { name } } } area { name }
    viewerSignUp { status waitlistPosition shift { name } }
    partners { name area { name } }
    shifts { name signUpCount viewerCanSignUp { eligible reasons { code message } } }
    signUps(first: $n) { totalCount nodes { status waitlistPosition resident { displayName phone area { name } } } }
    attendances(first: $n) { edges { cursor node { pointsEarned resident { hoursServed } recordedBy { displayName }
        transfer { amount credit { code } } } } } }"""
OFFER = """{ title host { name area { name } }
    sessions { remaining admittedCount viewerCanRedeem(quantity: 2) { eligible reasons { code } } }
    attractions { name entries } }"""
VIEWER = """{ resident { displayName phone hoursServed area { name } } memberCode { token }
    roles { role area { name } organisation { name } }
    wallet { balance account { code } balanceAt(at: "2024-01-12T01:30:00Z")
        entries(first: $n) { totalCount pageInfo { hasNextPage endCursor } nodes { amount balanceAfter
            transfer { memo debit { code balance } source { ... on TicketOrder { status tickets { serial } } } } } } }
    signUps(first: $n) { nodes { status shift { activity { title host { name } partners { name } shifts { name } } } } }
    orders(first: $n) { totalCount nodes { pointsSpent session { offer { title } }
        tickets { serial token admissions { gate recordedBy { displayName } } } } }
    tickets(first: $n) { nodes { serial status order { transfer { amount } } session { offer { attractions { name } } } } } }"""

# The query, how many statements, and the lists in it that have as many rows as the town is large.
COSTS = {
    "viewer": (
        f"{{ viewer {VIEWER} }}",
        12,
        "roles entries signUps partners shifts orders tickets admissions attractions",
    ),
    "area": (
        "{ area(code: $code) { name path { name } children { name parent { name } path { code } } } }",
        4,
        "children",
    ),
    "activities": (
        f'{{ activities(first: $n, filter: {{areaCode: $code, search: "义诊"}}) {{ totalCount nodes {ACTIVITY} }} }}',
        5,
        "activities partners shifts signUps attendances",
    ),
    "activity": (f"{{ activity(id: $activity) {ACTIVITY} }}", 5, "partners shifts signUps attendances"),
    "node": (
        f"{{ node(id: $activity) {{ id __typename ... on Activity {ACTIVITY} }} }}",
        5,
        "partners shifts signUps attendances",
    ),
    "nodes of one type": (
        f"{{ nodes(ids: $activities) {{ ... on Activity {ACTIVITY} }} }}",
        5,
        "nodes partners signUps",
    ),
    "nodes of two types": (
        """{ nodes(ids: $mixed) { __typename ... on Activity { title shifts { name } }
            ... on TicketOffer { sessions { stock } } } }""",
        4,
        "nodes shifts sessions",
    ),
    "ticketOffers": (
        f"{{ ticketOffers(first: $n) {{ totalCount edges {{ node {OFFER} }} }} }}",
        3,
        "sessions attractions",
    ),
    "ticketOffer": (f"{{ ticketOffer(id: $offer) {OFFER} }}", 3, "sessions attractions"),
    "several root fields": (
        f"{{ activity(id: $activity) {{ title }} ticketOffers(last: $n) {{ nodes {OFFER} }} area(code: $code) {{ name }} }}",
        5,
        "ticketOffers sessions attractions",
    ),
    # One statement to see whether they may, and one that adds the whole book up.
    "trialBalance": ("{ trialBalance { balanced accounts { kind debits credits } } }", 2, ""),
}
VARIABLES = {
    "n": "Int!",
    "code": "String!",
    "activity": "ID!",
    "offer": "ID!",
    "activities": "[ID!]!",
    "mixed": "[ID!]!",
}


@pytest.fixture(autouse=True)
def nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program does nothing by itself meanwhile, whose statements would be counted too."""
    monkeypatch.setattr(chores, "EXPIRE_EVERY_S", 3600)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that reads, as it happens."""
    seen: list[str] = []
    for kind in (SqliteReader, AsyncpgReader):
        count_fetches(kind, seen, monkeypatch)
    return seen


def count_fetches(kind: type[Any], seen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fetch = kind.fetch

    async def counted(reader: Any, sql: str, *params: Any) -> Sequence[Row]:
        seen.append(sql)
        rows: Sequence[Row] = await fetch(reader, sql, *params)
        return rows

    monkeypatch.setattr(kind, "fetch", counted)


def names_in(selection: str) -> list[str]:
    """The variables that a selection uses."""
    return [name for name in VARIABLES if re.search(rf"\${name}\b", selection)]


def operation(selection: str) -> str:
    """The selection with the variables that it uses declared."""
    declared = ", ".join(f"${name}: {VARIABLES[name]}" for name in names_in(selection))
    return f"query ({declared}) {selection}" if declared else selection


def values_for(town: Town, size: int) -> dict[str, Any]:
    activities = [encode_id("Activity", id_) for id_ in town.activity_ids]
    offers = [encode_id("TicketOffer", id_) for id_ in town.offer_ids]
    return {
        "n": size,
        "code": DISTRICT,
        "activity": activities[0],
        "offer": offers[0],
        "activities": activities,
        "mixed": activities + offers,
    }


def lists_in(value: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Every list of an answer by the name of its field, a page's by that of the connection, and how long it is."""
    if isinstance(value, list):
        yield name, len(value)
        for each in value:
            yield from lists_in(each, name)
    if isinstance(value, dict):
        for key, each in value.items():
            is_page = key in ("nodes", "edges") and name
            yield from lists_in(each, name if is_page or key == "node" else key)


@pytest.mark.parametrize("size", [SHORT, LONG])
async def test_a_query_takes_a_statement_for_its_root_and_one_for_each_list_however_long(
    line: AsyncClient, statements: list[str], size: int
) -> None:
    town = await a_town(size)
    values = values_for(town, size)
    await ask(line, "{ __typename }", town.viewer.token)  # from now on the server knows whose token it is
    counted, longest = {}, {}
    for name, (selection, _, _) in COSTS.items():
        statements.clear()
        used = {each: values[each] for each in names_in(selection)}
        lists = list(lists_in(await ask(line, operation(selection), town.viewer.token, **used)))
        counted[name] = len(statements)
        longest[name] = {each: max(length for found, length in lists if found == each) for each, _ in lists}
    assert counted == {name: cost for name, (_, cost, _) in COSTS.items()}
    for name, (_, _, long_lists) in COSTS.items():
        for each in long_lists.split():
            assert longest[name][each] >= size, f"{each} in {name}"

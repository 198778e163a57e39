"""The real schema on the demo's data: what is compiled answers the same as the slow interpreter, for every role."""

from __future__ import annotations

import secrets
from contextlib import suppress
from random import Random
from typing import Any

import orjson
import pytest

import storage
from api.demo_data import fill_if_empty
from api.programmes import ensure_programmes
from domain.people.caller import Caller
from schema.build import schema
from schema.context import Context
from schema.reads.execution import ReadingExecutor
from schema.reads.whole import NotWhole
from tests.builders.people import KeptSms
from tests.clock import NOW
from tests.schema.reads.generated import Pools, deep_query, pools_of
from tests.schema.reads.interpreter import answered_whole, executed, interpret
from tests.schema.reads.world.schema import STORE, CountingExecutor

pytestmark = pytest.mark.usefixtures("database")

DEEP = 8
NAMED: dict[str, list[Any]] = {
    "code": ["370811", "nowhere"],
    "areaCode": ["370811", "nowhere"],
    "programme": ["xuexi"],
    "search": ["义诊", "积分", "nothing of the kind"],
    "quantity": [1, 2],
}
SCALARS = {
    "DateTime": ['"2024-01-12T01:30:00Z"', '"2024-01-05T08:00:00+08:00"'],
    "Date": ['"2024-12-31"'],
    "Points": ["3"],
}


async def pools_of_the_demo() -> Pools:
    """The demo in the database, and values that find something in it."""
    await ensure_programmes("Asia/Shanghai", NOW)
    assert await fill_if_empty(NOW)
    return await pools_of(schema, NAMED, SCALARS)


async def viewers() -> list[int | None]:
    """Nobody, residents with tickets and with sign-ups, and one of each role."""
    holders = "SELECT MIN(resident_id) FROM role_grants GROUP BY role"
    guests = "SELECT resident_id FROM ticket_orders UNION SELECT resident_id FROM sign_ups ORDER BY 1 LIMIT 3"
    rows = [*await storage.fetch(holders), *await storage.fetch(guests)]
    return [None, *[row[0] for row in rows]]


def context_of(viewer: int | None) -> Context:
    return Context(Caller(viewer), "en", lambda: NOW, KeptSms(), secrets.token_bytes)


async def compare(query: str, viewer: int | None) -> None:
    context = context_of(viewer)
    compiled = await executed(schema, query, context, ReadingExecutor, [])
    expected = await interpret(schema, query, context)
    assert [error.path for error in compiled.errors or ()] == [error.path for error in expected.errors or ()], (
        query,
        viewer,
    )
    assert orjson.dumps(compiled.data) == orjson.dumps(expected.data), (query, viewer)
    if compiled.errors is None:
        with suppress(NotWhole):
            assert orjson.dumps(await answered_whole(schema, query, context)) == orjson.dumps(expected.data), (
                query,
                viewer,
            )


HOME = """{ activities(first: 20) { nodes { id kind title status startsAt venue capacity signUpCount
    area { name } host { name } viewerSignUp { status waitlistPosition } pointsRule { cap } } pageInfo { endCursor } } }"""
STATEMENT = """{ viewer { resident { displayName } wallet { balance entries(first: 50) { totalCount nodes {
    amount transfer { kind memo source { __typename ... on Attendance { shift { activity { title } } } } } } } } } }"""
EVERYTHING = """{ activities(first: 20) { nodes { shifts { name viewerCanSignUp { eligible reasons { code } } } partners { name }
    area { path { name } } signUps(first: 5) { totalCount nodes { resident { displayName } } } } }
    ticketOffers(first: 5) { nodes { sessions { viewerCanRedeem { eligible } } attractions { name } } } }"""


@pytest.mark.parametrize(("query", "statements"), [(HOME, 1), (STATEMENT, 2), (EVERYTHING, 5 + 3)])
async def test_a_query_takes_one_statement_and_one_more_for_each_list(query: str, statements: int) -> None:
    await pools_of_the_demo()
    (organiser,) = await storage.fetch("SELECT MIN(resident_id) FROM role_grants WHERE role = 'ORGANISER'")
    STORE.forget()
    result = await executed(schema, query, context_of(organiser[0]), CountingExecutor, [])
    assert result.errors is None
    assert (len(STORE.statements), STORE.snapshots) == (statements, 1)
    STORE.forget()
    data = await answered_whole(schema, query, context_of(organiser[0]), STORE)
    assert (len(STORE.statements), STORE.snapshots, data) == (statements, 1, result.data)


async def test_deep_queries_of_the_real_schema_answer_the_same_compiled_and_interpreted() -> None:
    pools = await pools_of_the_demo()
    people = await viewers()
    for seed in range(DEEP):
        await compare(deep_query(schema, pools, Random(seed)), people[seed % len(people)])

"""Compiled reads answer the same bytes as the slow interpreter of the same declarations, with an executor and without."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.reads.execution import ReadingExecutor
from tests.schema.reads.generated import deep_query, pools_of, sensible_queries
from tests.schema.reads.interpreter import answered_whole, executed, interpret
from tests.schema.reads.world.schema import SCHEMA, context_of

pytestmark = pytest.mark.usefixtures("world")

NAMED: dict[str, list[Any]] = {
    "code": ["D", "S2", "G1", "nowhere"],
    "areaCode": ["D", "S2", "G1"],
    "person": ["UGVyc29uOjE", "UGVyc29uOjM", "RXZlbnQ6MQ"],
    "quantity": [1, 2, 3],
}
VIEWERS = [1, 2, None, 3, 5]
DEEP = 15
SCALARS = {"DateTime": ['"2024-01-12T12:00:00.000003Z"', '"2024-01-13T12:00:00Z"', '"2024-01-14T20:00:00+08:00"']}


async def compare(query: str, viewer: int | None) -> None:
    context = context_of(viewer)
    compiled = await executed(SCHEMA, query, context, ReadingExecutor, [])
    expected = await interpret(SCHEMA, query, context)
    assert expected.errors is None, (expected.errors, query)
    assert compiled.errors is None, (compiled.errors, query)
    assert orjson.dumps(compiled.data) == orjson.dumps(expected.data), (query, viewer)
    assert orjson.dumps(await answered_whole(SCHEMA, query, context)) == orjson.dumps(expected.data), (query, viewer)


async def test_generated_queries_answer_the_same_compiled_and_interpreted() -> None:
    loop = asyncio.get_running_loop()
    pools = await pools_of(SCHEMA, NAMED, SCALARS)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(sensible_queries(SCHEMA, pools), st.sampled_from(VIEWERS))
    def check(query: str, viewer: int | None) -> None:
        asyncio.run_coroutine_threadsafe(compare(query, viewer), loop).result()

    await asyncio.to_thread(check)


async def test_deep_queries_answer_the_same_compiled_and_interpreted() -> None:
    pools = await pools_of(SCHEMA, NAMED, SCALARS)
    for seed in range(DEEP):
        await compare(deep_query(SCHEMA, pools, Random(seed)), VIEWERS[seed % len(VIEWERS)])

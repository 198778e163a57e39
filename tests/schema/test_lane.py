"""Dear operations wait for each other, cheap ones for nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from schema import lane as lanes
from schema.build import schema
from schema.errors import innermost
from schema.lane import DEAR, Lane
from storage import DatabaseBusy
from storage.leisure import is_at_leisure
from tests.builders.people import an_auditor
from tests.clock import NOW
from tests.schema.client import ANONYMOUS, context_of

PAGE = (
    "activities(first: {}) {{ nodes {{ id title summary venue status startsAt endsAt kind capacity waitlistLimit }} }}"
)
CHEAP, WIDE = "{ " + PAGE.format(20) + " }", "{ " + " ".join(f"a{n}: {PAGE.format(100)}" for n in range(8)) + " }"
LONG = "{ __typename } # " + "-" * 4_000


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("query", "waits"),
    [
        (CHEAP, False),
        (WIDE, True),
        (LONG, True),
        ("{ trialBalance { balanced } }", True),
        ("{ exportMyData { text } }", True),
    ],
    ids=["a home screen", "many large pages", "a long document", "the whole book", "a file of one's own"],
)
async def test_only_what_is_dear_waits_for_its_turn(
    query: str, monkeypatch: pytest.MonkeyPatch, *, waits: bool
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_S", 0)
    context = context_of(await an_auditor(), "en", NOW)
    fresh = f"{query} # {context.caller.resident_id}"
    async with context.lane.turn:
        answer = await schema.execute(fresh, context_value=context)
    busy = [error for error in answer.errors or () if isinstance(innermost(error), DatabaseBusy)]
    assert (bool(busy), busy) == (waits, answer.errors or [])
    assert (await schema.execute(fresh, context_value=context)).errors is None


async def test_turns_come_one_after_another_and_a_turn_that_is_given_up_is_nobodys() -> None:
    lane, order = Lane(), []
    goes_on = asyncio.Event()

    async def work(number: int) -> None:
        order.append(number)
        await goes_on.wait()
        order.append(number)

    first, second, third = (asyncio.create_task(lane.take(partial(work, number))) for number in (1, 2, 3))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()  # it has begun, and goes on to its end
    await asyncio.wait({first, second})
    goes_on.set()
    await third
    assert order == [1, 1, 3, 3]


async def test_who_waits_too_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE_S", 0)
    lane = Lane()
    async with lane.turn:
        with pytest.raises(DatabaseBusy):
            await lane.take(partial(asyncio.sleep, 0))
    await lane.take(partial(asyncio.sleep, 0))


async def test_what_is_dear_reads_at_leisure_and_nothing_else_does() -> None:
    async def look() -> bool:
        return is_at_leisure()

    assert (await Lane().take(look), await look()) == (True, False)


async def test_a_failure_frees_the_turn() -> None:
    async def fail() -> None:
        raise ValueError

    lane = Lane()
    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011 - any of it
            await lane.take(fail)


async def test_a_dear_query_costs_more_than_a_cheap_one() -> None:
    cheap, dear = context_of(ANONYMOUS, "en", NOW), replace(context_of(ANONYMOUS, "en", NOW))
    await schema.execute(CHEAP + " #", context_value=cheap)
    assert (0 < cheap.bill.cost < DEAR / 5, dear.bill.cost) == (True, 0)

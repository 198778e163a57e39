"""Two server processes on one database keep every rule together."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter

import pytest

from domain.people.caller import Caller
from tests.builders.people import a_caller
from tests.builders.redemption import an_offer
from tests.domain.redemption.redeeming_process import Wish
from tests.domain.redemption.sums import balance_of, broken_sums, remaining_of

pytestmark = pytest.mark.usefixtures("database")

MODULE = "tests.domain.redemption.redeeming_process"
Outcomes = list[int | str]


async def started(url: str) -> Process:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", MODULE, url, stdin=PIPE, stdout=PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    return process


async def send(process: Process, wishes: list[Wish]) -> Outcomes:
    out, _ = await process.communicate(json.dumps(wishes).encode() + b"\n")
    assert process.returncode == 0
    answers: Outcomes = json.loads(out)
    return answers


async def in_two_processes(url: str, first: list[Wish], second: list[Wish]) -> tuple[Outcomes, Outcomes]:
    """What each process answers to its wishes. Both are ready before either begins."""
    processes = await asyncio.gather(started(url), started(url))
    here, there = await asyncio.gather(send(processes[0], first), send(processes[1], second))
    return here, there


async def a_resident_id(points: int = 0) -> int:
    return (await a_caller(points=points)).signed_in()


def counted(outcomes: Outcomes) -> Counter[str]:
    return Counter(answer if isinstance(answer, str) else "done" for answer in outcomes)


async def test_the_same_intents_in_two_processes_are_done_once(database_url: str) -> None:
    offer = await an_offer(cost=10, stock=100)
    residents = [await a_resident_id(points=10) for _ in range(30)]
    wishes: list[Wish] = [(resident, offer.session_id, 1, "the same key") for resident in residents]
    here, there = await in_two_processes(database_url, wishes, wishes[::-1])
    assert here == there[::-1]
    assert len({order for order in here if isinstance(order, int)}) == 30
    assert await remaining_of(offer) == 70
    assert await broken_sums() == []


async def test_two_processes_sell_no_ticket_too_many(database_url: str) -> None:
    """80 intents of 20 people for 25 tickets."""
    offer = await an_offer(cost=10, stock=25, limit_per_resident=2)
    residents = [await a_resident_id(points=30) for _ in range(20)]
    here, there = await in_two_processes(
        database_url,
        [(resident, offer.session_id, 1, f"first-{turn}") for turn in range(2) for resident in residents],
        [(resident, offer.session_id, 1, f"second-{turn}") for turn in range(2) for resident in residents],
    )
    outcomes = counted(here + there)
    assert outcomes["done"] == 25
    assert set(outcomes) <= {"done", "SOLD_OUT", "LIMIT_PER_RESIDENT"}
    assert await remaining_of(offer) == 0
    assert await broken_sums() == []


async def test_two_processes_spend_no_point_twice(database_url: str) -> None:
    offers = [await an_offer(cost=10, limit_per_resident=50) for _ in range(2)]
    resident = await a_resident_id(points=75)
    here, there = await in_two_processes(
        database_url,
        [(resident, offer.session_id, 1, f"first-{turn}-{offer.id}") for turn in range(10) for offer in offers],
        [(resident, offer.session_id, 1, f"second-{turn}-{offer.id}") for turn in range(10) for offer in offers],
    )
    assert counted(here + there) == {"done": 7, "INSUFFICIENT_POINTS": 33}
    assert await balance_of(Caller(resident)) == 5
    assert await broken_sums() == []

"""Whatever is attested, approved, rejected and voided, in any order and at once: no figure is ever paid twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.claims.attest_claim import attest_claim
from domain.people.caller import Caller
from domain.refusals import Refusal
from storage import fetch, read
from tests.builders.claims import (
    TODAY,
    Station,
    a_station,
    approve,
    attested_figure,
    attesting,
    claim_row,
    points_of,
    reject,
    void,
)
from tests.builders.people import a_resident
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")

ALONE, ROUNDS, AT_ONCE = 60, 5, 8
LIMIT = 1000


@dataclass
class Model:
    """One resident, in a few lines: the figures that stand, up to which of them it was paid, and when which of them alone."""

    standing: list[int] = field(default_factory=list)
    paid: int = 0
    alone: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def attest(self, figure: int, now: datetime) -> bool:
        last = self.standing[-1] if self.standing else 0
        if figure <= last:
            return False
        lately = sum(points for points, at in self.alone.values() if at > now - timedelta(hours=24))
        if self.paid == last and lately + figure - last <= LIMIT:
            self.paid, self.alone[figure] = figure, (figure - last, now)
        self.standing.append(figure)
        return True

    def approve(self, figure: int) -> bool:
        waiting = [one for one in self.standing if one > self.paid]
        if not waiting or waiting[0] != figure:
            return False
        self.paid = figure
        return True

    def reject(self, figure: int) -> bool:
        if figure not in self.standing or figure <= self.paid:
            return False
        self.standing.remove(figure)
        return True

    def void(self, figure: int) -> bool:
        if figure not in self.standing or figure != self.paid:
            return False
        self.standing.remove(figure)
        self.alone.pop(figure, None)
        self.paid = max((one for one in self.standing if one < figure), default=0)
        return True


async def done(act: Coroutine[Any, Any, object]) -> bool:
    try:
        await act
    except Refusal:
        return False
    return True


async def test_what_is_paid_is_the_last_figure_that_was_approved() -> None:
    dice, station, resident_id = random.Random(2), await a_station(), await a_resident()
    model, claims, now = Model(), list[tuple[int, int]](), NOW
    for _ in range(ALONE):
        now += timedelta(hours=dice.choice([0, 0, 5, 20]))
        what = dice.choices(["attest", "approve", "reject", "void"], weights=[5, 3, 2, 1])[0]
        if what == "attest" or not claims:
            figure = (model.standing or [0])[-1] + dice.choice([-50, 0, 40, 400, 1000, 1001, 2500])
            wish = attesting(station, resident_id, figure)
            if figure > 0 and model.attest(figure, now):
                claims.append((await attest_claim(station.staff, wish, now), figure))
            elif figure > 0:
                assert not await done(attest_claim(station.staff, wish, now))
            continue
        claim_id, figure = dice.choice(claims[-4:])
        stands = (await claim_row(claim_id))[0] in ("PENDING", "APPROVED")
        caller = station.administrator if what == "void" else station.second
        assert await done(deciding(what, caller, claim_id)) == (stands and getattr(model, what)(figure)), (what, figure)
        await agrees(model, resident_id)
    assert await read(audit_everything) == []


def deciding(what: str, caller: Caller, claim_id: int) -> Coroutine[Any, Any, object]:
    if what == "void":
        return void(caller, claim_id)
    return (approve if what == "approve" else reject)(caller, claim_id)


async def agrees(model: Model, resident_id: int) -> None:
    """The wallet holds the last figure that was approved, the figure is the last that stands, and nothing lies between."""
    assert await points_of(resident_id) == model.paid
    assert (await attested_figure(resident_id))[0] == (model.standing or [0])[-1]


async def an_act(station: Station, people: list[int], dice: random.Random) -> Coroutine[Any, Any, object]:
    """Something that staff might do now."""
    claims = await fetch("SELECT id FROM claims ORDER BY id")
    what = dice.choices(["attest", "approve", "reject", "void"], weights=[5, 3, 2, 2])[0]
    if what == "attest" or not claims:
        wish = attesting(station, dice.choice(people), dice.randrange(1, 6000), seen_on=TODAY - timedelta(days=1))
        return attest_claim(dice.choice([station.staff, station.second]), wish, NOW)
    claim_id = dice.choice(claims)[0]
    deciders = [station.administrator] if what == "void" else [station.second, station.administrator]
    return deciding(what, dice.choice(deciders), claim_id)


async def test_at_once_too_nobody_is_paid_more_than_the_last_figure() -> None:
    dice, station, people = random.Random(3), await a_station(), [await a_resident() for _ in range(3)]
    for _ in range(ROUNDS):
        acts = [await an_act(station, people, dice) for _ in range(AT_ONCE)]
        for answer in await asyncio.gather(*acts, return_exceptions=True):
            assert not isinstance(answer, BaseException) or isinstance(answer, Refusal), answer
        for resident_id in people:
            approved = "SELECT COALESCE(MAX(figure), 0) FROM claims WHERE resident_id = ? AND status = 'APPROVED'"
            assert await points_of(resident_id) == (await fetch(approved, resident_id))[0][0]
    assert await read(audit_everything) == []

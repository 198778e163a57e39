"""How much a programme may issue: what it has issued is counted from the moment there is a budget, races included."""

from __future__ import annotations

import asyncio

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS, Caller
from domain.points.set_programme_budget import SetProgrammeBudgetWish, set_programme_budget
from domain.refusals import Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from ledger.posting import MAX_POINTS
from storage import fetch, read
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor
from tests.builders.volunteering import (
    AFTERWARDS,
    a_list,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.schema.client import mutate

pytestmark = pytest.mark.usefixtures("database")


def a_budget(points: int | None, programme: str = "xuexi") -> SetProgrammeBudgetWish:
    return SetProgrammeBudgetWish(programme=programme, budget=points)


async def kept() -> tuple[int | None, int]:
    """The budget, and what is counted against it."""
    budget, issued = (await fetch("SELECT budget, issued FROM programmes WHERE code = 'xuexi'"))[0]
    return budget, issued


async def refusal_of(caller: Caller, wish: SetProgrammeBudgetWish) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await set_programme_budget(caller, wish)
    return refused.value


async def test_what_was_issued_before_counts_against_a_new_budget() -> None:
    activity, administrator = await an_activity(points_rule=an_hourly_rule()), await an_administrator()
    first = await an_attendance(activity, await a_resident())
    await an_attendance(activity, await a_resident())
    wish = VoidAttendanceWish(attendance_id=first, reason="记错人", idempotency_key=a_key())
    await void_attendance(activity.organiser, wish, AFTERWARDS)
    payload = await mutate(
        "setProgrammeBudget", {"programme": "xuexi", "budget": 20}, administrator, answer="programme { budget issued }"
    )
    assert payload["programme"] == {"budget": 20, "issued": 7}
    people = [await a_resident() for _ in range(3)]
    rows = await log_attendance(activity.organiser, a_list(activity, *map(was_there, people)), AFTERWARDS)
    assert [row.refusal and row.refusal.code for row in rows] == [None, "BUDGET_EXHAUSTED", "BUDGET_EXHAUSTED"]
    await set_programme_budget(administrator, a_budget(None))
    rows = await log_attendance(activity.organiser, a_list(activity, *map(was_there, people[1:])), AFTERWARDS)
    assert [row.refusal for row in rows] == [None, None]
    await set_programme_budget(administrator, a_budget(28))
    assert await kept() == (28, 28)
    assert await read(audit_everything) == []


async def test_a_budget_is_never_below_what_was_issued() -> None:
    activity, administrator = await an_activity(points_rule=an_hourly_rule()), await an_administrator()
    await an_attendance(activity, await a_resident())
    refusal = await refusal_of(administrator, a_budget(6))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.reason, refusal.path, refusal.values) == ("budget_below_issued", ("budget",), {"issued": 7})
    assert await kept() == (None, 0)


async def test_who_is_being_paid_while_a_budget_is_set_is_counted() -> None:
    """Without the lock the sum would lack those who are paid at this moment, and the count would stay wrong for good."""
    administrator, people = await an_administrator(), [await a_resident() for _ in range(4)]
    activities = [await an_activity(points_rule=an_hourly_rule()) for _ in range(8)]
    paying = [
        log_attendance(activity.organiser, a_list(activity, *map(was_there, people)), AFTERWARDS)
        for activity in activities
    ]
    setting = [set_programme_budget(administrator, a_budget(points)) for points in (1000, None, 2000, None, 3000)]
    await asyncio.gather(*paying[:3], *setting[:2], *paying[3:6], *setting[2:4], *paying[6:], setting[4])
    assert (await kept())[1] in (0, 4 * 8 * 7)
    await set_programme_budget(administrator, a_budget(5000))
    assert await kept() == (5000, 4 * 8 * 7)
    assert await read(audit_everything) == []


async def test_only_administrators_set_the_budget_of_a_programme_that_is_there() -> None:
    await a_resident()
    for caller in (await a_caller(), await an_auditor()):
        assert isinstance(await refusal_of(caller, a_budget(5)), Forbidden)
    assert isinstance(await refusal_of(ANONYMOUS, a_budget(5)), Unauthenticated)
    administrator = await an_administrator()
    assert isinstance(await refusal_of(administrator, a_budget(5, "nowhere")), NotFound)
    for points in (-1, MAX_POINTS + 1):
        assert isinstance(await refusal_of(administrator, a_budget(points)), InvalidInput)

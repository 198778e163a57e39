"""Many at once: no place is given twice, and nobody is passed over."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.sign_up import sign_up
from domain.volunteering.states import SignUpStatus
from storage import fetch
from tests.builders.people import a_caller
from tests.builders.volunteering import Activity, a_shift, a_sign_up, an_activity
from tests.clock import NOW
from tests.domain.volunteering.counted import broken_rules, counts_of, outcomes, residents_with, status_of

pytestmark = pytest.mark.usefixtures("database")


def ask(caller: Caller, activity: Activity, shift_id: int | None = None) -> Coroutine[Any, Any, int]:
    return sign_up(caller, shift_id or activity.shift_id, NOW)


async def test_200_people_race_for_20_places_and_a_cancellation_promotes_the_first_in_line() -> None:
    activity = await an_activity(capacity=20)
    callers = [await a_caller() for _ in range(200)]
    ids = await asyncio.gather(*(ask(caller, activity) for caller in callers))
    assert await counts_of(activity) == (20, 180, 0)
    rows = await fetch("SELECT id, status, arrival FROM sign_ups ORDER BY arrival")
    assert [row[2] for row in rows] == list(range(1, 201))
    assert [row[1] for row in rows] == ["CONFIRMED"] * 20 + ["WAITLISTED"] * 180
    caller_of = dict(zip(ids, callers, strict=True))
    await cancel_sign_up(caller_of[rows[7][0]], rows[7][0], NOW)
    assert await status_of(rows[20][0]) is SignUpStatus.CONFIRMED
    assert await status_of(rows[21][0]) is SignUpStatus.WAITLISTED
    assert await counts_of(activity) == (20, 179, 0)
    assert await broken_rules() == []


async def test_two_shifts_of_one_activity_share_its_places() -> None:
    activity = await an_activity(capacity=15, shifts=[a_shift(capacity=10), a_shift(capacity=10)])
    callers = [await a_caller() for _ in range(40)]
    turns = zip(callers, activity.shift_ids * 20, strict=True)
    await asyncio.gather(*(ask(caller, activity, shift_id) for caller, shift_id in turns))
    assert await counts_of(activity) == (15, 25, 0)
    assert await broken_rules() == []


async def test_everyone_with_a_place_leaves_at_once_and_all_who_waited_have_one() -> None:
    activity = await an_activity(capacity=10)
    callers = [await a_caller() for _ in range(20)]
    ids = [await a_sign_up(activity, caller) for caller in callers]
    leaving = zip(callers[:10], ids[:10], strict=True)
    assert await outcomes(cancel_sign_up(caller, id_, NOW) for caller, id_ in leaving) == {"done": 10}
    waited = [caller.resident_id for caller in callers[10:]]
    assert await residents_with(activity, SignUpStatus.CONFIRMED) == waited
    assert await broken_rules() == []


async def test_those_who_wait_leave_while_places_fall_free_and_nobody_who_left_is_promoted() -> None:
    activity = await an_activity(capacity=10)
    callers = [await a_caller() for _ in range(30)]
    ids = [await a_sign_up(activity, caller) for caller in callers]
    leaving = [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16, 7, 17, 8, 18, 9, 19]
    assert await outcomes(cancel_sign_up(callers[at], ids[at], NOW) for at in leaving) == {"done": 20}
    stayed = [caller.resident_id for caller in callers[20:]]
    assert await residents_with(activity, SignUpStatus.CONFIRMED) == stayed
    assert await counts_of(activity) == (10, 0, 0)
    assert await broken_rules() == []


async def test_one_person_on_many_devices_has_one_sign_up() -> None:
    activity, caller = await an_activity(), await a_caller()
    assert await outcomes(ask(caller, activity) for _ in range(12)) == {"done": 1, "ALREADY_SIGNED_UP": 11}
    assert await counts_of(activity) == (1, 0, 0)


async def test_one_person_asks_for_overlapping_shifts_of_two_activities_at_once_and_gets_one() -> None:
    """Each activity is a lock of its own: only the resident's lock keeps both from seeing no overlap."""
    activities = [await an_activity() for _ in range(6)]
    caller = await a_caller()
    assert await outcomes(ask(caller, activity) for activity in activities) == {"done": 1, "CONFLICT": 5}
    assert await broken_rules() == []


async def test_a_waiting_list_takes_no_more_than_its_limit() -> None:
    activity = await an_activity(capacity=5, waitlist_limit=3)
    callers = [await a_caller() for _ in range(20)]
    assert await outcomes(ask(caller, activity) for caller in callers) == {"done": 8, "FULL": 12}
    assert await counts_of(activity) == (5, 3, 0)
    assert await broken_rules() == []


async def test_signing_up_while_the_activity_is_called_off_leaves_nobody_signed_up() -> None:
    activity = await an_activity(capacity=5)
    callers = [await a_caller() for _ in range(20)]
    calling_off = cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), NOW)
    asking = [ask(caller, activity) for caller in callers]
    counted = await outcomes([*asking[:10], calling_off, *asking[10:]])
    assert counted["done"] + counted["CANCELLED"] == 21
    assert await counts_of(activity) == (0, 0, 0)
    assert await broken_rules() == []


async def test_coming_and_going_crosswise_ends_with_counts_that_agree() -> None:
    """Acts that take the same rows in different orders would deadlock here."""
    activities = [await an_activity(capacity=3, shifts=[a_shift(capacity=2), a_shift(capacity=2)]) for _ in range(2)]
    callers = [await a_caller() for _ in range(12)]
    ids = [await a_sign_up(activities[0], caller, activities[0].shift_ids[i % 2]) for i, caller in enumerate(callers)]
    calls = []
    for turn, (caller, id_) in enumerate(zip(callers, ids, strict=True)):
        calls += [cancel_sign_up(caller, id_, NOW), ask(caller, activities[1], activities[1].shift_ids[turn % 2])]
    counted = await outcomes(calls)
    assert counted["done"] + counted["CONFLICT"] == len(calls)
    assert await broken_rules() == []

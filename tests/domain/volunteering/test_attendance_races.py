"""Lists that are sent at the same time: each person is recorded once and paid once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch
from tests.builders.keys import a_key
from tests.builders.people import a_resident, organiser_of
from tests.builders.volunteering import (
    AFTERWARDS,
    a_list,
    a_shift,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW
from tests.domain.volunteering.counted import balance_of, broken_rules, counts_of, outcomes

pytestmark = pytest.mark.usefixtures("database")


async def test_two_organisers_send_overlapping_lists_at_once() -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    other = await organiser_of(activity.host_id)
    people = [await a_resident() for _ in range(60)]
    first = a_list(activity, *(was_there(id_) for id_ in people[:40]))
    second = a_list(activity, *(was_there(id_) for id_ in reversed(people[20:])))
    answers = await asyncio.gather(
        log_attendance(activity.organiser, first, AFTERWARDS), log_attendance(other, second, AFTERWARDS)
    )
    counted = Counter(row.refusal.code if row.refusal else "done" for rows in answers for row in rows)
    assert counted == {"done": 60, "ALREADY_ATTENDED": 20}
    assert {await balance_of(id_) for id_ in people} == {7}
    assert await counts_of(activity) == (0, 0, 60)
    assert await broken_rules() == []


async def test_the_same_list_sent_eight_times_at_once_with_one_key_gets_eight_equal_answers() -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    people = [await a_resident() for _ in range(10)]
    wish = a_list(activity, *(was_there(id_) for id_ in people), was_there(1))
    answers = await asyncio.gather(*(log_attendance(activity.organiser, wish, AFTERWARDS) for _ in range(8)))
    assert len({tuple(row.attendance_id for row in rows) for rows in answers}) == 1
    assert {rows[-1].refusal.code for rows in answers if rows[-1].refusal} == {"NOT_FOUND"}
    assert await counts_of(activity) == (0, 0, 10)
    assert await broken_rules() == []


async def test_lists_of_several_activities_with_the_same_people_in_any_order_do_not_block_each_other_for_good() -> None:
    """Wallets that were locked in the order of the lists would deadlock here."""
    people = [await a_resident() for _ in range(30)]
    shifts = [a_shift(), a_shift()]
    activities = [await an_activity(points_rule=an_hourly_rule(), shifts=shifts) for _ in range(4)]
    wishes = [
        (activity, a_list(activity, *(was_there(id_) for id_ in (people if turn % 2 else reversed(people)))))
        for turn, activity in enumerate(activities)
    ]
    counted = await outcomes(log_attendance(activity.organiser, wish, AFTERWARDS) for activity, wish in wishes)
    assert counted == {"done": 4}
    assert {await balance_of(id_) for id_ in people} == {28}
    assert await broken_rules() == []


async def test_voided_by_five_at_once_the_points_are_taken_back_once() -> None:
    activity, resident_id = await an_activity(points_rule=an_hourly_rule()), await a_resident()
    attendance_id = await an_attendance(activity, resident_id)
    wishes = [
        VoidAttendanceWish(attendance_id=attendance_id, reason="记错人", idempotency_key=a_key()) for _ in range(5)
    ]
    counted = await outcomes(void_attendance(activity.organiser, wish, AFTERWARDS) for wish in wishes)
    assert counted == {"done": 1, "ALREADY_REVERSED": 4}
    assert await balance_of(resident_id) == 0
    assert await broken_rules() == []


async def test_cancelled_callers_leave_whole_lists_or_none() -> None:
    activities = [await an_activity(points_rule=an_hourly_rule()) for _ in range(12)]
    people = [await a_resident() for _ in range(5)]
    tasks = [
        asyncio.ensure_future(
            log_attendance(activity.organiser, a_list(activity, *(was_there(id_) for id_ in people)), AFTERWARDS)
        )
        for activity in activities
    ]
    for turn, task in enumerate(tasks):
        await asyncio.sleep(0)
        if turn % 3 == 0:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await an_attendance(await an_activity(now=NOW), people[0])
    counts = await fetch("SELECT DISTINCT attendance_count FROM activities WHERE points_cap > 0")
    assert {row[0] for row in counts} <= {0, 5}
    assert await broken_rules() == []

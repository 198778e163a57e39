"""What looks like bought hours raises an alarm, once, and keeps nobody from anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from domain.people.caller import Caller
from domain.people.member_code import make_member_code
from domain.people.naming import ByMemberCode
from domain.people.rights import Role
from domain.volunteering.alarms import MANY
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.reject_attendance import reject_attendance
from domain.volunteering.settle_alarm import SettleAlarmWish, settle_alarm
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, organiser_of, role_over
from tests.builders.volunteering import (
    AFTERWARDS,
    LONG_AFTERWARDS,
    STARTS,
    Activity,
    a_list,
    a_rejection,
    a_shift,
    an_activity,
    an_attendance,
    an_hourly_rule,
    remembered,
    was_there,
)
from tests.clock import NOW, later
from tests.domain.volunteering.counted import balance_of, broken_rules, outcomes, rows_of

pytestmark = pytest.mark.usefixtures("database")

MINUTES_LATER = later(hours=4, minutes=9)


async def alarms(kind: str) -> list[tuple[int, ...]]:
    """People, minutes and organiser of each."""
    sql = "SELECT people, minutes, organiser_id FROM alarms WHERE kind = ? ORDER BY id"
    return [tuple(row) for row in await rows_of(sql, kind)]


async def enters(caller: Caller, activity: Activity, people: list[int], now: datetime = AFTERWARDS) -> None:
    rows = await log_attendance(caller, a_list(activity, *(was_there(id_) for id_ in people)), now)
    assert [row.refusal for row in rows] == [None] * len(people)


async def two_activities_of_one_host() -> tuple[Activity, Activity]:
    first = await an_activity()
    return first, await an_activity(host_id=first.host_id, starts_at=later(hours=-1), ends_at=STARTS)


async def test_one_organiser_who_enters_many_people_within_minutes_is_noticed_over_several_lists() -> None:
    first, second = await two_activities_of_one_host()
    seller = first.organiser
    people = [await a_resident() for _ in range(MANY + 2)]
    await enters(seller, first, people[:30])
    await log_attendance(seller, a_list(second, *(was_there(id_, NOW) for id_ in people[:MANY])), MINUTES_LATER)
    assert await alarms("MANY_ENTRIES") == []  # people entered twice are no more people
    last = a_list(second, was_there(people[MANY], NOW))
    await log_attendance(seller, last, MINUTES_LATER)
    assert await alarms("MANY_ENTRIES") == [(MANY + 1, 10, seller.resident_id)]
    await log_attendance(seller, last, MINUTES_LATER)  # the answer was lost on the way
    await log_attendance(seller, a_list(second, was_there(people[MANY + 1], NOW)), MINUTES_LATER)
    assert await alarms("MANY_ENTRIES") == [(MANY + 2, 10, seller.resident_id)]


async def test_who_scans_is_not_counted_nor_who_takes_their_time_nor_who_shares_the_work() -> None:
    activity = await an_activity()
    people = [await a_resident() for _ in range(2 * MANY + 10)]
    scans = [AttendanceRecord(ByMemberCode(make_member_code(id_, STARTS).token), STARTS) for id_ in people[:20]]
    await log_attendance(activity.organiser, a_list(activity, *scans), AFTERWARDS)
    await enters(activity.organiser, activity, people[20 : MANY + 10], AFTERWARDS)
    await enters(activity.organiser, activity, people[MANY + 10 : MANY + 30], later(hours=4, minutes=10))
    await enters(await organiser_of(activity.host_id), activity, people[MANY + 30 :], later(hours=4, minutes=11))
    assert await alarms("MANY_ENTRIES") == []


async def test_ten_lists_at_once_are_counted_together() -> None:
    activities = [await an_activity()]
    for _ in range(3):
        activities.append(await an_activity(host_id=activities[0].host_id))
    seller, people = activities[0].organiser, [await a_resident() for _ in range(MANY + 10)]
    lists = [people[at::4] for at in range(4)]
    await asyncio.gather(*(enters(seller, one, some) for one, some in zip(activities, lists, strict=True)))
    found = await alarms("MANY_ENTRIES")
    assert found == [(MANY + 10, 10, seller.resident_id)]


async def test_once_settled_the_next_burst_is_another_alarm() -> None:
    activity = await an_activity()
    people = [await a_resident() for _ in range(MANY + 2)]
    await enters(activity.organiser, activity, people[:-1])
    (alarm_id,) = (await rows_of("SELECT id FROM alarms WHERE kind = 'MANY_ENTRIES'"))[0]
    await settle_alarm(await an_auditor(), a_settlement(alarm_id), AFTERWARDS)
    await enters(activity.organiser, activity, people[-1:], MINUTES_LATER)
    assert [row[0] for row in await alarms("MANY_ENTRIES")] == [MANY + 1, MANY + 2]


async def test_a_person_in_two_places_is_noticed_whoever_records_it_and_is_paid_all_the_same() -> None:
    """At one from one hour on, at the other from half an hour later: for one and a half hours at both."""
    market, clinic = await an_activity(points_rule=an_hourly_rule()), await an_activity(points_rule=an_hourly_rule())
    resident_id = await a_resident()
    first = await an_attendance(market, resident_id)
    wish = a_list(clinic, was_there(resident_id, later(hours=1, minutes=30)))
    (row,) = await log_attendance(clinic.organiser, wish, AFTERWARDS)
    await log_attendance(clinic.organiser, wish, AFTERWARDS)
    found = await rows_of("SELECT resident_id, activity_id, attendance_id, other_attendance_id, minutes FROM alarms")
    assert found == [(resident_id, clinic.id, row.attendance_id, first, 90)]
    assert await balance_of(resident_id) == 7 + 6
    assert await broken_rules() == []


async def test_one_after_the_other_or_in_two_shifts_of_one_activity_is_one_place() -> None:
    shifts = [a_shift(), a_shift()]
    morning, noon = (
        await an_activity(shifts=shifts),
        await an_activity(starts_at=later(hours=3), ends_at=later(hours=5)),
    )
    resident_id = await a_resident()
    for shift_id in morning.shift_ids:
        wish = replace(a_list(morning, was_there(resident_id)), shift_id=shift_id)
        await log_attendance(morning.organiser, wish, AFTERWARDS)
    await log_attendance(noon.organiser, a_list(noon, was_there(resident_id, later(hours=3))), AFTERWARDS)
    assert await alarms("TWO_PLACES") == []


async def test_what_was_voided_or_rejected_is_no_place() -> None:
    activities = [await an_activity() for _ in range(3)]
    resident_id = await a_resident()
    voided = await an_attendance(activities[0], resident_id)
    voiding = VoidAttendanceWish(attendance_id=voided, reason="记错人", idempotency_key=a_key())
    await void_attendance(activities[0].organiser, voiding, AFTERWARDS)
    wish = a_list(activities[1], remembered(resident_id))
    (row,) = await log_attendance(activities[1].organiser, wish, LONG_AFTERWARDS)
    colleague = await organiser_of(activities[1].host_id)
    await reject_attendance(colleague, a_rejection(row.attendance_id or 0), LONG_AFTERWARDS)
    await log_attendance(activities[2].organiser, a_list(activities[2], remembered(resident_id)), LONG_AFTERWARDS)
    assert await alarms("TWO_PLACES") == []


async def test_two_organisers_who_record_the_same_people_at_once_are_noticed() -> None:
    """In whatever order the people stand on their lists, and without points: nothing else makes them wait."""
    people = [await a_resident() for _ in range(5)]
    activities = [await an_activity() for _ in range(4)]
    await asyncio.gather(
        *(enters(one.organiser, one, people if turn % 2 else people[::-1]) for turn, one in enumerate(activities))
    )
    assert len(await alarms("TWO_PLACES")) == 5 * (4 * 3 // 2)


@pytest.mark.parametrize(("sent_at", "raised"), [(later(minutes=60), [(1, 60)]), (later(minutes=60, seconds=1), [])])
async def test_hours_recorded_right_after_the_activity_was_created_are_noticed(
    sent_at: datetime, raised: list[tuple[int, int]]
) -> None:
    activity = await an_activity(starts_at=NOW)
    await log_attendance(
        activity.organiser, a_list(activity, was_there(await a_resident(), NOW, later(minutes=30))), sent_at
    )
    assert [row[:2] for row in await alarms("RECORDED_AFTER_CREATION")] == raised


async def test_an_activity_that_was_created_after_its_own_shift_began_is_noticed_once_for_each_who_records() -> None:
    activity = await an_activity(starts_at=later(hours=-1))
    for _ in range(2):
        await log_attendance(activity.organiser, a_list(activity, was_there(await a_resident())), AFTERWARDS)
    colleague = await organiser_of(activity.host_id)
    await log_attendance(colleague, a_list(activity, was_there(await a_resident())), AFTERWARDS)
    found = await alarms("RECORDED_AFTER_CREATION")
    assert found == [(1, 240, activity.organiser.resident_id), (1, 240, colleague.resident_id)]


async def test_what_is_recorded_as_usual_raises_nothing() -> None:
    await an_attendance(await an_activity(), await a_resident())
    assert await rows_of("SELECT id FROM alarms") == []


def a_settlement(alarm_id: int, note: str = "已电话核实", key: str | None = None) -> SettleAlarmWish:
    return SettleAlarmWish(alarm_id=alarm_id, note=note, idempotency_key=key or a_key())


async def an_alarm() -> tuple[int, Activity, int]:
    """Somebody was in two places: the alarm, the activity that raised it, and who it was."""
    first, second = await an_activity(), await an_activity()
    resident_id = await a_resident()
    await an_attendance(first, resident_id)
    await an_attendance(second, resident_id)
    ((alarm_id,),) = await rows_of("SELECT id FROM alarms WHERE resident_id = ?", resident_id)
    return alarm_id, second, resident_id


async def test_whom_it_is_about_does_not_settle_it_whatever_their_roles() -> None:
    alarm_id, activity, resident_id = await an_alarm()
    for somebody in (activity.organiser.resident_id or 0, resident_id):
        await role_over(somebody, Role.ADMIN, organisation_id=activity.host_id)
        assert await outcomes([settle_alarm(Caller(somebody), a_settlement(alarm_id), AFTERWARDS)]) == {"NOT_FOUND": 1}
    assert await rows_of("SELECT settled_at, note FROM alarms") == [(None, None)]


async def test_readers_of_the_book_and_administrators_over_the_host_settle_it() -> None:
    administrator = await a_caller()
    for caller, code in (
        (await a_caller(), "NOT_FOUND"),
        (None, "NOT_FOUND"),
        (await an_auditor(), "done"),
        (await an_administrator(), "done"),
        (administrator, "done"),
    ):
        alarm_id, activity, _ = await an_alarm()
        await role_over(administrator.resident_id or 0, Role.ADMIN, organisation_id=activity.host_id)
        found = await outcomes(
            [settle_alarm(caller or await organiser_of(activity.host_id), a_settlement(alarm_id), AFTERWARDS)]
        )
        assert found == {code: 1}


async def test_it_is_settled_once_also_by_five_at_once_and_by_its_key() -> None:
    (alarm_id, _, _), auditors = await an_alarm(), [await an_auditor() for _ in range(5)]
    calls = [settle_alarm(auditor, a_settlement(alarm_id), AFTERWARDS) for auditor in auditors]
    assert await outcomes(calls) == {"done": 1, "ALREADY_DECIDED": 4}
    another = a_settlement((await an_alarm())[0])
    assert [await settle_alarm(auditors[0], another, AFTERWARDS) for _ in range(2)] == [another.alarm_id] * 2

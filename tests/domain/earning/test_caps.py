"""Caps that hold whatever arrives at once, and that get back what is voided."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from datetime import timedelta

import pytest

from domain.audit import audit_everything
from domain.earning.rule import CapPeriod, RuleKind
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch, read
from tests.builders.earning import a_cap, a_rule, a_rule_wish
from tests.builders.keys import a_key
from tests.builders.people import a_resident, an_administrator
from tests.builders.volunteering import (
    AFTERWARDS,
    STARTS,
    Activity,
    a_list,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.domain.earning.logging_process import Sent
from tests.domain.volunteering.counted import balance_of, broken_rules, rows_of
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")

MODULE = "tests.domain.earning.logging_process"
DAY = {CapPeriod.DAY: 5}


async def void(activity: Activity, attendance_id: int) -> None:
    wish = VoidAttendanceWish(attendance_id=attendance_id, reason="记错人", idempotency_key=a_key())
    await void_attendance(activity.organiser, wish, AFTERWARDS)


async def points_of(attendance_id: int) -> int:
    points: int = (await fetch("SELECT points_earned FROM attendances WHERE id = ?", attendance_id))[0][0]
    return points


async def test_many_lists_at_once_give_one_resident_exactly_the_cap() -> None:
    """Eight activities of two points each for the same three people, in any order: 16 points are asked for, 5 are given."""
    await a_rule(a_rule_wish(caps=DAY))
    people = [await a_resident() for _ in range(3)]
    activities = [await an_activity() for _ in range(8)]
    lists = [a_list(one, *map(was_there, people if turn % 2 else people[::-1])) for turn, one in enumerate(activities)]
    await asyncio.gather(
        *(log_attendance(one.organiser, wish, AFTERWARDS) for one, wish in zip(activities, lists, strict=True))
    )
    assert {await balance_of(one) for one in people} == {5}
    assert await rows_of("SELECT DISTINCT used, cap FROM award_counters") == [(5, 5)]
    assert await broken_rules() == []
    assert await read(audit_everything) == []


async def test_two_processes_together_give_no_point_above_the_cap(database_url: str) -> None:
    administrator = await an_administrator()
    await a_rule(a_rule_wish(caps=DAY), administrator)
    await a_rule(a_cap(day=17), administrator)
    people = [await a_resident() for _ in range(3)]
    activities = [await an_activity(points_rule=an_hourly_rule(per_attendance=1, per_hour=1)) for _ in range(8)]
    lists: list[Sent] = [(one.organiser.signed_in(), one.shift_id, people, a_key()) for one in activities]
    processes = await asyncio.gather(started(database_url), started(database_url))
    answers = await asyncio.gather(send(processes[0], lists[:4]), send(processes[1], lists[4:]))
    assert sum(sum(points) for lists_of_one in answers for points in lists_of_one) == 3 * 17
    assert {await balance_of(one) for one in people} == {17}
    assert await read(audit_everything) == []


async def started(url: str) -> Process:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", MODULE, url, stdin=PIPE, stdout=PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    return process


async def send(process: Process, lists: list[Sent]) -> list[list[int]]:
    out, _ = await process.communicate(json.dumps(lists).encode() + b"\n")
    assert process.returncode == 0
    answers: list[list[int]] = json.loads(out)
    return answers


async def test_what_is_voided_may_be_earned_again() -> None:
    administrator, resident = await an_administrator(), await a_resident()
    await a_rule(a_rule_wish(caps={CapPeriod.DAY: 3, CapPeriod.TOTAL: 3}), administrator)
    await a_rule(a_rule_wish("first", RuleKind.FIRST_OF_DAY, 4), administrator)
    activities = [await an_activity() for _ in range(4)]
    first, second = [await an_attendance(one, resident) for one in activities[:2]]
    assert [await points_of(first), await points_of(second)] == [6, 1]
    await void(activities[0], first)
    assert await points_of(await an_attendance(activities[2], resident)) == 6
    await void(activities[1], second)
    assert await points_of(await an_attendance(activities[3], resident)) == 1
    assert await balance_of(resident) == 7
    assert await read(audit_everything) == []


async def test_voiding_what_was_not_enough_for_the_first_of_the_day_leaves_the_one_that_was() -> None:
    resident, activities = await a_resident(), [await an_activity() for _ in range(3)]
    await a_rule(a_rule_wish("first", RuleKind.FIRST_OF_DAY, 4, least_share=60))
    left_early = a_list(activities[0], was_there(resident, left=STARTS + timedelta(minutes=30)))
    (row,) = await log_attendance(activities[0].organiser, left_early, AFTERWARDS)
    assert await points_of(await an_attendance(activities[1], resident)) == 4
    await void(activities[0], row.attendance_id or 0)
    assert await points_of(await an_attendance(activities[2], resident)) == 0
    assert await read(audit_everything) == []


async def test_what_was_cut_to_nothing_is_kept_with_its_reason_and_no_transfer() -> None:
    resident = await a_resident()
    rule_id = await a_rule(a_rule_wish(caps={CapPeriod.TOTAL: 2}))
    await an_attendance(await an_activity(), resident)
    attendance = await an_attendance(await an_activity(), resident)
    sql = """SELECT w.would_have_given, w.points, w.cut_by, w.cut_rule_id, w.cut_limit, w.transfer_id, d.transfer_id
        FROM awards w JOIN attendances d ON d.id = w.attendance_id WHERE d.id = ?"""
    assert await rows_of(sql, attendance) == [(2, 0, "TOTAL_CAP", rule_id, 2, None, None)]


async def test_a_programme_without_rules_pays_what_the_activity_says_and_counts_nothing() -> None:
    resident = await a_resident()
    await an_attendance(await an_activity(points_rule=an_hourly_rule(cap=6)), resident)
    assert await balance_of(resident) == 6
    sql = "SELECT rule_id, basis, would_have_given, points, cut_by, cut_limit FROM awards"
    assert await rows_of(sql) == [(None, 2, 7, 6, "ATTENDANCE_CAP", 6)]
    assert await rows_of("SELECT 1 FROM award_counters") == []


TAMPERING = {
    "UPDATE awards SET points = points - 1, would_have_given = would_have_given - 1 WHERE points > 1": {
        "award_sums",
        "award_counters",
    },
    "DELETE FROM awards WHERE position = 0": {"award_sums", "award_counters", "award_positions"},
    "UPDATE awards SET local_day = '2024-01-01'": {"award_rules", "award_counters"},
    "UPDATE award_counters SET used = used + 9, cap = NULL": {"award_counters", "award_caps"},
    "UPDATE award_counters SET cap = 99": {"award_caps"},
    "DELETE FROM award_counters": {"award_counters"},
    "UPDATE earning_rules SET valid_from = '2023-12-01', valid_until = '2023-12-31' WHERE code = 'hourly'": {
        "award_rules"
    },
    "UPDATE earning_rules SET valid_until = '2999-01-01' WHERE version = 1 AND code = 'often'": {"rule_days"},
}


async def test_the_audit_finds_what_was_changed_behind_its_back(database_url: str) -> None:
    administrator, resident = await an_administrator(), await a_resident()
    for wish in (a_rule_wish(caps=DAY), a_rule_wish("often", caps=DAY), a_rule_wish("often", caps=DAY)):
        await a_rule(wish, administrator)
    await an_attendance(await an_activity(), resident)
    await void_and_log_again(resident)
    found = {}
    for statement in TAMPERING:
        async with tampered(database_url, statement) as reader:
            found[statement] = {finding.kind for finding in await audit_everything(reader)}
    assert found == TAMPERING
    assert await read(audit_everything) == []


async def void_and_log_again(resident: int) -> None:
    activity = await an_activity()
    await void(activity, await an_attendance(activity, resident))
    await an_attendance(activity, resident)

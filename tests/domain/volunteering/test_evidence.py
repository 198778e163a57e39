"""How well it is known that somebody was there, and what a rule pays for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.people.member_code import make_member_code
from domain.people.naming import ById, ByMemberCode, ByPhone
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.evidence import LIST_WAITS_FOR, EvidenceGrade, grade_of, reaches
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.logged_row import LoggedRow
from domain.volunteering.points_rule import PointsRule, line_of
from tests.builders.people import a_phone, a_resident
from tests.builders.volunteering import AFTERWARDS, ENDS, STARTS, Activity, a_list, an_activity, an_hourly_rule
from tests.clock import NOW, later
from tests.domain.volunteering.counted import balance_of, broken_rules, rows_of

IN_AND_OUT, ONCE, LIST, ENTERED = EvidenceGrade
TOO_LATE = ENDS + LIST_WAITS_FOR + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("scans", "sent_at", "grade"),
    [
        (2, TOO_LATE, IN_AND_OUT),
        (1, TOO_LATE, ONCE),
        (0, NOW, LIST),
        (0, ENDS + LIST_WAITS_FOR, LIST),
        (0, TOO_LATE, ENTERED),
    ],
)
def test_what_was_scanned_keeps_its_grade_and_a_list_has_a_day(
    scans: int, sent_at: datetime, grade: EvidenceGrade
) -> None:
    assert grade_of(scans, ENDS, sent_at) is grade


def test_a_stronger_grade_is_enough_and_a_weaker_is_not() -> None:
    found = {lowest: [grade for grade in EvidenceGrade if reaches(grade, lowest)] for lowest in EvidenceGrade}
    assert found == {
        IN_AND_OUT: [IN_AND_OUT],
        ONCE: [IN_AND_OUT, ONCE],
        LIST: [IN_AND_OUT, ONCE, LIST],
        ENTERED: [IN_AND_OUT, ONCE, LIST, ENTERED],
    }


@pytest.mark.parametrize(("minutes", "paid"), [(71, False), (72, True), (120, True)])
def test_the_least_share_is_exactly_enough(minutes: int, paid: object) -> None:
    rule = PointsRule(per_attendance=5, cap=9, least_share=60)
    line = line_of(rule, ENTERED, timedelta(minutes=minutes), timedelta(hours=2))
    assert line
    assert (line.points > 0) is paid


def a_code(resident_id: int, at: datetime) -> str:
    return make_member_code(resident_id, at).token


def scanned(
    resident_id: int, came: datetime = STARTS, left: datetime | None = None, out: int | None = None
) -> AttendanceRecord:
    """A record by member code; `out` is whose code was scanned as they left."""
    code = a_code(out, left or ENDS) if out is not None else None
    return AttendanceRecord(ByMemberCode(a_code(resident_id, came)), came, left, code)


async def sent(activity: Activity, *records: AttendanceRecord, now: datetime = AFTERWARDS) -> tuple[LoggedRow, ...]:
    return await log_attendance(activity.organiser, a_list(activity, *records), now)


@pytest.mark.usefixtures("database")
async def test_each_record_shows_how_well_it_is_known() -> None:
    activity, phone = await an_activity(), a_phone()
    both, once, picked = await a_resident(), await a_resident(), await a_resident()
    told, out_only = await a_resident(phone=phone), await a_resident()
    rows = await sent(
        activity,
        scanned(both, left=ENDS, out=both),
        scanned(once),
        AttendanceRecord(ById(picked), STARTS),
        AttendanceRecord(ByPhone(phone), STARTS),
        AttendanceRecord(ById(out_only), STARTS, ENDS, a_code(out_only, ENDS)),
    )
    assert [row.refusal for row in rows] == [None] * 5
    found = {row[0]: row[1] for row in await rows_of("SELECT resident_id, grade FROM attendances")}
    assert found == {both: IN_AND_OUT, once: ONCE, picked: LIST, told: LIST, out_only: ONCE}


@pytest.mark.usefixtures("database")
async def test_a_code_at_the_check_out_is_the_same_persons_and_of_that_time() -> None:
    activity, neighbour = await an_activity(), await a_resident()
    people = [await a_resident() for _ in range(4)]
    late = replace(scanned(people[1], left=ENDS, out=people[1]), checked_out_at=ENDS - timedelta(minutes=5))
    rows = await sent(
        activity,
        scanned(people[0], left=ENDS, out=neighbour),
        late,
        scanned(people[2], out=people[2]),
        replace(scanned(people[3], left=ENDS), check_out_code="x" * 40),
    )
    found = [(row.refusal.code, row.refusal.path and row.refusal.path[2:]) for row in rows if row.refusal]
    assert found == [
        ("INVALID_INPUT", ("checkOutMemberCode",)),
        ("CODE_EXPIRED", ("checkOutMemberCode",)),
        ("INVALID_INPUT", ("checkedOutAt",)),
        ("INVALID_INPUT", ("checkOutMemberCode",)),
    ]
    assert await rows_of("SELECT id FROM attendances") == []


@pytest.mark.usefixtures("database")
async def test_only_scanned_hours_count_for_points_and_three_fifths_must_be_attended() -> None:
    """The rule most schemes have. 72 of 120 minutes are three fifths, and one whole hour."""
    rule = replace(an_hourly_rule(), lowest_grade=ONCE, least_share=60)
    activity = await an_activity(points_rule=rule)
    enough, short, listed = await a_resident(), await a_resident(), await a_resident()
    rows = await sent(
        activity,
        scanned(enough, left=STARTS + timedelta(minutes=72)),
        scanned(short, left=STARTS + timedelta(minutes=71)),
        AttendanceRecord(ById(listed), STARTS),
    )
    assert [row.refusal for row in rows] == [None] * 3
    assert [await balance_of(id_) for id_ in (enough, short, listed)] == [6, 0, 0]
    assert await rows_of("SELECT SUM(served_seconds) FROM attendances") == [((72 + 71 + 120) * 60,)]
    assert await broken_rules() == []


@pytest.mark.usefixtures("database")
async def test_scans_that_wait_longer_than_a_list_may_stay_scans() -> None:
    activity, resident_id = await an_activity(points_rule=an_hourly_rule()), await a_resident()
    (row,) = await sent(activity, scanned(resident_id), now=later(hours=48))
    assert row.refusal is None
    assert await rows_of("SELECT grade, points_earned FROM attendances") == [(ONCE, 7)]

"""Activities, sign-ups and attendances for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from domain.people.caller import Caller
from domain.people.naming import ById
from domain.volunteering.activity_wish import CreateActivityWish, ShiftWish
from domain.volunteering.approve_attendance import ApproveAttendanceWish
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.create_activity import create_activity
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.points_rule import PointsRule
from domain.volunteering.reject_attendance import RejectAttendanceWish
from domain.volunteering.sign_up import sign_up
from domain.volunteering.states import ActivityKind
from storage import fetch
from tests.builders.keys import a_key
from tests.builders.people import PROGRAMME, a_caller, organiser_of
from tests.builders.places import an_area, an_organisation
from tests.clock import NOW, later

numbers = count(1)

# By default sign-up is open at NOW, AFTERWARDS is a good time to send in who came, and LONG_AFTERWARDS nobody's list is any
# more: somebody else has to approve what is entered.
STARTS = later(hours=1)
ENDS = later(hours=3)
AFTERWARDS = later(hours=4)
LONG_AFTERWARDS = later(hours=28)
NOTHING_EARNED = PointsRule(cap=0)


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity, its shifts in order, and one of its organisers."""

    id: int
    host_id: int
    shift_ids: tuple[int, ...]
    organiser: Caller

    @property
    def shift_id(self) -> int:
        """The only shift, or the first."""
        return self.shift_ids[0]


def an_hourly_rule(
    per_attendance: int = 5, per_hour: int = 1, cap: int = 100, programme: str = PROGRAMME
) -> PointsRule:
    """By default 7 points for the whole of the usual two hours."""
    return PointsRule(programme=programme, per_attendance=per_attendance, per_hour=per_hour, cap=cap)


def a_shift(
    starts_at: datetime = STARTS, ends_at: datetime = ENDS, capacity: int | None = None, name: str = "示例班次"
) -> ShiftWish:
    """A shift to be."""
    return ShiftWish(name=name, starts_at=starts_at, ends_at=ends_at, capacity=capacity)


async def an_activity_wish(
    *,
    host_id: int,
    title: str = "示例义诊",
    area_code: str | None = None,
    starts_at: datetime = STARTS,
    ends_at: datetime = ENDS,
    sign_up_closes_at: datetime | None = None,
    capacity: int | None = None,
    waitlist_limit: int = 500,
    points_rule: PointsRule = NOTHING_EARNED,
    shifts: Sequence[ShiftWish] = (),
    publish: bool = True,
) -> CreateActivityWish:
    """What an organiser would send, in an area that is there."""
    if area_code is None:
        area_code = f"RC-A{next(numbers)}"
        await an_area(code=area_code)
    return CreateActivityWish(
        kind=ActivityKind.CLINIC,
        title=title,
        summary="为居民望舌、把脉",
        host_id=host_id,
        area_code=area_code,
        venue="示例社区广场",
        starts_at=starts_at,
        ends_at=ends_at,
        sign_up_closes_at=sign_up_closes_at,
        capacity=capacity,
        waitlist_limit=waitlist_limit,
        points_rule=points_rule,
        shifts=tuple(shifts),
        publish=publish,
    )


async def an_activity(
    *,
    host_id: int | None = None,
    title: str = "示例义诊",
    area_code: str | None = None,
    starts_at: datetime = STARTS,
    ends_at: datetime = ENDS,
    sign_up_closes_at: datetime | None = None,
    capacity: int | None = None,
    waitlist_limit: int = 500,
    points_rule: PointsRule = NOTHING_EARNED,
    shifts: Sequence[ShiftWish] = (),
    publish: bool = True,
    now: datetime = NOW,
) -> Activity:
    """An activity by an organiser of its host; without shifts given, with one of its own length."""
    host_id = host_id or await an_organisation()
    organiser = await organiser_of(host_id)
    wish = await an_activity_wish(
        host_id=host_id,
        title=title,
        area_code=area_code,
        starts_at=starts_at,
        ends_at=ends_at,
        sign_up_closes_at=sign_up_closes_at,
        capacity=capacity,
        waitlist_limit=waitlist_limit,
        points_rule=points_rule,
        shifts=shifts,
        publish=publish,
    )
    activity_id = await create_activity(organiser, wish, now)
    rows = await fetch("SELECT id FROM shifts WHERE activity_id = ? ORDER BY position", activity_id)
    return Activity(activity_id, host_id, tuple(row[0] for row in rows), organiser)


async def a_sign_up(activity: Activity, caller: Caller | None = None, shift_id: int | None = None) -> int:
    """Somebody signed up."""
    return await sign_up(caller or await a_caller(), shift_id or activity.shift_id, NOW)


def was_there(resident_id: int, came: datetime = STARTS, left: datetime | None = None) -> AttendanceRecord:
    """A row of an organiser's list."""
    return AttendanceRecord(ById(resident_id), came, left)


def remembered(
    resident_id: int, came: datetime = STARTS, left: datetime = ENDS, reason: str = "当天没有网络"
) -> AttendanceRecord:
    """What an organiser enters when the list is long overdue."""
    return AttendanceRecord(ById(resident_id), came, left, reason=reason)


def a_list(activity: Activity, *records: AttendanceRecord, key: str | None = None) -> LogAttendanceWish:
    """The wish to record who came to the activity's first shift."""
    return LogAttendanceWish(shift_id=activity.shift_id, records=records, idempotency_key=key or a_key())


async def an_attendance(activity: Activity, resident_id: int) -> int:
    """Somebody was there and it was recorded."""
    wish = a_list(activity, was_there(resident_id))
    (row,) = await log_attendance(activity.organiser, wish, AFTERWARDS)
    assert row.attendance_id, row.refusal
    return row.attendance_id


async def a_pending_attendance(activity: Activity, resident_id: int) -> int:
    """Somebody was there, says the organiser, who entered it long afterwards."""
    wish = a_list(activity, remembered(resident_id))
    (row,) = await log_attendance(activity.organiser, wish, LONG_AFTERWARDS)
    assert row.attendance_id, row.refusal
    return row.attendance_id


def an_approval(attendance_id: int, key: str | None = None) -> ApproveAttendanceWish:
    """The wish that it counts."""
    return ApproveAttendanceWish(attendance_id=attendance_id, idempotency_key=key or a_key())


def a_rejection(attendance_id: int, reason: str = "名单上没有此人", key: str | None = None) -> RejectAttendanceWish:
    """The wish that it does not."""
    return RejectAttendanceWish(attendance_id=attendance_id, reason=reason, idempotency_key=key or a_key())

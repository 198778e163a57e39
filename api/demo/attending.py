"""Who signed up for the demo's activities, and who came. Told again, it changes nothing."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from api.demo.activities import VOLUNTEER_RULE, DemoActivity
from api.demo.announcing import organiser_of
from api.demo.coming import NamedAt, picked, scanned_mostly
from api.demo.town import Demo
from domain.people.caller import Caller
from domain.people.naming import ById
from domain.refusals import AlreadySignedUp
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.sign_up import sign_up
from storage import Row, fetch
from storage.instants import from_micros

LONG_AGO = -4  # days: what was forgotten there is entered afterwards
LATECOMERS_STAY_AWAY = 8  # of those who signed up, each eighth does not come


async def play_activity(demo: Demo, activity: DemoActivity, first_resident: int) -> None:
    """People signed up for the activity, and if it lies behind they have been there."""
    organiser = organiser_of(demo, activity)
    sql = "SELECT id, starts_at, ends_at FROM shifts WHERE activity_id = ? ORDER BY position"
    shifts = await fetch(sql, demo.activities[activity.title])
    shift = shifts[-1] if activity.shifts else shifts[0]
    attendees, absent = [], []
    for number in range(activity.sign_ups):
        resident = demo.resident(first_resident + number)
        with contextlib.suppress(AlreadySignedUp):
            await sign_up(resident, shift[0], demo.announced_at + timedelta(hours=number))
        if number % LATECOMERS_STAY_AWAY != LATECOMERS_STAY_AWAY - 1:
            attendees.append(resident)
        else:
            absent.append(resident)
    if activity.over:
        named = scanned_mostly if activity.rule is VOLUNTEER_RULE else picked
        await log_attendees(organiser, shift, [named(number, each) for number, each in enumerate(attendees)])
    if activity.day <= LONG_AGO and absent:
        await enter_afterwards(organiser, shift, absent[0])


async def log_attendees(organiser: Caller, shift: Row, attendees: list[NamedAt]) -> None:
    """The organiser logs everybody who came, an hour after the end; some forgot to check out."""
    shift_id, starts_at, ends_at = shift[0], from_micros(shift[1]), from_micros(shift[2])
    records = tuple(
        AttendanceRecord(
            attendee=each(starts_at - timedelta(minutes=number % 10)),
            checked_in_at=starts_at - timedelta(minutes=number % 10),
            checked_out_at=None if number % 5 == 4 else ends_at,
        )
        for number, each in enumerate(attendees)
    )
    wish = LogAttendanceWish(shift_id=shift_id, records=records, idempotency_key=f"demo-attendance-{shift_id}")
    rows = await log_attendance(organiser, wish, ends_at + timedelta(hours=1))
    assert all(row.refusal is None for row in rows), rows


async def enter_afterwards(organiser: Caller, shift: Row, forgotten: Caller) -> None:
    """Two days later the organiser remembers somebody: that waits for a second person."""
    shift_id, starts_at, ends_at = shift[0], from_micros(shift[1]), from_micros(shift[2])
    record = AttendanceRecord(ById(forgotten.signed_in()), starts_at, ends_at, reason="当天手机没电，事后补录（示例）")
    wish = LogAttendanceWish(shift_id=shift_id, records=(record,), idempotency_key=f"demo-afterwards-{shift_id}")
    (row,) = await log_attendance(organiser, wish, ends_at + timedelta(days=2))
    assert row.refusal is None, row

"""Recording who came: what it earns, every answer a row can get, and what a retry is answered."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.member_code import make_member_code
from domain.people.naming import ById, ByMemberCode, ByPhone
from domain.refusals import (
    ActivityCancelled,
    AlreadyAttended,
    BudgetExhausted,
    Forbidden,
    InvalidInput,
    KeyReused,
    NotFound,
    NotOpen,
    Refusal,
    Unauthenticated,
)
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.attendee import Attendee, Unreadable
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.logged_row import LoggedRow
from ledger.accounts import create_programme
from storage import Transaction, current_database, fetch, write
from tests.builders.people import SHANGHAI, a_caller, a_phone, a_resident, organiser_of
from tests.builders.volunteering import (
    AFTERWARDS,
    ENDS,
    STARTS,
    Activity,
    a_list,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW, later
from tests.domain.volunteering.counted import balance_of, broken_rules, counts_of, rows_of

pytestmark = pytest.mark.usefixtures("database")


async def logged(
    activity: Activity, *records: AttendanceRecord, now: datetime = AFTERWARDS, key: str | None = None
) -> tuple[LoggedRow, ...]:
    return await log_attendance(activity.organiser, a_list(activity, *records, key=key), now)


def said(row: LoggedRow) -> tuple[str, ...]:
    """Code, path and reason of a row's refusal, for tables."""
    assert row.attendance_id is None
    assert row.refusal, "a row is one or the other"
    reason = getattr(row.refusal, "reason", None)
    return (row.refusal.code, "/".join(row.refusal.path or ()), *([reason] if reason else []))


async def refusal_of(caller: Caller, wish: LogAttendanceWish, now: datetime = AFTERWARDS) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await log_attendance(caller, wish, now)
    return caught.value


async def test_who_came_is_recorded_and_paid() -> None:
    activity, resident_id = await an_activity(points_rule=an_hourly_rule()), await a_resident()
    (row,) = await logged(activity, was_there(resident_id, STARTS, later(hours=2, minutes=45)))
    rows = await rows_of(
        """SELECT d.activity_id, d.shift_id, d.resident_id, d.served_seconds, d.method, d.recorded_by_id, d.points_earned,
           p.kind, p.amount, p.source_kind, p.source_id, p.memo, p.posted_by_id FROM attendances d
           JOIN transfers p ON p.id = d.transfer_id WHERE d.id = ?""",
        row.attendance_id,
    )
    organiser = activity.organiser.resident_id
    facts = (activity.id, activity.shift_id, resident_id, 105 * 60, "ORGANISER", organiser, 6)
    assert rows == [(*facts, "EARN", 6, "Attendance", row.attendance_id, "示例义诊", organiser)]
    assert await balance_of(resident_id) == 6
    assert await counts_of(activity) == (0, 0, 1)
    assert await broken_rules() == []


async def test_without_a_check_out_they_stayed_until_the_end() -> None:
    activity, resident_id = await an_activity(points_rule=an_hourly_rule()), await a_resident()
    await logged(activity, was_there(resident_id))
    rows = await rows_of("SELECT checked_out_at - checked_in_at, served_seconds FROM attendances")
    assert rows == [((ENDS - STARTS) // timedelta(microseconds=1), 7200)]
    assert await balance_of(resident_id) == 7


async def test_where_nothing_is_earned_there_is_no_transfer() -> None:
    activity = await an_activity()
    await logged(activity, was_there(await a_resident()))
    assert await rows_of("SELECT points_earned, transfer_id FROM attendances") == [(0, None)]
    assert await fetch("SELECT id FROM transfers") == []
    assert await broken_rules() == []


async def test_people_are_picked_scanned_or_told() -> None:
    activity, phone = await an_activity(), a_phone()
    picked, scanned, told = await a_resident(), await a_resident(), await a_resident(phone=phone)
    code = make_member_code(scanned, STARTS).token
    attendees: list[Attendee] = [ById(picked), ByMemberCode(code), ByPhone(phone.removeprefix("+86"))]
    rows = await logged(activity, *(AttendanceRecord(attendee, STARTS) for attendee in attendees))
    assert [row.refusal for row in rows] == [None, None, None]
    kept = await rows_of("SELECT id, resident_id, method FROM attendances ORDER BY id")
    assert kept == [
        (rows[0].attendance_id, picked, "ORGANISER"),
        (rows[1].attendance_id, scanned, "MEMBER_CODE"),
        (rows[2].attendance_id, told, "ORGANISER"),
    ]


async def test_subscribers_of_the_activity_and_of_the_wallet_are_told() -> None:
    activity, resident_id = await an_activity(points_rule=an_hourly_rule()), await a_resident()
    wallet_id = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    changes = current_database().changes
    async with changes.subscribe(f"activity:{activity.id}") as told, changes.subscribe(f"wallet:{wallet_id}") as paid:
        await logged(activity, was_there(resident_id))
        assert told.is_set()
        assert paid.is_set()


WRONG_TIMES = [
    (later(minutes=-61), None, NOW, "checkedInAt", "checked_in_outside_shift"),
    (ENDS, None, AFTERWARDS, "checkedInAt", "checked_in_outside_shift"),
    (later(minutes=66), None, later(minutes=60), "checkedInAt", "checked_in_in_the_future"),
    (later(hours=2), later(hours=2), AFTERWARDS, "checkedOutAt", "checked_out_before_check_in"),
    (later(hours=2), later(hours=1), AFTERWARDS, "checkedOutAt", "checked_out_before_check_in"),
    (later(minutes=10), STARTS, AFTERWARDS, "checkedOutAt", "checked_out_before_shift"),
    (STARTS, later(hours=2, minutes=6), later(hours=2), "checkedOutAt", "checked_out_in_the_future"),
    (STARTS, None, ENDS - timedelta(seconds=1), "checkedOutAt", "not_checked_out_yet"),
]


@pytest.mark.parametrize(("came", "left", "now", "field", "reason"), WRONG_TIMES)
async def test_times_that_cannot_be_are_refused(
    came: datetime, left: datetime | None, now: datetime, field: str, reason: str
) -> None:
    activity = await an_activity()
    (row,) = await logged(activity, was_there(await a_resident(), came, left), now=now)
    assert said(row) == ("INVALID_INPUT", f"records/0/{field}", reason)


RIGHT_TIMES = [
    (later(hours=-1), None, AFTERWARDS, 7200),
    (later(hours=2, minutes=59), None, AFTERWARDS, 60),
    (later(minutes=64), later(minutes=65), later(minutes=60), 60),
    (STARTS, later(hours=3, minutes=50), AFTERWARDS, 7200),
    (STARTS, later(hours=2, minutes=4), later(hours=2), 64 * 60),
]


@pytest.mark.parametrize(("came", "left", "now", "seconds"), RIGHT_TIMES)
async def test_only_time_within_the_shift_is_served(
    came: datetime, left: datetime | None, now: datetime, seconds: int
) -> None:
    activity = await an_activity()
    (row,) = await logged(activity, was_there(await a_resident(), came, left), now=now)
    assert row.refusal is None
    assert await rows_of("SELECT served_seconds FROM attendances") == [(seconds,)]


async def test_each_attendee_who_cannot_be_read_is_answered_at_their_place() -> None:
    activity = await an_activity()
    scanned = await a_resident()
    old = make_member_code(scanned, STARTS - timedelta(minutes=2)).token
    foreign = InvalidInput(reason="malformed_id")
    attendees: list[Attendee] = [
        ById(1),
        ByPhone("13800000000"),
        ByPhone("0537-2345678"),
        ByPhone("\ud800\x00"),
        ByMemberCode("nonsense"),
        ByMemberCode(old),
        Unreadable("???", foreign),
    ]
    rows = await logged(activity, *(AttendanceRecord(attendee, STARTS) for attendee in attendees))
    assert [said(row) for row in rows] == [
        ("NOT_FOUND", "records/0/attendee/residentId"),
        ("NOT_FOUND", "records/1/attendee/phone"),
        ("INVALID_INPUT", "records/2/attendee/phone", "phone_not_mainland_mobile"),
        ("INVALID_INPUT", "records/3/attendee/phone", "phone_not_mainland_mobile"),
        ("INVALID_INPUT", "records/4/attendee/memberCode", "member_code_invalid"),
        ("CODE_EXPIRED", "records/5/attendee/memberCode", "member_code_expired"),
        ("INVALID_INPUT", "records/6/attendee/residentId", "malformed_id"),
    ]
    assert await fetch("SELECT id FROM attendances") == []


async def test_a_list_of_scans_waits_for_network_72_hours() -> None:
    activity, resident_id = await an_activity(), await a_resident()
    scan = AttendanceRecord(ByMemberCode(make_member_code(resident_id, STARTS).token), STARTS)
    (row,) = await logged(activity, scan, now=STARTS + timedelta(hours=72, seconds=1))
    assert said(row) == ("CODE_EXPIRED", "records/0/attendee/memberCode", "member_code_kept_too_long")
    (row,) = await logged(activity, scan, now=STARTS + timedelta(hours=72))
    assert row.refusal is None


async def test_the_same_person_is_recorded_once_however_they_are_named() -> None:
    activity, phone = await an_activity(points_rule=an_hourly_rule()), a_phone()
    resident_id = await a_resident(phone=phone)
    rows = await logged(activity, was_there(resident_id), AttendanceRecord(ByPhone(phone), STARTS))
    assert said(rows[1]) == ("ALREADY_ATTENDED", "records/1")
    (row,) = await logged(activity, AttendanceRecord(ByPhone(phone), STARTS))
    assert said(row) == ("ALREADY_ATTENDED", "records/0")
    assert await balance_of(resident_id) == 7
    assert await counts_of(activity) == (0, 0, 1)


async def test_a_bad_row_does_not_keep_a_good_one_of_the_same_person_out() -> None:
    activity, resident_id = await an_activity(), await a_resident()
    rows = await logged(activity, was_there(resident_id, ENDS), was_there(resident_id))
    assert [row.attendance_id is not None for row in rows] == [False, True]


async def test_an_exhausted_budget_is_answered_row_by_row() -> None:
    """17 points are left: two awards of 7 fit, and one of 1 that comes after two that do not."""

    async def body(tx: Transaction) -> None:
        await create_programme(tx, "volunteer", "志愿积分", SHANGHAI, 17, NOW)

    await write(body)
    rule = an_hourly_rule(per_attendance=1, per_hour=3, programme="volunteer")
    activity = await an_activity(points_rule=rule)
    people = [await a_resident() for _ in range(5)]
    short = was_there(people[4], STARTS, later(hours=1, minutes=30))
    rows = await logged(activity, *(was_there(resident_id) for resident_id in people[:4]), short)
    assert [type(row.refusal) for row in rows] == [type(None)] * 2 + [BudgetExhausted] * 2 + [type(None)]
    assert said(rows[2]) == ("BUDGET_EXHAUSTED", "records/2")
    assert await rows_of("SELECT issued FROM programmes WHERE code = 'volunteer'") == [(15,)]
    assert await broken_rules() == []


async def test_a_wallet_that_is_full_is_its_own_rows_matter() -> None:
    most = 2**53 - 1
    rule = an_hourly_rule(per_attendance=most, cap=most)
    full, other = await a_resident(points=1), await a_resident()
    rows = await logged(await an_activity(points_rule=rule), was_there(full), was_there(other))
    assert said(rows[0]) == ("INVALID_INPUT", "records/0", "wallet_full")
    assert await balance_of(other) == most


async def test_a_batch_of_500_with_7_bad_rows_counts_493_and_answers_the_same_again() -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    phones = [a_phone() for _ in range(100)]
    told = [await a_resident(phone=phone) for phone in phones]
    picked = [await a_resident() for _ in range(393)]
    before = await a_resident()
    await an_attendance(activity, before)
    records = [AttendanceRecord(ByPhone(phone), STARTS) for phone in phones] + [was_there(id_) for id_ in picked]
    bad = {
        3: was_there(picked[0], STARTS, STARTS),
        77: AttendanceRecord(ByPhone("110"), STARTS),
        120: AttendanceRecord(ByPhone("13800000000"), STARTS),
        250: was_there(before),
        333: AttendanceRecord(ByMemberCode("x" * 40), STARTS),
        400: was_there(picked[1], later(hours=-2)),
        499: was_there(told[0]),
    }
    for index, record in sorted(bad.items()):
        records.insert(index, record)
    wish = a_list(activity, *records)
    rows = await log_attendance(activity.organiser, wish, AFTERWARDS)
    assert {index: said(row)[:2] for index, row in enumerate(rows) if row.refusal} == {
        3: ("INVALID_INPUT", "records/3/checkedOutAt"),
        77: ("INVALID_INPUT", "records/77/attendee/phone"),
        120: ("NOT_FOUND", "records/120/attendee/phone"),
        250: ("ALREADY_ATTENDED", "records/250"),
        333: ("INVALID_INPUT", "records/333/attendee/memberCode"),
        400: ("INVALID_INPUT", "records/400/checkedInAt"),
        499: ("ALREADY_ATTENDED", "records/499"),
    }
    assert await counts_of(activity) == (0, 0, 494)
    again = await log_attendance(activity.organiser, wish, later(days=3))
    assert [row.attendance_id for row in again] == [row.attendance_id for row in rows]
    assert [row.refusal and dataclasses.asdict(row.refusal) for row in again] == [
        row.refusal and dataclasses.asdict(row.refusal) for row in rows
    ]
    assert await counts_of(activity) == (0, 0, 494)
    assert await rows_of("SELECT COUNT(*), SUM(amount) FROM transfers") == [(494, 494 * 7)]
    assert await broken_rules() == []


async def test_the_first_answer_comes_again_after_the_activity_was_called_off() -> None:
    activity, wish = await an_activity(), None
    wish = a_list(activity, was_there(await a_resident()))
    first = await log_attendance(activity.organiser, wish, AFTERWARDS)
    await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), STARTS)
    assert await log_attendance(activity.organiser, wish, AFTERWARDS) == first


async def test_the_same_key_for_another_list_is_refused() -> None:
    activity, people = await an_activity(), [await a_resident(), await a_resident()]
    await logged(activity, was_there(people[0]), key="once")
    for record in (was_there(people[1]), was_there(people[0], later(hours=2)), AttendanceRecord(ByPhone("1"), STARTS)):
        refusal = await refusal_of(activity.organiser, a_list(activity, record, key="once"))
        assert isinstance(refusal, KeyReused)
        assert refusal.path == ("idempotencyKey",)


async def test_a_number_leaves_no_trace_that_a_stolen_database_could_be_searched_for() -> None:
    activity, phone = await an_activity(), a_phone()
    await a_resident(phone=phone)
    record = AttendanceRecord(ByPhone(phone), STARTS)
    assert phone not in repr(record)
    await logged(activity, record)
    assert not [row for row in await rows_of("SELECT digest, answer FROM idempotency_keys") if phone[3:] in str(row)]


@pytest.mark.parametrize("size", [0, 501])
async def test_a_list_has_1_to_500_rows(size: int) -> None:
    activity = await an_activity()
    refusal = await refusal_of(activity.organiser, a_list(activity, *[was_there(1)] * size))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, refusal.reason) == (("records",), "list_length_out_of_range")


async def test_only_organisers_of_the_activity_may() -> None:
    activity, draft = await an_activity(), await an_activity(publish=False)
    stranger, record = await organiser_of((await an_activity()).host_id), was_there(await a_resident())
    assert isinstance(await refusal_of(ANONYMOUS, a_list(activity, record)), Unauthenticated)
    assert isinstance(await refusal_of(stranger, a_list(activity, record)), Forbidden)
    assert isinstance(await refusal_of(await a_caller(), a_list(activity, record)), Forbidden)
    assert isinstance(await refusal_of(stranger, a_list(draft, record)), NotFound)
    missing = LogAttendanceWish(shift_id=1, records=(record,), idempotency_key="k")
    assert isinstance(await refusal_of(activity.organiser, missing), NotFound)


async def test_nobody_was_at_a_draft_or_at_what_was_called_off() -> None:
    draft, record = await an_activity(publish=False), was_there(await a_resident())
    refusal = await refusal_of(draft.organiser, a_list(draft, record))
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "activity_draft"
    await cancel_activity(draft.organiser, CancelActivityWish(activity_id=draft.id, reason="大雨"), NOW)
    assert isinstance(await refusal_of(draft.organiser, a_list(draft, record)), ActivityCancelled)


async def test_a_refused_list_may_be_sent_again_with_its_key() -> None:
    activity, resident_id = await an_activity(publish=False), await a_resident()
    wish = a_list(activity, was_there(resident_id))
    await refusal_of(activity.organiser, wish)

    async def publish(tx: Transaction) -> None:
        await tx.execute("UPDATE activities SET status = 'PUBLISHED' WHERE id = ?", activity.id)

    await write(publish)
    (row,) = await log_attendance(activity.organiser, wish, AFTERWARDS)
    assert row.refusal is None


async def test_who_attended_the_other_shift_may_attend_this_one() -> None:
    first, second = await an_activity(), await an_activity()
    resident_id = await a_resident()
    await an_attendance(first, resident_id)
    (row,) = await logged(second, was_there(resident_id))
    assert not isinstance(row.refusal, AlreadyAttended)

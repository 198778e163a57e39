"""Recording who came to a shift: up to 500 people in one transaction, each row answered on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.earning.awards import Awarded, keep_awards, lines_data
from domain.people.caller import Caller
from domain.ranges import check_length
from domain.volunteering.alarms import raise_alarms
from domain.volunteering.attendance_record import AttendanceRecord, ReadRecord, read_records, records_data
from domain.volunteering.batch import Ids, NewAttendance, decide
from domain.volunteering.held_shift import HeldShift, hold_shift
from domain.volunteering.locks import hold_recorder
from domain.volunteering.logged_row import LoggedRow, rows_from_data, rows_to_data
from domain.volunteering.looking_up import look_up
from domain.volunteering.payment import Payment, count_attendances, pay
from ledger.idempotency import Intent, claim, set_answer
from storage import Transaction, write
from storage.instants import to_micros

MAX_RECORDS = 500
NOT_YET_KNOWN: list[int] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAttendanceWish:
    """Who came to a shift, once for this key."""

    shift_id: int
    records: tuple[AttendanceRecord, ...]
    idempotency_key: str


async def log_attendance(caller: Caller, wish: LogAttendanceWish, now: datetime) -> tuple[LoggedRow, ...]:
    """Every good record is an attendance, its points are in the resident's wallet; the answers in the records' order.

    What is entered afterwards (evidence.py) counts and pays only once somebody else has approved it. Asking again with the
    same key answers the first answers, refusals included. A resident is recorded once for a shift.
    Raises Unauthenticated, InvalidInput unless there are 1 to 500 records, InvalidInput and KeyReused (the key), NotFound,
    Forbidden, ActivityCancelled, NotOpen (a draft). A row's own: InvalidInput and CodeExpired (the attendee, then the code at
    the check-out), InvalidInput (the reason, the times), NotFound, AlreadyAttended, InvalidInput (somebody else's code at the
    check-out), AccountNotOpen (the wallet is closed), InvalidInput (it is full), BudgetExhausted.
    """
    organiser_id = caller.signed_in()
    check_length(wish.records, 1, MAX_RECORDS, "records")
    # 500 phone numbers take some 50 ms of computing: not on the event loop
    rows = await asyncio.to_thread(read_records, wish.records, now)
    asked = {"shiftId": wish.shift_id, "records": records_data(wish.records)}
    intent = Intent(organiser_id, wish.idempotency_key, "log_attendance", asked)

    async def body(tx: Transaction) -> tuple[LoggedRow, ...]:
        first_answers = await claim(tx, intent, NOT_YET_KNOWN, now)
        if first_answers is not None:
            return rows_from_data(first_answers)
        await hold_recorder(tx, organiser_id)
        shift = await hold_shift(tx, organiser_id, wish.shift_id)
        known = await look_up(tx, shift, [row for row in rows if isinstance(row, ReadRecord)])
        answers, added = decide(rows, shift, known, [Ids(tx.new_id(), tx.new_id()) for _ in rows], now)
        await record(tx, shift, added, organiser_id, now)
        await set_answer(tx, intent, rows_to_data(answers))
        return tuple(answers)

    return await write(body)


INSERT = """INSERT INTO attendances (id, activity_id, shift_id, resident_id, checked_in_at, checked_out_at, served_seconds,
    method, grade, approval, reason, units, score, recorded_by_id, recorded_at, points_earned, transfer_id, award_lines)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


async def record(
    tx: Transaction, shift: HeldShift, added: Sequence[NewAttendance], organiser_id: int, now: datetime
) -> None:
    """The attendances are recorded; those that nobody has to approve are counted and paid. What looks wrong raises alarms."""
    if not added:
        return
    await count_attendances(tx, shift.activity_id, sum(a.counts_at_once for a in added))
    await pay(tx, shift, [payment_of(attendance) for attendance in added if attendance.transfer_id], organiser_id, now)
    rows = [
        (a.id, shift.activity_id, shift.id, a.resident_id, to_micros(a.checked_in_at), to_micros(a.checked_out_at),
         a.served_seconds, a.method.value, a.grade.value, a.approval.value, a.reason, a.units, a.score, organiser_id,
         to_micros(now), a.award.points, a.transfer_id, lines_data(a.award) if a.counts_at_once else None)
        for a in added
    ]  # fmt: skip
    await tx.execute_many(INSERT, rows)
    awarded = [Awarded(a.id, a.resident_id, a.transfer_id, a.award) for a in added]
    await keep_awards(tx, shift.programme_id, shift.day, awarded)
    await raise_alarms(tx, shift, added, organiser_id, now)
    tx.announce(f"activity:{shift.activity_id}")


def payment_of(attendance: NewAttendance) -> Payment:
    assert attendance.transfer_id, "what earns points has a transfer"
    return Payment(
        attendance_id=attendance.id,
        transfer_id=attendance.transfer_id,
        account=attendance.account,
        points=attendance.award.points,
        occurred_at=attendance.checked_out_at,
    )

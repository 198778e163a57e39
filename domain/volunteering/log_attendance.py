"""Recording who came to a shift: up to 500 people in one transaction, each row answered on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.find_resident import find_residents_by_phone
from domain.ranges import check_length
from domain.refusals import ActivityCancelled, Forbidden, NotFound, NotOpen
from domain.viewer_sql import for_viewer
from domain.volunteering.alarms import raise_alarms
from domain.volunteering.attendance_record import AttendanceRecord, ReadRecord, read_records, records_data
from domain.volunteering.batch import HeldShift, Ids, Known, NewAttendance, decide, wallet_of
from domain.volunteering.locks import hold_people, hold_recorder, lock_of
from domain.volunteering.logged_row import LoggedRow, rows_from_data, rows_to_data
from domain.volunteering.payment import Payment, count_attendances, pay
from domain.volunteering.points_rule import RULE, rule_of
from domain.volunteering.states import ActivityStatus, AttendanceApproval
from domain.volunteering.visibility import organises, sees_activity
from ledger.budget import lock_budget
from ledger.idempotency import Intent, claim, set_answer
from storage import Reader, Row, Transaction, write
from storage.dialect import in_ids
from storage.instants import from_micros, to_micros

MAX_RECORDS = 500
SHIFT = ("shiftId",)
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


HOLD_SHIFT = f"""SELECT s.id, t.id, t.title, s.starts_at, s.ends_at,
    {RULE}, t.status, CASE WHEN {sees_activity("t")} THEN 1 ELSE 0 END, CASE WHEN {organises("t")} THEN 1 ELSE 0 END
    FROM shifts s JOIN activities t ON t.id = s.activity_id WHERE s.id = ?"""


async def hold_shift(tx: Transaction, organiser_id: int, shift_id: int) -> HeldShift:
    """The shift, its activity locked, so that two batches wait for one another.

    Raises NotFound, Forbidden, ActivityCancelled, NotOpen.
    """
    sql, viewers = for_viewer(HOLD_SHIFT, organiser_id)
    row = await tx.fetch_one(sql + lock_of(tx.dialect, "t"), *viewers, shift_id)
    if row is None or not row[12]:
        raise NotFound(path=SHIFT)
    if not row[13]:
        raise Forbidden
    if row[11] == ActivityStatus.CANCELLED:
        raise ActivityCancelled(path=SHIFT)
    if row[11] == ActivityStatus.DRAFT:
        raise NotOpen(reason="activity_draft", path=SHIFT)
    return HeldShift(row[0], row[1], row[2], from_micros(row[3]), from_micros(row[4]), rule_of(row[5:11]))


async def look_up(tx: Transaction, shift: HeldShift, rows: Sequence[ReadRecord]) -> Known:
    """What deciding needs, for all rows at once, in a statement each."""
    phones = [row.named.phone for row in rows if row.named.phone is not None]
    ids_by_phone = await find_residents_by_phone(tx, phones) if phones else {}
    resident_ids = {row.named.resident_id for row in rows if row.named.resident_id is not None} | {
        *ids_by_phone.values()
    }
    attended = await find_attended(tx, shift.id, [*resident_ids])
    budget_left = await lock_budget(tx, shift.rule.programme)
    wallets = await lock_wallets(tx, shift.rule.programme, [*resident_ids])
    return Known(ids_by_phone, {row[0]: wallet_of(*row[1:]) for row in wallets}, attended, budget_left)


async def lock_wallets(tx: Transaction, programme: str, resident_ids: list[int]) -> Sequence[Row]:
    """The residents among the ids, each with their wallet's id, status and what it has ever taken in.

    Locked, or a wallet that is closed meanwhile would let the whole batch fail and not its own row.
    """
    sql = f"""SELECT r.id, w.id, w.status, w.credits FROM residents r JOIN accounts w ON w.holder_id = r.id
        AND w.kind = 'WALLET' AND w.programme = ? WHERE r.id {in_ids(tx.dialect)} ORDER BY w.id{lock_of(tx.dialect, "w")}"""
    return await tx.fetch(sql, programme, resident_ids)


async def find_attended(reader: Reader, shift_id: int, resident_ids: list[int]) -> set[int]:
    sql = f"""SELECT d.resident_id FROM attendances d WHERE d.shift_id = ? AND d.voided_at IS NULL
        AND d.resident_id {in_ids(reader.dialect)}"""
    return {row[0] for row in await reader.fetch(sql, shift_id, resident_ids)}


INSERT = """INSERT INTO attendances (id, activity_id, shift_id, resident_id, checked_in_at, checked_out_at, served_seconds,
    method, grade, approval, reason, recorded_by_id, recorded_at, points_earned, transfer_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


async def record(
    tx: Transaction, shift: HeldShift, added: Sequence[NewAttendance], organiser_id: int, now: datetime
) -> None:
    """The attendances are recorded; those that nobody has to approve are counted and paid. What looks wrong raises alarms."""
    if not added:
        return
    await hold_people(tx, [attendance.resident_id for attendance in added])
    await count_attendances(tx, shift.activity_id, sum(a.approval is AttendanceApproval.NOT_NEEDED for a in added))
    await pay(tx, shift, [payment_of(attendance) for attendance in added if attendance.points], organiser_id, now)
    rows = [
        (a.id, shift.activity_id, shift.id, a.resident_id, to_micros(a.checked_in_at), to_micros(a.checked_out_at),
         a.served_seconds, a.method.value, a.grade.value, a.approval.value, a.reason, organiser_id, to_micros(now), a.points,
         a.transfer_id)
        for a in added
    ]  # fmt: skip
    await tx.execute_many(INSERT, rows)
    await raise_alarms(tx, shift, added, organiser_id, now)
    tx.announce(f"activity:{shift.activity_id}")


def payment_of(attendance: NewAttendance) -> Payment:
    assert attendance.transfer_id, "what earns points has a transfer"
    return Payment(
        attendance_id=attendance.id,
        transfer_id=attendance.transfer_id,
        account=attendance.account,
        points=attendance.points,
        occurred_at=attendance.checked_out_at,
    )

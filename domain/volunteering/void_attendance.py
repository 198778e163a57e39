"""Taking an attendance back, with its points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.earning.awards import uncount_awards
from domain.people.caller import Caller
from domain.refusals import AlreadyReversed, Forbidden, NotFound
from domain.text import REASON_LENGTH, clean_text
from domain.viewer_sql import for_viewer
from domain.volunteering.locks import lock_of, share_of
from domain.volunteering.payment import count_attendances
from domain.volunteering.visibility import decides_on_attendances, sees_attendance
from ledger.idempotency import Intent, claim, set_answer
from ledger.reversal import reverse
from storage import Transaction, write
from storage.instants import to_micros

ATTENDANCE = ("attendanceId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidAttendanceWish:
    """Which attendance does not count, and why: the resident and auditors will read it."""

    attendance_id: int
    reason: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Voided:
    """The attendance, and the transfer that took its points back; None where it had earned nothing."""

    attendance_id: int
    transfer_id: int | None


@dataclass(frozen=True, slots=True)
class HeldAttendance:
    """An attendance whose activity is locked and whose programme is shared."""

    id: int
    activity_id: int
    programme_id: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What an attendance counted for until it was voided: in people, and in points paid by a transfer; and for whom."""

    people: int
    transfer_id: int | None
    resident_id: int


async def void_attendance(caller: Caller, wish: VoidAttendanceWish, now: datetime) -> Voided:
    """The attendance counts no longer and its points are taken back, even where they are spent: then below zero.

    One that waits for approval, or was rejected, is voided as well: then it stands in nobody's way any more.

    Also on a cancelled activity: a mistake can always be mended. Asking again with the same key answers the same. For
    organisers of the activity and administrators over its host. Raises Unauthenticated, InvalidInput (the reason),
    InvalidInput and KeyReused (the key), NotFound, Forbidden, AlreadyReversed.
    """
    voider_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    asked = {"attendanceId": wish.attendance_id, "reason": reason}
    intent = Intent(voider_id, wish.idempotency_key, "void_attendance", asked)

    async def body(tx: Transaction) -> Voided:
        first_answer = await claim(tx, intent, [wish.attendance_id, None], now)
        if first_answer is not None:
            return Voided(*first_answer)
        held = await hold_attendance(tx, voider_id, wish.attendance_id)
        counted = await void(tx, held, reason, voider_id, now)
        transfer_id = await take_back(tx, counted, reason, voider_id, now)
        await set_answer(tx, intent, [held.id, transfer_id])
        return Voided(held.id, transfer_id)

    return await write(body)


# What may change of the attendance (it may have been approved and paid meanwhile) is read under the lock, by VOID.
HOLD = f"""SELECT d.id, d.activity_id, p.id, CASE WHEN {sees_attendance("d")} THEN 1 ELSE 0 END,
    CASE WHEN {decides_on_attendances("t")} THEN 1 ELSE 0 END
    FROM attendances d JOIN activities t ON t.id = d.activity_id JOIN programmes p ON p.code = t.points_programme
    WHERE d.id = ?"""


async def hold_attendance(tx: Transaction, voider_id: int, attendance_id: int) -> HeldAttendance:
    """Raises NotFound, Forbidden."""
    sql, viewers = for_viewer(HOLD, voider_id)
    row = await tx.fetch_one(sql + lock_of(tx.dialect, "t") + share_of(tx.dialect, "p"), *viewers, attendance_id)
    if row is None or not row[3]:
        raise NotFound(path=ATTENDANCE)
    if not row[4]:
        raise Forbidden
    return HeldAttendance(*row[:3])


VOID = """UPDATE attendances SET voided_at = ?, void_reason = ?, voided_by_id = ? WHERE id = ? AND voided_at IS NULL
    RETURNING CASE WHEN approval IN ('NOT_NEEDED', 'APPROVED') THEN 1 ELSE 0 END, transfer_id, resident_id"""


async def void(tx: Transaction, held: HeldAttendance, reason: str, voider_id: int, now: datetime) -> Counted:
    """Raises AlreadyReversed."""
    row = await tx.fetch_one(VOID, to_micros(now), reason, voider_id, held.id)
    if row is None:
        raise AlreadyReversed(path=ATTENDANCE)
    await count_attendances(tx, held.activity_id, -row[0])
    counted = Counted(*row)
    await uncount_awards(tx, held.programme_id, held.id, counted.resident_id, held.activity_id)
    tx.announce(f"activity:{held.activity_id}")
    return counted


async def take_back(tx: Transaction, counted: Counted, reason: str, voider_id: int, now: datetime) -> int | None:
    """The reversal's id; None where nothing was earned."""
    if counted.transfer_id is None:
        return None
    reversal_id = await reverse(tx, counted.transfer_id, reason, now, posted_by_id=voider_id)
    account_id = await tx.fetch_value("SELECT debit_id FROM transfers WHERE id = ?", reversal_id)
    tx.announce(f"wallet:{account_id}")
    return reversal_id

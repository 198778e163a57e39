"""Taking an attendance back, with its points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import AlreadyReversed, Forbidden, NotFound
from domain.text import clean_text
from domain.viewer_sql import for_viewer
from domain.volunteering.cancel_activity import REASON_LENGTH
from domain.volunteering.locks import lock_of
from domain.volunteering.visibility import administers, organises, sees_attendance
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
    """An attendance whose activity is locked; `transfer_id` paid it to the wallet `account_id`."""

    id: int
    activity_id: int
    transfer_id: int | None
    account_id: int | None


async def void_attendance(caller: Caller, wish: VoidAttendanceWish, now: datetime) -> Voided:
    """The attendance counts no longer and its points are taken back, even where they are spent: then below zero.

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
        await void(tx, held, reason, voider_id, now)
        transfer_id = await take_back(tx, held, reason, voider_id, now)
        await set_answer(tx, intent, [held.id, transfer_id])
        return Voided(held.id, transfer_id)

    return await write(body)


HOLD = f"""SELECT d.id, d.activity_id, d.transfer_id, (SELECT p.credit_id FROM transfers p WHERE p.id = d.transfer_id),
    CASE WHEN {sees_attendance("d")} THEN 1 ELSE 0 END, CASE WHEN {organises("t")} OR {administers("t")} THEN 1 ELSE 0 END
    FROM attendances d JOIN activities t ON t.id = d.activity_id WHERE d.id = ?"""


async def hold_attendance(tx: Transaction, voider_id: int, attendance_id: int) -> HeldAttendance:
    """Raises NotFound, Forbidden."""
    sql, viewers = for_viewer(HOLD, voider_id)
    row = await tx.fetch_one(sql + lock_of(tx.dialect, "t"), *viewers, attendance_id)
    if row is None or not row[4]:
        raise NotFound(path=ATTENDANCE)
    if not row[5]:
        raise Forbidden
    return HeldAttendance(*row[:4])


VOID = """UPDATE attendances SET voided_at = ?, void_reason = ?, voided_by_id = ? WHERE id = ? AND voided_at IS NULL"""
COUNT = "UPDATE activities SET attendance_count = attendance_count - 1 WHERE id = ?"


async def void(tx: Transaction, held: HeldAttendance, reason: str, voider_id: int, now: datetime) -> None:
    """Raises AlreadyReversed."""
    if not await tx.execute(VOID, to_micros(now), reason, voider_id, held.id):
        raise AlreadyReversed(path=ATTENDANCE)
    await tx.execute(COUNT, held.activity_id)
    tx.announce(f"activity:{held.activity_id}")


async def take_back(tx: Transaction, held: HeldAttendance, reason: str, voider_id: int, now: datetime) -> int | None:
    """The reversal's id; None where nothing was earned."""
    if held.transfer_id is None:
        return None
    reversal_id = await reverse(tx, held.transfer_id, reason, now, posted_by_id=voider_id)
    tx.announce(f"wallet:{held.account_id}")
    return reversal_id

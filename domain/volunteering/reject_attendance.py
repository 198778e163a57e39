"""Rejecting what somebody else entered afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.text import REASON_LENGTH, clean_text
from domain.volunteering.approval import decide, hold_entry
from domain.volunteering.states import AttendanceApproval
from ledger.idempotency import Intent, claim
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectAttendanceWish:
    """Which attendance is not believed, and why: whoever entered it and the resident will read it."""

    attendance_id: int
    reason: str
    idempotency_key: str


async def reject_attendance(caller: Caller, wish: RejectAttendanceWish, now: datetime) -> int:
    """The attendance never counts and earns nothing; its id.

    It still stands in the way of another one, so that nobody enters it again until somebody believes it: whoever entered
    it wrongly voids it first, with a reason. Asking again with the same key answers the same. For the same people as
    approve_attendance(). Raises Unauthenticated, InvalidInput (the reason), InvalidInput and KeyReused (the key), NotFound,
    Forbidden, Conflict (nothing to approve), SecondPersonRequired, AlreadyReversed (voided), AlreadyDecided.
    """
    decider_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    asked = {"attendanceId": wish.attendance_id, "reason": reason}
    intent = Intent(decider_id, wish.idempotency_key, "reject_attendance", asked)

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.attendance_id, now) is None:
            entry = await hold_entry(tx, decider_id, wish.attendance_id)
            await decide(tx, entry, AttendanceApproval.REJECTED, reason, decider_id, now)
        return wish.attendance_id

    return await write(body)

"""Taking back a scan that was a mistake, while everybody still remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.people.caller import Caller
from domain.redemption.locks import row_lock
from domain.redemption.standing import recount
from domain.redemption.visibility import keeps_the_gate, sees_ticket
from domain.refusals import Forbidden, NotFound, NotOpen
from domain.text import NAME_LENGTH, clean_name
from domain.viewer_sql import for_viewer
from storage import Transaction, write
from storage.instants import to_micros

UNDO_WITHIN = timedelta(minutes=15)  # after it was recorded
ADMISSION = ("admissionId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAdmissionWish:
    """Which admission, and why."""

    admission_id: int
    reason: str


# Locks the ticket. The admission itself is read after that: what stood in it while we waited may be old.
SELECT_TICKET = f"""SELECT k.id, k.session_id, CASE WHEN {sees_ticket("k")} THEN 1 ELSE 0 END,
    CASE WHEN {keeps_the_gate("k.offer_id")} THEN 1 ELSE 0 END
    FROM admissions d JOIN tickets k ON k.id = d.ticket_id WHERE d.id = ?"""

UNDO = """UPDATE admissions SET undone_at = ?, undone_by_id = ?, undo_reason = ?
    WHERE id = ? AND undone_at IS NULL AND recorded_at >= ?"""


async def undo_admission(caller: Caller, wish: UndoAdmissionWish, now: datetime) -> int:
    """The admission does not stand any more: its entry is free again, and other scans' conflict marks follow. Its id.

    Asking again changes nothing, not even the reason, and answers the same. Raises Unauthenticated, InvalidInput, NotFound,
    Forbidden, NotOpen when it was recorded more than 15 minutes ago.
    """
    viewer_id = caller.signed_in()
    reason = clean_name(wish.reason, "reason", limit=NAME_LENGTH)

    async def body(tx: Transaction) -> int:
        sql, viewers = for_viewer(SELECT_TICKET, viewer_id)
        row = await tx.fetch_one(f"{sql} {row_lock(tx.dialect, 'k')}", *viewers, wish.admission_id)
        if row is None or not row[2]:
            raise NotFound(path=ADMISSION)
        if not row[3]:
            raise Forbidden
        oldest = to_micros(now - UNDO_WITHIN)
        if await tx.execute(UNDO, to_micros(now), viewer_id, reason, wish.admission_id, oldest):
            await recount(tx, [row[0]])
            tx.announce(f"session:{row[1]}")
        elif await tx.fetch_value("SELECT undone_at FROM admissions WHERE id = ?", wish.admission_id) is None:
            raise NotOpen(reason="undo_closed", path=ADMISSION)
        return wish.admission_id

    return await write(body)

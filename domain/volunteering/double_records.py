"""Two residents who turn out to be one person: what both of them have for the same shift."""

from __future__ import annotations

from datetime import datetime

from domain.volunteering.cancel_sign_up import promote
from domain.volunteering.counts import LEAVES_PLACE, STOPS_WAITING, change_counts
from domain.volunteering.locks import lock_of
from domain.volunteering.states import SignUpStatus
from storage import Transaction
from storage.instants import to_micros

ACTIVITIES = """SELECT t.id FROM activities t WHERE t.id IN (SELECT u.activity_id FROM sign_ups u WHERE u.resident_id = ?
    UNION SELECT d.activity_id FROM attendances d WHERE d.resident_id = ?) ORDER BY t.id"""


async def hold_activities_of(tx: Transaction, resident_id: int) -> None:
    """Nobody else changes the resident's sign-ups and attendances until the end of this transaction."""
    await tx.fetch(ACTIVITIES + lock_of(tx.dialect, "t"), resident_id, resident_id)


# Of each pair the one that is given up: one that waits before one with a place, then the later one.
GIVEN_UP = """SELECT CASE WHEN m.status <> k.status THEN CASE m.status WHEN 'WAITLISTED' THEN m.id ELSE k.id END
        WHEN m.arrival > k.arrival THEN m.id ELSE k.id END
    FROM sign_ups m JOIN sign_ups k ON k.shift_id = m.shift_id AND k.resident_id = ? AND k.status <> 'CANCELLED'
    WHERE m.resident_id = ? AND m.status <> 'CANCELLED' ORDER BY m.id"""
HOLD = "SELECT activity_id, shift_id, status FROM sign_ups WHERE id = ?"
CANCEL = "UPDATE sign_ups SET status = 'CANCELLED', cancelled_at = ? WHERE id = ?"


async def give_up_double_sign_ups(tx: Transaction, kept_id: int, merged_id: int, now: datetime) -> None:
    """For each shift one sign-up stands; the place of the other goes to the first in line. The activities are held."""
    for (sign_up_id,) in await tx.fetch(GIVEN_UP, kept_id, merged_id):
        row = await tx.fetch_one(HOLD, sign_up_id)  # anew: who waited may have got a place by the one before
        assert row, "sign-ups are never deleted"
        activity_id, shift_id, status = row
        await tx.execute(CANCEL, to_micros(now), sign_up_id)
        if status == SignUpStatus.CONFIRMED:
            await change_counts(tx, activity_id, shift_id, LEAVES_PLACE)
            await promote(tx, activity_id, now)
        else:
            await change_counts(tx, activity_id, shift_id, STOPS_WAITING)
        tx.announce(f"activity:{activity_id}")


MARK = """UPDATE attendances SET double_of = (SELECT MIN(k.id) FROM attendances k WHERE k.shift_id = attendances.shift_id
        AND k.resident_id = ? AND k.voided_at IS NULL)
    WHERE resident_id = ? AND voided_at IS NULL AND double_of = 0 AND EXISTS (SELECT 1 FROM attendances k
        WHERE k.shift_id = attendances.shift_id AND k.resident_id = ? AND k.voided_at IS NULL)"""


async def mark_double_attendances(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """What is recorded of both of them stays as it was, and says which other one it doubles. The activities are held."""
    await tx.execute(MARK, kept_id, merged_id, kept_id)

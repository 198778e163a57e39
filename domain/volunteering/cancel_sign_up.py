"""Taking a sign-up back. The place it leaves goes to whoever has waited longest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import ActivityCancelled, Forbidden, NotFound, NotOpen, NotSignedUp
from domain.viewer_sql import for_viewer
from domain.volunteering.counts import IS_PROMOTED, LEAVES_PLACE, STOPS_WAITING, change_counts
from domain.volunteering.locks import lock_of, lock_resident
from domain.volunteering.states import ActivityStatus, SignUpStatus
from domain.volunteering.visibility import sees_sign_up
from storage import Transaction, write
from storage.instants import from_micros, to_micros

SIGN_UP = ("signUpId",)


@dataclass(frozen=True, slots=True)
class HeldSignUp:
    """A sign-up whose activity is locked, so that it stays as it was read."""

    id: int
    activity_id: int
    shift_id: int
    status: SignUpStatus
    activity_status: ActivityStatus
    shift_starts_at: datetime


async def cancel_sign_up(caller: Caller, sign_up_id: int, now: datetime) -> int:
    """The caller's sign-up is cancelled, and the first in line for whom there now is a place has it; the sign-up's id.

    Raises Unauthenticated, NotFound, Forbidden (somebody else's), ActivityCancelled, NotSignedUp (cancelled already),
    NotOpen (the shift has started).
    """
    resident_id = caller.signed_in()

    async def body(tx: Transaction) -> int:
        await lock_resident(tx, resident_id)
        held = await hold_sign_up(tx, resident_id, sign_up_id)
        check_cancellable(held, now)
        await tx.execute(
            "UPDATE sign_ups SET status = 'CANCELLED', cancelled_at = ? WHERE id = ?", to_micros(now), held.id
        )
        if held.status is SignUpStatus.CONFIRMED:
            await change_counts(tx, held.activity_id, held.shift_id, LEAVES_PLACE)
            await promote(tx, held.activity_id, now)
        else:
            await change_counts(tx, held.activity_id, held.shift_id, STOPS_WAITING)
        tx.announce(f"activity:{held.activity_id}")
        return held.id

    return await write(body)


FIND_ACTIVITY = f"""SELECT u.activity_id, u.resident_id FROM sign_ups u WHERE {sees_sign_up("u")} AND u.id = ?"""

HOLD = """SELECT u.id, u.activity_id, u.shift_id, u.status, t.status, s.starts_at
    FROM sign_ups u JOIN activities t ON t.id = u.activity_id JOIN shifts s ON s.id = u.shift_id WHERE u.id = ?"""


async def hold_sign_up(tx: Transaction, resident_id: int, sign_up_id: int) -> HeldSignUp:
    """Raises NotFound, Forbidden."""
    sql, viewers = for_viewer(FIND_ACTIVITY, resident_id)
    found = await tx.fetch_one(sql, *viewers, sign_up_id)
    if found is None:
        raise NotFound(path=SIGN_UP)
    if found[1] != resident_id:
        raise Forbidden
    await tx.fetch(f"SELECT t.id FROM activities t WHERE t.id = ?{lock_of(tx.dialect, 't')}", found[0])
    # read only now, behind the lock: while we waited for it, the sign-up may have been promoted or called off
    row = await tx.fetch_one(HOLD, sign_up_id)
    assert row, "sign-ups are never deleted"
    id_, activity_id, shift_id, status, activity_status, starts_at = row
    return HeldSignUp(
        id_, activity_id, shift_id, SignUpStatus(status), ActivityStatus(activity_status), from_micros(starts_at)
    )


def check_cancellable(held: HeldSignUp, now: datetime) -> None:
    """Raises ActivityCancelled, NotSignedUp, NotOpen."""
    if held.activity_status is ActivityStatus.CANCELLED:
        raise ActivityCancelled(path=SIGN_UP)
    if held.status is SignUpStatus.CANCELLED:
        raise NotSignedUp(path=SIGN_UP)
    if now >= held.shift_starts_at:
        raise NotOpen(reason="shift_started", path=SIGN_UP)


FIRST_IN_LINE = """SELECT u.id, u.shift_id FROM sign_ups u JOIN shifts s ON s.id = u.shift_id
    WHERE u.activity_id = ? AND u.status = 'WAITLISTED' AND s.starts_at > ?
    AND (s.capacity IS NULL OR s.confirmed_count < s.capacity) ORDER BY u.arrival LIMIT 1"""

PROMOTE = "UPDATE sign_ups SET status = 'CONFIRMED', confirmed_at = ? WHERE id = ?"


async def promote(tx: Transaction, activity_id: int, now: datetime) -> None:
    """The place that just fell free is given to the first in line whose shift has one. Nobody may be there to take it."""
    first = await tx.fetch_one(FIRST_IN_LINE, activity_id, to_micros(now))
    if first is None:
        return
    sign_up_id, shift_id = first
    await change_counts(tx, activity_id, shift_id, IS_PROMOTED)
    await tx.execute(PROMOTE, to_micros(now), sign_up_id)

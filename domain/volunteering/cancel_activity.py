"""Calling an activity off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import NotOpen
from domain.text import REASON_LENGTH, clean_text
from domain.volunteering.activity_status import is_over
from domain.volunteering.held_activity import ACTIVITY, hold_activity
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelActivityWish:
    """Which activity, and why: those who signed up will read it."""

    activity_id: int
    reason: str


async def cancel_activity(caller: Caller, wish: CancelActivityWish, now: datetime) -> int:
    """The activity, draft or published, is cancelled for the reason given, and so are all its sign-ups; its id.

    Attendances that were recorded before stand. Raises Unauthenticated, InvalidInput, NotFound, Forbidden,
    ActivityCancelled, NotOpen (it is over).
    """
    organiser_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)

    async def body(tx: Transaction) -> int:
        activity = await hold_activity(tx, organiser_id, wish.activity_id)
        if is_over(activity.ends_at, now):
            raise NotOpen(reason="activity_over", path=ACTIVITY)
        await call_off(tx, activity.id, reason, now)
        return activity.id

    return await write(body)


CANCEL = """UPDATE activities SET status = 'CANCELLED', cancelled_at = ?, cancel_reason = ?, confirmed_count = 0,
    waitlist_count = 0 WHERE id = ?"""
EMPTY_SHIFTS = "UPDATE shifts SET confirmed_count = 0, waitlist_count = 0 WHERE activity_id = ?"
CANCEL_SIGN_UPS = (
    "UPDATE sign_ups SET status = 'CANCELLED', cancelled_at = ? WHERE activity_id = ? AND status <> 'CANCELLED'"
)


async def call_off(tx: Transaction, activity_id: int, reason: str, now: datetime) -> None:
    await tx.execute(CANCEL, to_micros(now), reason, activity_id)
    await tx.execute(EMPTY_SHIFTS, activity_id)
    await tx.execute(CANCEL_SIGN_UPS, to_micros(now), activity_id)
    tx.announce(f"activity:{activity_id}")

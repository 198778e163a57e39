"""An activity in the hands of one of its organisers: locked, so that what it says stays true until the act is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.refusals import ActivityCancelled, Forbidden, NotFound
from domain.viewer_sql import for_viewer
from domain.volunteering.locks import lock_of
from domain.volunteering.states import ActivityStatus
from domain.volunteering.visibility import organises, sees_activity
from storage import Transaction
from storage.instants import from_micros

ACTIVITY = ("activityId",)


@dataclass(frozen=True, slots=True)
class HeldActivity:
    """What the acts of organisers look at."""

    id: int
    status: ActivityStatus
    ends_at: datetime


SELECT = f"""SELECT t.id, t.status, t.ends_at, CASE WHEN {sees_activity("t")} THEN 1 ELSE 0 END,
    CASE WHEN {organises("t")} THEN 1 ELSE 0 END FROM activities t WHERE t.id = ?"""


async def hold_activity(tx: Transaction, organiser_id: int, activity_id: int) -> HeldActivity:
    """The activity, locked. Raises NotFound, Forbidden unless it is the organiser's, ActivityCancelled."""
    sql, viewers = for_viewer(SELECT, organiser_id)
    row = await tx.fetch_one(sql + lock_of(tx.dialect, "t"), *viewers, activity_id)
    if row is None or not row[3]:
        raise NotFound(path=ACTIVITY)
    if not row[4]:
        raise Forbidden
    held = HeldActivity(row[0], ActivityStatus(row[1]), from_micros(row[2]))
    if held.status is ActivityStatus.CANCELLED:
        raise ActivityCancelled(path=ACTIVITY)
    return held

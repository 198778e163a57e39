"""Publishing a draft."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import Conflict, NotOpen
from domain.volunteering.activity_status import is_over
from domain.volunteering.held_activity import ACTIVITY, HeldActivity, hold_activity
from domain.volunteering.states import ActivityStatus
from storage import Transaction, write
from storage.instants import to_micros

PUBLISH = "UPDATE activities SET status = 'PUBLISHED', published_at = ? WHERE id = ? AND status = 'DRAFT'"


async def publish_activity(caller: Caller, activity_id: int, now: datetime) -> int:
    """Everybody sees the activity and may sign up; its id. What a visitor needs it has had since it was created.

    Raises Unauthenticated, NotFound, Forbidden, ActivityCancelled, Conflict (published already), NotOpen (it is over).
    """
    organiser_id = caller.signed_in()

    async def body(tx: Transaction) -> int:
        check_publishable(await hold_activity(tx, organiser_id, activity_id), now)
        published = await tx.execute(PUBLISH, to_micros(now), activity_id)
        assert published == 1, "a draft that is locked stays a draft"
        tx.announce(f"activity:{activity_id}")
        return activity_id

    return await write(body)


def check_publishable(activity: HeldActivity, now: datetime) -> None:
    """Raises Conflict, NotOpen."""
    if activity.status is not ActivityStatus.DRAFT:
        raise Conflict(reason="activity_published", path=ACTIVITY)
    if is_over(activity.ends_at, now):
        raise NotOpen(reason="activity_over", path=ACTIVITY)

"""Merges for tests."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from domain.merging.merge_residents import MergeResidentsWish, merge_residents
from domain.people.caller import Caller
from tests.builders.people import an_administrator
from tests.clock import NOW

numbers = count(1)


def merging(
    kept: Caller | int, merged: Caller | int, key: str | None = None, reason: str = "同一人换号"
) -> MergeResidentsWish:
    """The second one goes on as the first one."""
    keep_id, merge_id = (who if isinstance(who, int) else who.signed_in() for who in (kept, merged))
    key = key or f"merge-{next(numbers)}"
    return MergeResidentsWish(keep_id=keep_id, merge_id=merge_id, reason=reason, idempotency_key=key)


async def merge(
    kept: Caller | int, merged: Caller | int, administrator: Caller | None = None, now: datetime = NOW
) -> int:
    """They are merged; the merge's id."""
    return await merge_residents(administrator or await an_administrator(), merging(kept, merged), now)

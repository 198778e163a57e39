"""An activity is completed when it has ended, without anything having to run at that moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pytest

from domain.volunteering.activity_status import STATUS_AT, status_is
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.states import ActivityStatus
from storage import fetch
from storage.instants import to_micros
from tests.builders.volunteering import ENDS, STARTS, an_activity
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")

A_YEAR_ON = later(days=365)


async def seen_at(activity_id: int, now: datetime) -> str:
    sql = f"SELECT {STATUS_AT} FROM activities t WHERE t.id = ?"
    sql = sql.replace("{t}", "t").replace(":now", str(to_micros(now)))
    return str((await fetch(sql, activity_id))[0][0])


async def found(statuses: Collection[ActivityStatus], now: datetime) -> set[int]:
    condition = status_is("t", statuses).replace(":now", str(to_micros(now)))
    return {row[0] for row in await fetch(f"SELECT t.id FROM activities t WHERE {condition}")}


@pytest.mark.parametrize(
    ("now", "status"), [(NOW, "PUBLISHED"), (STARTS, "PUBLISHED"), (ENDS, "COMPLETED"), (A_YEAR_ON, "COMPLETED")]
)
async def test_a_published_activity_is_completed_at_its_end(now: datetime, status: str) -> None:
    assert await seen_at((await an_activity()).id, now) == status


async def test_a_draft_and_what_was_called_off_are_never_completed() -> None:
    draft, called_off = await an_activity(publish=False), await an_activity()
    wish = CancelActivityWish(activity_id=called_off.id, reason="大雨")
    await cancel_activity(called_off.organiser, wish, NOW)
    assert await seen_at(draft.id, A_YEAR_ON) == "DRAFT"
    assert await seen_at(called_off.id, A_YEAR_ON) == "CANCELLED"


async def test_a_filter_finds_exactly_those_that_show_the_status() -> None:
    long = await an_activity(ends_at=STARTS + (A_YEAR_ON - NOW))
    ids = [long.id, (await an_activity()).id, (await an_activity(publish=False)).id]
    for now in (NOW, STARTS, ENDS, A_YEAR_ON):
        for status in ActivityStatus:
            assert await found([status], now) == {id_ for id_ in ids if await seen_at(id_, now) == status}
        assert await found(list(ActivityStatus), now) == set(ids)
        assert await found([], now) == set()


async def test_what_can_still_be_attended_is_published() -> None:
    over, goes_on = await an_activity(), await an_activity(ends_at=later(hours=9))
    assert await found([ActivityStatus.PUBLISHED], ENDS) == {goes_on.id}
    assert await found([ActivityStatus.COMPLETED], ENDS) == {over.id}

"""A draft goes out; an activity is called off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.refusals import (
    ActivityCancelled,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    NotOpen,
    Refusal,
    Unauthenticated,
)
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.publish_activity import publish_activity
from storage import current_database
from storage.instants import to_micros
from tests.builders.people import a_caller, a_resident, gate_staff_of, organiser_of
from tests.builders.places import an_organisation
from tests.builders.volunteering import (
    AFTERWARDS,
    ENDS,
    Activity,
    a_shift,
    a_sign_up,
    an_activity,
    an_attendance,
)
from tests.clock import NOW, later
from tests.domain.volunteering.counted import broken_rules, counts_of, rows_of

pytestmark = pytest.mark.usefixtures("database")

Act = Callable[[Caller, int, datetime], Awaitable[int]]


async def call_off(caller: Caller, activity_id: int, now: datetime = NOW) -> int:
    return await cancel_activity(caller, CancelActivityWish(activity_id=activity_id, reason="大雨，改期再通知"), now)


async def refusal_of(act: Act, caller: Caller, activity_id: int, now: datetime = NOW) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await act(caller, activity_id, now)
    return caught.value


async def status_and_instants(activity: Activity) -> list[object]:
    sql = "SELECT status, published_at, cancelled_at, cancel_reason FROM activities WHERE id = ?"
    return list((await rows_of(sql, activity.id))[0])


async def test_a_published_draft_takes_sign_ups() -> None:
    activity = await an_activity(publish=False)
    assert await publish_activity(activity.organiser, activity.id, later(minutes=1)) == activity.id
    assert await status_and_instants(activity) == ["PUBLISHED", to_micros(later(minutes=1)), None, None]
    await a_sign_up(activity)


async def test_what_is_published_is_not_published_again() -> None:
    activity = await an_activity()
    refusal = await refusal_of(publish_activity, activity.organiser, activity.id)
    assert isinstance(refusal, Conflict)
    assert (refusal.reason, refusal.path) == ("activity_published", ("activityId",))


async def test_what_would_be_over_is_not_published() -> None:
    activity = await an_activity(publish=False)
    refusal = await refusal_of(publish_activity, activity.organiser, activity.id, ENDS)
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "activity_over"


async def test_calling_off_says_why_and_cancels_every_sign_up() -> None:
    activity = await an_activity(capacity=2, shifts=[a_shift(), a_shift()])
    for turn in range(5):
        await a_sign_up(activity, shift_id=activity.shift_ids[turn % 2])
    other = await an_activity()
    await a_sign_up(other)
    assert await call_off(activity.organiser, activity.id) == activity.id
    assert (await status_and_instants(activity))[2:] == [to_micros(NOW), "大雨，改期再通知"]
    rows = await rows_of("SELECT DISTINCT status, cancelled_at FROM sign_ups WHERE activity_id = ?", activity.id)
    assert rows == [("CANCELLED", to_micros(NOW))]
    assert await counts_of(activity) == (0, 0, 0)
    assert await counts_of(other) == (1, 0, 0)
    assert await broken_rules() == []


async def test_who_was_there_before_it_was_called_off_was_there() -> None:
    activity = await an_activity(ends_at=later(hours=5), shifts=[a_shift()])
    await an_attendance(activity, await a_resident())
    await call_off(activity.organiser, activity.id, AFTERWARDS)
    assert await counts_of(activity) == (0, 0, 1)


async def test_a_draft_can_be_called_off() -> None:
    activity = await an_activity(publish=False)
    await call_off(activity.organiser, activity.id)
    assert (await status_and_instants(activity))[0] == "CANCELLED"


async def test_what_is_over_is_not_called_off() -> None:
    activity = await an_activity()
    refusal = await refusal_of(call_off, activity.organiser, activity.id, ENDS)
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "activity_over"


async def test_a_reason_is_needed() -> None:
    activity = await an_activity()
    with pytest.raises(InvalidInput) as caught:
        await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason=" "), NOW)
    assert caught.value.path == ("reason",)


@pytest.mark.parametrize("act", [publish_activity, call_off])
async def test_what_is_called_off_stays_so(act: Act) -> None:
    activity = await an_activity(publish=False)
    await call_off(activity.organiser, activity.id)
    refusal = await refusal_of(act, activity.organiser, activity.id)
    assert isinstance(refusal, ActivityCancelled)
    assert refusal.path == ("activityId",)


@pytest.mark.parametrize("act", [publish_activity, call_off])
async def test_only_its_organisers_may_and_a_draft_is_not_there_for_others(act: Act) -> None:
    draft = await an_activity(publish=False)
    published = await an_activity(host_id=draft.host_id)
    assert isinstance(await refusal_of(act, ANONYMOUS, draft.id), Unauthenticated)
    others = [await a_caller(), await organiser_of(await an_organisation()), await gate_staff_of(draft.host_id)]
    for caller in others:
        assert isinstance(await refusal_of(act, caller, draft.id), NotFound)
        assert isinstance(await refusal_of(act, caller, published.id), Forbidden)
    assert isinstance(await refusal_of(act, draft.organiser, 1), NotFound)


@pytest.mark.parametrize("act", [publish_activity, call_off])
async def test_subscribers_of_the_activity_are_told(act: Act) -> None:
    activity = await an_activity(publish=False)
    async with current_database().changes.subscribe(f"activity:{activity.id}") as told:
        await act(activity.organiser, activity.id, NOW)
        assert told.is_set()

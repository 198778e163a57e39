"""What signing up does, and every reason not to, in the order of precedence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.refusals import (
    ActivityCancelled,
    AlreadySignedUp,
    Conflict,
    NotFound,
    NotOpen,
    Refusal,
    ShiftFull,
    Unauthenticated,
)
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.eligibility import FACTS, facts_of, reasons_not_to_sign_up
from domain.volunteering.sign_up import sign_up
from domain.volunteering.states import SignUpStatus
from storage import current_database, fetch
from tests.builders.people import a_caller
from tests.builders.volunteering import STARTS, Activity, a_shift, a_sign_up, an_activity
from tests.clock import NOW, later
from tests.domain.volunteering.counted import broken_rules, counts_of, rows_of, status_of

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, shift_id: int, now: datetime = NOW) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await sign_up(caller, shift_id, now)
    return caught.value


async def asked_beforehand(caller: Caller, shift_id: int) -> list[Refusal]:
    """What the phone shows before the button is pressed, from the same SQL that a compiled read uses."""
    viewer = "NULL" if caller.resident_id is None else str(caller.resident_id)
    facts = ", ".join(FACTS.values()).replace("{t}", "s").replace(":viewer", viewer)
    rows = await fetch(f"SELECT {facts} FROM shifts s WHERE s.id = ?", shift_id)
    return reasons_not_to_sign_up(facts_of(rows[0]), NOW)


def codes(refusals: Sequence[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


async def call_off(activity: Activity) -> None:
    await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), NOW)


async def test_a_place_is_taken_on_the_shift_and_on_the_activity() -> None:
    activity, caller = await an_activity(capacity=2), await a_caller()
    assert await asked_beforehand(caller, activity.shift_id) == []
    sign_up_id = await sign_up(caller, activity.shift_id, NOW)
    rows = await rows_of(
        "SELECT activity_id, shift_id, resident_id, status, arrival FROM sign_ups WHERE id = ?", sign_up_id
    )
    assert rows == [(activity.id, activity.shift_id, caller.resident_id, "CONFIRMED", 1)]
    assert await counts_of(activity) == (1, 0, 0)
    assert await broken_rules() == []


async def test_who_comes_when_it_is_full_waits_and_is_not_refused() -> None:
    activity = await an_activity(capacity=1)
    await a_sign_up(activity)
    caller = await a_caller()
    assert await asked_beforehand(caller, activity.shift_id) == []
    assert await status_of(await sign_up(caller, activity.shift_id, NOW)) is SignUpStatus.WAITLISTED
    assert await counts_of(activity) == (1, 1, 0)


async def test_subscribers_of_the_activity_are_told() -> None:
    activity = await an_activity()
    async with current_database().changes.subscribe(f"activity:{activity.id}") as told:
        await a_sign_up(activity)
        assert told.is_set()


async def test_a_refusal_uses_up_no_turn_in_the_order_of_arrival() -> None:
    activity, caller = await an_activity(), await a_caller()
    await a_sign_up(activity, caller)
    await refusal_of(caller, activity.shift_id)
    await a_sign_up(activity)
    assert await rows_of("SELECT arrival FROM sign_ups ORDER BY arrival") == [(1,), (2,)]


async def test_who_cancelled_may_sign_up_again_at_the_end_of_the_line() -> None:
    activity, caller = await an_activity(capacity=1), await a_caller()
    first = await a_sign_up(activity, caller)
    await a_sign_up(activity)
    await cancel_sign_up(caller, first, NOW)
    assert await status_of(await a_sign_up(activity, caller)) is SignUpStatus.WAITLISTED
    assert await broken_rules() == []


async def test_nobody_signed_in_may_not() -> None:
    activity = await an_activity()
    assert isinstance(await refusal_of(ANONYMOUS, activity.shift_id), Unauthenticated)
    assert codes(await asked_beforehand(ANONYMOUS, activity.shift_id)) == ["UNAUTHENTICATED"]


async def test_a_draft_is_not_there_for_residents_and_not_open_for_its_organisers() -> None:
    activity = await an_activity(publish=False)
    refusal = await refusal_of(await a_caller(), activity.shift_id)
    assert isinstance(refusal, NotFound)
    assert refusal.path == ("shiftId",)
    refusal = await refusal_of(activity.organiser, activity.shift_id)
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "activity_draft"


async def test_a_shift_that_does_not_exist_is_not_found() -> None:
    assert isinstance(await refusal_of(await a_caller(), 1), NotFound)


async def test_a_cancelled_activity_says_so_first() -> None:
    activity, caller = await an_activity(sign_up_closes_at=NOW), await a_caller()
    await call_off(activity)
    refusal = await refusal_of(caller, activity.shift_id)
    assert isinstance(refusal, ActivityCancelled)
    assert refusal.path == ("shiftId",)


async def test_sign_up_closes_when_it_is_said_to() -> None:
    activity, caller = await an_activity(sign_up_closes_at=later(minutes=30)), await a_caller()
    refusal = await refusal_of(caller, activity.shift_id, later(minutes=30))
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "sign_up_closed"
    await sign_up(caller, activity.shift_id, later(minutes=29))


async def test_sign_up_closes_when_the_activity_starts_if_nothing_is_said() -> None:
    activity = await an_activity(shifts=[a_shift(starts_at=later(hours=2))])
    refusal = await refusal_of(await a_caller(), activity.shift_id, STARTS)
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "sign_up_closed"


async def test_a_later_shift_is_open_while_the_activity_goes_on_if_so_said() -> None:
    shifts = [a_shift(ends_at=later(hours=2)), a_shift(starts_at=later(hours=2))]
    activity = await an_activity(shifts=shifts, sign_up_closes_at=later(hours=3))
    caller, now = await a_caller(), later(minutes=90)
    refusal = await refusal_of(caller, activity.shift_ids[0], now)
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "shift_started"
    await sign_up(caller, activity.shift_ids[1], now)


async def test_the_same_shift_twice_is_already_signed_up() -> None:
    activity, caller = await an_activity(), await a_caller()
    await a_sign_up(activity, caller)
    assert isinstance(await refusal_of(caller, activity.shift_id), AlreadySignedUp)


@pytest.mark.parametrize(
    ("starts", "ends", "allowed"),
    [(0, 1, True), (3, 4, True), (0, 1.5, False), (2.5, 4, False), (1.5, 2, False), (0, 4, False), (1, 3, False)],
)
async def test_a_person_is_not_in_two_overlapping_shifts(starts: float, ends: float, allowed: bool) -> None:  # noqa: FBT001
    """The first lasts from one hour after NOW until three; to come as another ends is no overlap."""
    caller = await a_caller()
    await a_sign_up(await an_activity(title="示例读书会"), caller)
    starts_at, ends_at = later(hours=starts + 0.001 * (starts == 0)), later(hours=ends)
    other = await an_activity(starts_at=starts_at, ends_at=ends_at)
    if allowed:
        await sign_up(caller, other.shift_id, NOW)
        return
    refusal = await refusal_of(caller, other.shift_id)
    assert isinstance(refusal, Conflict)
    assert (refusal.reason, refusal.values) == ("shifts_overlap", {"title": "示例读书会"})
    assert await broken_rules() == []


async def test_to_wait_elsewhere_counts_as_being_there() -> None:
    caller, full = await a_caller(), await an_activity(capacity=1)
    await a_sign_up(full)
    await a_sign_up(full, caller)
    assert isinstance(await refusal_of(caller, (await an_activity()).shift_id), Conflict)


async def test_a_sign_up_that_was_cancelled_is_in_nobodys_way() -> None:
    caller, first = await a_caller(), await an_activity()
    await cancel_sign_up(caller, await a_sign_up(first, caller), NOW)
    await sign_up(caller, (await an_activity()).shift_id, NOW)
    assert await broken_rules() == []


async def test_full_means_that_the_waiting_list_is_full_as_well() -> None:
    activity = await an_activity(capacity=1, waitlist_limit=1)
    for _ in range(2):
        await a_sign_up(activity)
    refusal = await refusal_of(await a_caller(), activity.shift_id)
    assert isinstance(refusal, ShiftFull)
    assert (refusal.limit, refusal.used) == (1, 1)


async def test_an_activity_that_is_full_is_full_for_a_shift_with_places() -> None:
    activity = await an_activity(capacity=1, waitlist_limit=0, shifts=[a_shift(capacity=5), a_shift(capacity=5)])
    await a_sign_up(activity)
    assert isinstance(await refusal_of(await a_caller(), activity.shift_ids[1]), ShiftFull)


async def test_every_reason_is_named_beforehand_and_the_first_is_what_the_act_raises() -> None:
    caller = await a_caller()
    shifts = [a_shift(capacity=1), a_shift(capacity=1)]
    activity = await an_activity(shifts=shifts, waitlist_limit=0)
    await a_sign_up(activity, caller, activity.shift_ids[0])
    await a_sign_up(activity, shift_id=activity.shift_ids[1])
    reasons = await asked_beforehand(caller, activity.shift_ids[1])
    assert codes(reasons) == ["CONFLICT", "FULL"]
    assert (await refusal_of(caller, activity.shift_ids[1])).code == "CONFLICT"
    assert codes(await asked_beforehand(caller, activity.shift_ids[0])) == ["ALREADY_SIGNED_UP", "FULL"]

"""Taking a sign-up back, and who gets the place."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.refusals import ActivityCancelled, Forbidden, NotFound, NotOpen, NotSignedUp, Refusal, Unauthenticated
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.states import SignUpStatus
from tests.builders.people import a_caller
from tests.builders.volunteering import STARTS, a_shift, a_sign_up, an_activity
from tests.clock import NOW, later
from tests.domain.volunteering.counted import broken_rules, counts_of, rows_of, status_of

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, sign_up_id: int, now: datetime = NOW) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await cancel_sign_up(caller, sign_up_id, now)
    return caught.value


async def test_the_place_is_free_again() -> None:
    activity, caller = await an_activity(capacity=1), await a_caller()
    sign_up_id = await a_sign_up(activity, caller)
    assert await cancel_sign_up(caller, sign_up_id, NOW) == sign_up_id
    assert await status_of(sign_up_id) is SignUpStatus.CANCELLED
    assert await counts_of(activity) == (0, 0, 0)
    assert await broken_rules() == []


async def test_the_first_in_line_gets_the_place_and_it_is_written_down_when() -> None:
    activity, caller = await an_activity(capacity=1), await a_caller()
    leaves = await a_sign_up(activity, caller)
    first, second = await a_sign_up(activity), await a_sign_up(activity)
    await cancel_sign_up(caller, leaves, later(minutes=5))
    assert [await status_of(id_) for id_ in (first, second)] == [SignUpStatus.CONFIRMED, SignUpStatus.WAITLISTED]
    rows = await rows_of("SELECT confirmed_at - created_at FROM sign_ups WHERE id = ?", first)
    assert rows == [(5 * 60 * 1_000_000,)]
    assert await counts_of(activity) == (1, 1, 0)


async def test_to_stop_waiting_gives_nobody_a_place() -> None:
    activity, caller = await an_activity(capacity=1), await a_caller()
    await a_sign_up(activity)
    waits, behind = await a_sign_up(activity, caller), await a_sign_up(activity)
    await cancel_sign_up(caller, waits, NOW)
    assert await status_of(behind) is SignUpStatus.WAITLISTED
    assert await counts_of(activity) == (1, 1, 0)
    assert await broken_rules() == []


async def test_a_place_in_one_shift_goes_to_the_first_who_waits_for_that_shift() -> None:
    activity, caller = await an_activity(shifts=[a_shift(capacity=1), a_shift(capacity=1)]), await a_caller()
    one, other = activity.shift_ids
    await a_sign_up(activity, shift_id=one)
    leaves = await a_sign_up(activity, caller, shift_id=other)
    waits_for_one = await a_sign_up(activity, shift_id=one)
    waits_for_other = await a_sign_up(activity, shift_id=other)
    await cancel_sign_up(caller, leaves, NOW)
    assert await status_of(waits_for_one) is SignUpStatus.WAITLISTED
    assert await status_of(waits_for_other) is SignUpStatus.CONFIRMED
    assert await broken_rules() == []


async def test_a_place_on_a_full_activity_goes_to_the_first_of_all_its_shifts() -> None:
    activity, caller = (
        await an_activity(capacity=2, shifts=[a_shift(capacity=2), a_shift(capacity=2)]),
        await a_caller(),
    )
    one, other = activity.shift_ids
    leaves = await a_sign_up(activity, caller, shift_id=one)
    await a_sign_up(activity, shift_id=one)
    first_of_all = await a_sign_up(activity, shift_id=other)
    later_for_one = await a_sign_up(activity, shift_id=one)
    await cancel_sign_up(caller, leaves, NOW)
    assert await status_of(first_of_all) is SignUpStatus.CONFIRMED
    assert await status_of(later_for_one) is SignUpStatus.WAITLISTED
    assert await broken_rules() == []


async def test_nobody_is_promoted_into_a_shift_that_has_started() -> None:
    shifts = [a_shift(ends_at=later(hours=2)), a_shift(starts_at=later(hours=2))]
    activity, caller = await an_activity(capacity=1, shifts=shifts), await a_caller()
    leaves = await a_sign_up(activity, caller, activity.shift_ids[1])
    waits_for_started = await a_sign_up(activity, shift_id=activity.shift_ids[0])
    waits_for_later = await a_sign_up(activity, shift_id=activity.shift_ids[1])
    await cancel_sign_up(caller, leaves, STARTS)
    assert await status_of(waits_for_started) is SignUpStatus.WAITLISTED
    assert await status_of(waits_for_later) is SignUpStatus.CONFIRMED


async def test_nobody_signed_in_may_not() -> None:
    assert isinstance(await refusal_of(ANONYMOUS, await a_sign_up(await an_activity())), Unauthenticated)


async def test_somebody_elses_sign_up_is_not_there_and_for_its_organiser_forbidden() -> None:
    activity = await an_activity()
    sign_up_id = await a_sign_up(activity)
    refusal = await refusal_of(await a_caller(), sign_up_id)
    assert isinstance(refusal, NotFound)
    assert refusal.path == ("signUpId",)
    assert isinstance(await refusal_of(activity.organiser, sign_up_id), Forbidden)
    assert isinstance(await refusal_of(activity.organiser, 1), NotFound)


async def test_twice_is_not_signed_up() -> None:
    activity, caller = await an_activity(), await a_caller()
    sign_up_id = await a_sign_up(activity, caller)
    await cancel_sign_up(caller, sign_up_id, NOW)
    assert isinstance(await refusal_of(caller, sign_up_id), NotSignedUp)
    assert await counts_of(activity) == (0, 0, 0)


async def test_on_a_cancelled_activity_there_is_nothing_to_take_back() -> None:
    activity, caller = await an_activity(), await a_caller()
    sign_up_id = await a_sign_up(activity, caller)
    await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), NOW)
    assert isinstance(await refusal_of(caller, sign_up_id), ActivityCancelled)


async def test_who_was_expected_stays_on_the_list_once_the_shift_has_started() -> None:
    activity, caller = await an_activity(), await a_caller()
    refusal = await refusal_of(caller, await a_sign_up(activity, caller), STARTS)
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "shift_started"

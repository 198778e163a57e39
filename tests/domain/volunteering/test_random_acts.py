"""Whatever people do, in any order and at once: what is kept agrees with what is counted anew."""

from __future__ import annotations

import random
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.people.rights import Role
from domain.volunteering.approve_attendance import approve_attendance
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.reject_attendance import reject_attendance
from domain.volunteering.sign_up import sign_up
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch
from tests.builders.keys import a_key
from tests.builders.people import a_caller, role_over
from tests.builders.volunteering import (
    AFTERWARDS,
    LONG_AFTERWARDS,
    Activity,
    a_list,
    a_rejection,
    a_shift,
    an_activity,
    an_approval,
    an_hourly_rule,
    remembered,
    was_there,
)
from tests.clock import NOW, later
from tests.domain.volunteering.counted import broken_rules, outcomes

pytestmark = pytest.mark.usefixtures("database")

ROUNDS = 12
ACTS_AT_ONCE = 10
EXPECTED = {
    "done",
    "ALREADY_SIGNED_UP",
    "NOT_SIGNED_UP",
    "CONFLICT",
    "FULL",
    "CANCELLED",
    "ALREADY_REVERSED",
    "NOT_OPEN",
    "NOT_FOUND",
    "SECOND_PERSON_REQUIRED",
    "ALREADY_DECIDED",
}


@dataclass(frozen=True, slots=True)
class Village:
    """Some people, and what goes on."""

    people: list[Caller]
    activities: list[Activity]
    deciders: list[Caller]


async def a_village() -> Village:
    rule = an_hourly_rule()
    halves = [a_shift(ends_at=later(hours=2), capacity=2), a_shift(starts_at=later(hours=2), capacity=2)]
    activities = [
        await an_activity(capacity=3, shifts=halves, points_rule=rule),
        await an_activity(shifts=halves, points_rule=rule, waitlist_limit=2),
        await an_activity(capacity=2, points_rule=rule),
        await an_activity(starts_at=later(hours=3), ends_at=later(hours=5), capacity=4),
    ]
    everywhere = await a_caller()
    for activity in activities:
        await role_over(everywhere.resident_id or 0, Role.ORGANISER, organisation_id=activity.host_id)
    return Village([await a_caller() for _ in range(9)], activities, [everywhere, activities[0].organiser])


async def an_act(village: Village, dice: random.Random) -> Coroutine[Any, Any, object] | None:
    """Something that somebody might do now."""
    activity, caller = dice.choice(village.activities), dice.choice(village.people)
    sign_ups = await fetch("SELECT id, resident_id FROM sign_ups ORDER BY id")
    attendances = await fetch("SELECT id FROM attendances WHERE activity_id = ? ORDER BY id", activity.id)
    deeds = {"come": 10, "go": 7, "log": 3, "remember": 3, "approve": 3, "reject": 1, "void": 2, "call off": 0.3}
    match dice.choices(list(deeds), weights=list(deeds.values()))[0]:
        case "come":
            return sign_up(caller, dice.choice(activity.shift_ids), NOW)
        case "go" if sign_ups:
            sign_up_id, resident_id = dice.choice(sign_ups)
            return cancel_sign_up(Caller(resident_id), sign_up_id, NOW)
        case "log":
            people = dice.sample(village.people, 4)
            wish = a_list(activity, *(was_there(caller.resident_id or 0, a_time(dice)) for caller in people))
            return log_attendance(activity.organiser, wish, AFTERWARDS)
        case "remember":
            records = [remembered(caller.resident_id or 0) for caller in dice.sample(village.people, 2)]
            return log_attendance(activity.organiser, a_list(activity, *records), LONG_AFTERWARDS)
        case "approve" if attendances:
            return approve_attendance(
                dice.choice(village.deciders), an_approval(dice.choice(attendances)[0]), LONG_AFTERWARDS
            )
        case "reject" if attendances:
            return reject_attendance(
                dice.choice(village.deciders), a_rejection(dice.choice(attendances)[0]), LONG_AFTERWARDS
            )
        case "void" if attendances:
            wish_id = dice.choice(attendances)[0]
            wish_to_void = VoidAttendanceWish(attendance_id=wish_id, reason="记错人", idempotency_key=a_key())
            return void_attendance(activity.organiser, wish_to_void, AFTERWARDS)
        case "call off":
            return cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), NOW)
    return None


def a_time(dice: random.Random) -> datetime:
    """Mostly a time that is good for the first shift, sometimes not."""
    return later(hours=dice.choice([1, 1.5, 1.9, 4]))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_kept_agrees_with_what_is_counted_anew(seed: int) -> None:
    dice, village = random.Random(seed), await a_village()
    for _ in range(ROUNDS):
        acts = [await an_act(village, dice) for _ in range(ACTS_AT_ONCE)]
        counted = await outcomes(act for act in acts if act is not None)
        assert set(counted) <= EXPECTED
        assert await broken_rules() == []

"""May a resident sign up now? Asked before the button is pressed (Shift.viewerCanSignUp), and by the act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.refusals import (
    ActivityCancelled,
    AlreadySignedUp,
    Conflict,
    NotOpen,
    Refusal,
    ShiftFull,
    Unauthenticated,
)
from domain.volunteering.states import ActivityStatus
from storage.instants import from_micros

SHIFT = ("shiftId",)


def of_activity(expression: str) -> str:
    return f"(SELECT {expression} FROM activities fa WHERE fa.id = {{t}}.activity_id)"


# The facts as SQL over the shifts row {t} and :viewer, in the order in which facts_of() wants their values.
FACTS: dict[str, str] = {
    "viewer": "CAST(:viewer AS BIGINT)",
    "activity_status": of_activity("fa.status"),
    "closes_at": of_activity("COALESCE(fa.sign_up_closes_at, fa.starts_at)"),
    "shift_starts_at": "{t}.starts_at",
    "sign_up_id": """(SELECT fu.id FROM sign_ups fu
        WHERE fu.shift_id = {t}.id AND fu.resident_id = :viewer AND fu.status <> 'CANCELLED')""",
    "overlapping_title": """(SELECT oa.title FROM sign_ups ou JOIN shifts os ON os.id = ou.shift_id
        JOIN activities oa ON oa.id = ou.activity_id
        WHERE ou.resident_id = :viewer AND ou.status <> 'CANCELLED' AND ou.shift_id <> {t}.id
        AND os.starts_at < {t}.ends_at AND os.ends_at > {t}.starts_at ORDER BY ou.id LIMIT 1)""",
    "activity_capacity": of_activity("fa.capacity"),
    "activity_confirmed": of_activity("fa.confirmed_count"),
    "waitlist_limit": of_activity("fa.waitlist_limit"),
    "waitlist_count": of_activity("fa.waitlist_count"),
    "shift_capacity": "{t}.capacity",
    "shift_confirmed": "{t}.confirmed_count",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpFacts:
    """What decides whether `viewer` may sign up for a shift, and whether they get a place or wait.

    `sign_up_id` is their sign-up for this shift that stands, `overlapping_title` the activity of one at the same time.
    """

    viewer: int | None
    activity_status: str
    closes_at: datetime
    shift_starts_at: datetime
    sign_up_id: int | None
    overlapping_title: str | None
    activity_capacity: int | None
    activity_confirmed: int
    waitlist_limit: int
    waitlist_count: int
    shift_capacity: int | None
    shift_confirmed: int


def facts_of(values: Sequence[Any]) -> SignUpFacts:
    """The facts from the values of FACTS, in its order."""
    row = dict(zip(FACTS, values, strict=True))
    row["closes_at"] = from_micros(row["closes_at"])
    row["shift_starts_at"] = from_micros(row["shift_starts_at"])
    return SignUpFacts(**row)


def reasons_not_to_sign_up(facts: SignUpFacts, now: datetime) -> list[Refusal]:
    """Every reason, in the order in which the act would raise them; empty when nothing stands in the way.

    Unauthenticated, ActivityCancelled, NotOpen, AlreadySignedUp, Conflict, ShiftFull. To wait is no reason.
    """
    return [*reasons_of_the_activity(facts, now), *reasons_of_the_resident(facts), *reasons_of_places(facts)]


def reasons_of_the_activity(facts: SignUpFacts, now: datetime) -> Iterator[Refusal]:
    if facts.viewer is None:
        yield Unauthenticated()
    if facts.activity_status == ActivityStatus.CANCELLED:
        yield ActivityCancelled(path=SHIFT)
    if facts.activity_status == ActivityStatus.DRAFT:
        yield NotOpen(reason="activity_draft", path=SHIFT)
    if now >= facts.closes_at:
        yield NotOpen(reason="sign_up_closed", path=SHIFT)
    if now >= facts.shift_starts_at:
        yield NotOpen(reason="shift_started", path=SHIFT)


def reasons_of_the_resident(facts: SignUpFacts) -> Iterator[Refusal]:
    if facts.sign_up_id is not None:
        yield AlreadySignedUp(path=SHIFT)
    if facts.overlapping_title is not None:
        yield Conflict(reason="shifts_overlap", values={"title": facts.overlapping_title}, path=SHIFT)


def reasons_of_places(facts: SignUpFacts) -> Iterator[Refusal]:
    if not has_place(facts) and facts.waitlist_count >= facts.waitlist_limit:
        yield ShiftFull(limit=facts.waitlist_limit, used=facts.waitlist_count, path=SHIFT)


def has_place(facts: SignUpFacts) -> bool:
    """Whether whoever comes now gets a place. (Nobody waits for it then: a place that falls free is given at once.)"""
    return is_left(facts.activity_capacity, facts.activity_confirmed) and is_left(
        facts.shift_capacity, facts.shift_confirmed
    )


def is_left(capacity: int | None, taken: int) -> bool:
    return capacity is None or taken < capacity

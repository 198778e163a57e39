"""What an organiser wants an activity to be, and whether it can be that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.ranges import check_length, check_range
from domain.refusals import InvalidInput
from domain.text import clean_name, clean_text
from domain.volunteering.activity_status import LONGEST_ACTIVITY, is_over
from domain.volunteering.points_rule import PointsRule, check_points_rule
from domain.volunteering.states import ActivityKind

MAX_CAPACITY = 1_000_000
MAX_WAITLIST = 500
MAX_PARTNERS = 50
MAX_SHIFTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWish:
    """A time slot or task; `capacity` None is without limit, but for the activity's own."""

    name: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateActivityWish:
    """An activity to be. `sign_up_closes_at` None is its start; `capacity`, over all shifts, None is without limit."""

    kind: ActivityKind
    title: str
    summary: str
    host_id: int
    partner_ids: tuple[int, ...] = ()
    area_code: str
    venue: str
    latitude: float | None = None
    longitude: float | None = None
    starts_at: datetime
    ends_at: datetime
    sign_up_closes_at: datetime | None = None
    capacity: int | None = None
    waitlist_limit: int = MAX_WAITLIST
    points_rule: PointsRule
    shifts: tuple[ShiftWish, ...] = ()
    publish: bool = False


def checked(wish: CreateActivityWish, now: datetime) -> CreateActivityWish:
    """The wish with its texts cleaned and one shift at least. Raises InvalidInput at the first field that breaks a rule."""
    good = replace(
        wish,
        title=clean_name(wish.title, "title"),
        summary=clean_text(wish.summary, "summary"),
        venue=clean_name(wish.venue, "venue"),
    )
    check_position(wish)
    check_times(wish, now)
    check_capacity(wish.capacity, "capacity")
    check_range(wish.waitlist_limit, 0, MAX_WAITLIST, "waitlistLimit")
    check_points_rule(wish.points_rule)
    check_partners_named(wish)
    return replace(good, shifts=checked_shifts(good))


def check_position(wish: CreateActivityWish) -> None:
    """Raises InvalidInput where only one of the two is given, or one is not on the globe (NaN is not either)."""
    if (wish.latitude is None) is not (wish.longitude is None):
        raise InvalidInput(reason="position_half", path=("latitude" if wish.latitude is None else "longitude",))
    for degrees, most, field in ((wish.latitude, 90, "latitude"), (wish.longitude, 180, "longitude")):
        if degrees is not None and not -most <= degrees <= most:
            raise InvalidInput(reason="degrees_out_of_range", values={"least": -most, "most": most}, path=(field,))


def check_times(wish: CreateActivityWish, now: datetime) -> None:
    """Raises InvalidInput. What is over already cannot be opened: nobody could have come because of it."""
    if wish.ends_at <= wish.starts_at:
        raise InvalidInput(reason="ends_before_start", path=("endsAt",))
    if wish.ends_at - wish.starts_at > LONGEST_ACTIVITY:
        raise InvalidInput(reason="activity_too_long", values={"days": LONGEST_ACTIVITY.days}, path=("endsAt",))
    if is_over(wish.ends_at, now):
        raise InvalidInput(reason="ends_in_the_past", path=("endsAt",))
    if wish.sign_up_closes_at is not None and wish.sign_up_closes_at > wish.ends_at:
        raise InvalidInput(reason="sign_up_closes_after_end", path=("signUpClosesAt",))


def check_capacity(capacity: int | None, *path: str) -> None:
    if capacity is not None:
        check_range(capacity, 1, MAX_CAPACITY, *path)


def check_partners_named(wish: CreateActivityWish) -> None:
    """Raises InvalidInput: too many, the host among them, one named twice."""
    check_length(wish.partner_ids, 0, MAX_PARTNERS, "partnerIds")
    for index, partner_id in enumerate(wish.partner_ids):
        path = ("partnerIds", str(index))
        if partner_id == wish.host_id:
            raise InvalidInput(reason="partner_is_host", path=path)
        if partner_id in wish.partner_ids[:index]:
            raise InvalidInput(reason="partner_named_twice", path=path)


def checked_shifts(wish: CreateActivityWish) -> tuple[ShiftWish, ...]:
    check_length(wish.shifts, 0, MAX_SHIFTS, "shifts")
    if not wish.shifts:
        whole = ShiftWish(name=wish.title, starts_at=wish.starts_at, ends_at=wish.ends_at, capacity=wish.capacity)
        return (whole,)
    return tuple(checked_shift(wish, shift, "shifts", str(index)) for index, shift in enumerate(wish.shifts))


def checked_shift(wish: CreateActivityWish, shift: ShiftWish, *path: str) -> ShiftWish:
    name = clean_name(shift.name, *path, "name")
    if not wish.starts_at <= shift.starts_at < wish.ends_at:
        raise InvalidInput(reason="shift_outside_activity", path=(*path, "startsAt"))
    if shift.ends_at <= shift.starts_at:
        raise InvalidInput(reason="ends_before_start", path=(*path, "endsAt"))
    if shift.ends_at > wish.ends_at:
        raise InvalidInput(reason="shift_outside_activity", path=(*path, "endsAt"))
    check_capacity(shift.capacity, *path, "capacity")
    return replace(shift, name=name)

"""Activities and sign-ups."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.volunteering.activity_wish import CreateActivityWish, ShiftWish
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.create_activity import create_activity
from domain.volunteering.points_rule import PointsRule
from domain.volunteering.publish_activity import publish_activity
from domain.volunteering.sign_up import sign_up
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.volunteering import (
    ActivityIdInput,
    CancelActivityInput,
    CancelSignUpInput,
    CreateActivityInput,
    PointsRuleInput,
    SignUpInput,
)
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.volunteering import Activity, SignUp


@strawberry.type(description="An activity after a change.")
class ActivityPayload:
    """The activity as it is now."""

    activity: Activity | None = strawberry.field(default=None, description="The activity as it is now.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="A sign-up after a change.")
class SignUpPayload:
    """The sign-up as it is now."""

    sign_up: SignUp | None = strawberry.field(
        default=None, description="The sign-up as it is now: CONFIRMED, or WAITLISTED when every place is taken."
    )
    errors: list[UserError] = no_errors()


def points_rule(wanted: PointsRuleInput) -> PointsRule:
    return PointsRule(
        programme=wanted.programme,
        per_attendance=wanted.per_attendance,
        per_hour=wanted.per_hour,
        cap=wanted.cap,
        lowest_grade=wanted.lowest_grade,
        least_share=wanted.least_share_percent,
    )


def activity_wish(wanted: CreateActivityInput) -> CreateActivityWish:
    return CreateActivityWish(
        kind=wanted.kind,
        title=wanted.title,
        summary=wanted.summary,
        host_id=require_id(wanted.host_id, "Organisation", "hostId"),
        partner_ids=tuple(
            require_id(text, "Organisation", "partnerIds", str(i)) for i, text in enumerate(wanted.partner_ids)
        ),
        area_code=wanted.area_code,
        venue=wanted.venue,
        latitude=wanted.latitude,
        longitude=wanted.longitude,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        sign_up_closes_at=wanted.sign_up_closes_at,
        capacity=wanted.capacity,
        waitlist_limit=wanted.waitlist_limit,
        points_rule=points_rule(wanted.points_rule),
        shifts=tuple(
            ShiftWish(name=s.name, starts_at=s.starts_at, ends_at=s.ends_at, capacity=s.capacity) for s in wanted.shifts
        ),
        publish=wanted.publish,
    )


@strawberry.type
class VolunteeringMutations:
    """The room volunteering, but for attendance."""

    @mutation(
        "Organisers of the host: a new activity, with one shift that spans it where none are given. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, NOT_FOUND, FORBIDDEN.",
        ActivityPayload,
    )
    async def create_activity(self, info: Info, wanted: Annotated[CreateActivityInput, INPUT]) -> ActivityPayload:
        activity_id = await create_activity(info.context.caller, activity_wish(wanted), info.context.now)
        return ActivityPayload(activity=reference(Activity, activity_id))

    @mutation(
        "Organisers of the host: everyone can see a draft from now on, and sign up. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "NOT_FOUND, FORBIDDEN, CANCELLED, CONFLICT, NOT_OPEN.",
        ActivityPayload,
    )
    async def publish_activity(self, info: Info, wanted: Annotated[ActivityIdInput, INPUT]) -> ActivityPayload:
        activity_id = require_id(wanted.activity_id, "Activity", "activityId")
        await publish_activity(info.context.caller, activity_id, info.context.now)
        return ActivityPayload(activity=reference(Activity, activity_id))

    @mutation(
        "Organisers of the host: it does not take place, and all its sign-ups are cancelled. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, NOT_FOUND, FORBIDDEN, CANCELLED, NOT_OPEN.",
        ActivityPayload,
    )
    async def cancel_activity(self, info: Info, wanted: Annotated[CancelActivityInput, INPUT]) -> ActivityPayload:
        activity_id = require_id(wanted.activity_id, "Activity", "activityId")
        wish = CancelActivityWish(activity_id=activity_id, reason=wanted.reason)
        await cancel_activity(info.context.caller, wish, info.context.now)
        return ActivityPayload(activity=reference(Activity, activity_id))

    @mutation(
        "Ask for a place in a shift: one that is free, or the next on the waiting list. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "NOT_FOUND, CANCELLED, NOT_OPEN, ALREADY_SIGNED_UP, CONFLICT, FULL.",
        SignUpPayload,
    )
    async def sign_up(self, info: Info, wanted: Annotated[SignUpInput, INPUT]) -> SignUpPayload:
        shift_id = require_id(wanted.shift_id, "Shift", "shiftId")
        return SignUpPayload(sign_up=reference(SignUp, await sign_up(info.context.caller, shift_id, info.context.now)))

    @mutation(
        "Take one's own sign-up back; the first in line gets the place. Errors: UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, "
        "FORBIDDEN, CANCELLED, NOT_SIGNED_UP, NOT_OPEN.",
        SignUpPayload,
    )
    async def cancel_sign_up(self, info: Info, wanted: Annotated[CancelSignUpInput, INPUT]) -> SignUpPayload:
        sign_up_id = require_id(wanted.sign_up_id, "SignUp", "signUpId")
        await cancel_sign_up(info.context.caller, sign_up_id, info.context.now)
        return SignUpPayload(sign_up=reference(SignUp, sign_up_id))

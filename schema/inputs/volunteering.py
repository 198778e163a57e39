"""What clients may send about activities, sign-ups and attendances."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.text import NAME_LENGTH, REASON_LENGTH, TEXT_LENGTH
from schema.enums import ActivityKind, ActivityStatus, EvidenceGrade
from schema.inputs.keys import IDEMPOTENCY_KEY
from schema.inputs.lists import MOST_OF_A_KIND
from schema.inputs.optional import LeftOutIsNull, optional
from schema.scalars import Points


@strawberry.input(
    description="Which activities are wanted. All conditions must hold; what is left out does not restrict."
)
class ActivityFilter(LeftOutIsNull):
    """See schema/searching.py for what each becomes in SQL."""

    kinds: list[ActivityKind] | None = optional(f"Of these kinds, {MOST_OF_A_KIND} at most.")
    area_code: str | None = optional("This area and all that lies below it.")
    starts_from: datetime | None = optional("Starting at or after this instant.")
    starts_until: datetime | None = optional("Starting before this instant.")
    has_places: bool | None = optional("true: only those with a place left. false does not restrict.")
    search: str | None = optional(
        "Chinese or English text, two characters or more, in title, summary, venue or host. Words with spaces "
        "between them must all be there, in any order; capitals do not matter."
    )
    status: list[ActivityStatus] | None = strawberry.field(
        default_factory=lambda: [ActivityStatus.PUBLISHED],
        description=f"In one of these states, {MOST_OF_A_KIND} at most; null for all that the viewer may see. Drafts are seen "
        "by their organisers only.",
    )


@strawberry.input(description="What one attendance earns: min(cap, perAttendance + perHour x whole hours served).")
class PointsRuleInput:
    """Zero or more points each."""

    programme: str = strawberry.field(default="xuexi", description="The code of the programme that gives the points.")
    per_attendance: Points = strawberry.field(
        default=Points(0), description="Points for having been there. Not negative."
    )
    per_hour: Points = strawberry.field(
        default=Points(0), description="Points for each whole hour served. Not negative."
    )
    cap: Points = strawberry.field(description="The most that one attendance earns. Not negative.")
    lowest_grade: EvidenceGrade = strawberry.field(
        default=EvidenceGrade.ENTERED_AFTERWARDS,
        description="It pays from this grade of evidence on. SCANNED_ONCE: only hours that were scanned count for points.",
    )
    least_share_percent: int = strawberry.field(
        default=0,
        description="It pays to whoever was there for at least this share of the shift, 0 to 100. 60: three fifths of the time.",
    )


@strawberry.input(description="A time slot or a task within an activity.")
class ShiftInput(LeftOutIsNull):
    """Lies within its activity."""

    name: str = strawberry.field(description=f"What it is called, 1 to {NAME_LENGTH} characters.")
    starts_at: datetime = strawberry.field(description="When it begins, within the activity.")
    ends_at: datetime = strawberry.field(description="When it ends, within the activity.")
    capacity: int | None = optional("Places in this shift, 1 or more; null is unlimited.")


@strawberry.input(description="A new activity.")
class CreateActivityInput(LeftOutIsNull):
    """See the act create_activity."""

    kind: ActivityKind = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description=f"What it is called, 1 to {NAME_LENGTH} characters.")
    summary: str = strawberry.field(description=f"What happens there, 1 to {TEXT_LENGTH} characters.")
    host_id: strawberry.ID = strawberry.field(
        description="The organisation that runs it. The caller must be its organiser."
    )
    partner_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Organisations that help, 50 at most."
    )
    area_code: str = strawberry.field(description="Where it takes place: an area's code.")
    venue: str = strawberry.field(description=f"Where to go, in words, 1 to {NAME_LENGTH} characters.")
    latitude: float | None = optional("-90 to 90 (WGS 84), together with longitude.")
    longitude: float | None = optional("-180 to 180 (WGS 84), together with latitude.")
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(description="When it ends, after it begins.")
    sign_up_closes_at: datetime | None = optional("When sign-up closes; null: when the activity starts.")
    capacity: int | None = optional("Places over all shifts, 1 or more; null is unlimited.")
    waitlist_limit: int = strawberry.field(
        default=500, description="How many may wait when every place is taken, 0 to 500."
    )
    points_rule: PointsRuleInput = strawberry.field(description="What an attendance earns.")
    shifts: list[ShiftInput] = strawberry.field(
        default_factory=list, description="100 at most. Left out: one shift that spans the activity."
    )
    publish: bool = strawberry.field(default=False, description="true: publish at once. false: keep it as a draft.")


@strawberry.input(description="An activity, by its id.")
class ActivityIdInput:
    """For publishActivity."""

    activity_id: strawberry.ID = strawberry.field(description="Which activity.")


@strawberry.input(description="An activity that will not take place.")
class CancelActivityInput:
    """See the act cancel_activity."""

    activity_id: strawberry.ID = strawberry.field(description="Which activity.")
    reason: str = strawberry.field(description=f"Why, for those who signed up, 1 to {REASON_LENGTH} characters.")


@strawberry.input(description="A wish for a place.")
class SignUpInput:
    """See the act sign_up."""

    shift_id: strawberry.ID = strawberry.field(description="In which shift.")


@strawberry.input(description="A sign-up to be taken back.")
class CancelSignUpInput:
    """See the act cancel_sign_up."""

    sign_up_id: strawberry.ID = strawberry.field(description="Which sign-up.")


@strawberry.input(description="Who attended: exactly one of the three.", one_of=True)
class AttendeeInput(LeftOutIsNull):
    """Picked from a list, scanned, or told."""

    resident_id: strawberry.ID | None = optional("Picked from the list of sign-ups.")
    member_code: str | None = optional(
        "The token of the code on their phone, scanned at about checkedInAt and at most 72 hours ago."
    )
    phone: str | None = optional("Their mainland mobile number, with or without +86; they must have signed in once.")


@strawberry.input(description="One person at one shift.")
class AttendanceRecordInput(LeftOutIsNull):
    """A row of a batch."""

    attendee: AttendeeInput = strawberry.field(description="Who attended.")
    checked_in_at: datetime = strawberry.field(
        description="When they came: from two hours before the shift until its end, and not in the future."
    )
    checked_out_at: datetime | None = optional("When they left. Null, once the shift is over: closed at its end.")
    check_out_member_code: str | None = optional(
        "The token of the code on their phone, scanned at about checkedOutAt (which then has to be given) and at most 72 hours "
        "ago. With a memberCode as attendee it makes the evidence SCANNED_IN_AND_OUT."
    )
    reason: str | None = optional(
        "Why it is sent in so late, 1 to 500 characters: required where nobody was scanned and Shift.listDueAt is over. Both "
        "times then have to lie within the shift, checkedOutAt given, and somebody else has to approve it (approveAttendance)."
    )
    units: int | None = optional("How much they did, 0 to 10000, where a PER_UNIT rule counts it.")
    score: int | None = optional("How well they did, 0 to 10000, where a SCORE_BAND rule counts it.")


@strawberry.input(description="Who came to a shift.")
class LogAttendanceInput:
    """See the act log_attendance."""

    shift_id: strawberry.ID = strawberry.field(description="Which shift.")
    records: list[AttendanceRecordInput] = strawberry.field(description="1 to 500.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An attendance that shall not count.")
class VoidAttendanceInput:
    """See the act void_attendance."""

    attendance_id: strawberry.ID = strawberry.field(description="Which attendance.")
    reason: str = strawberry.field(
        description=f"Why, for the resident and for auditors, 1 to {REASON_LENGTH} characters."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An attendance that was entered afterwards and did take place.")
class ApproveAttendanceInput:
    """See the act approve_attendance."""

    attendance_id: strawberry.ID = strawberry.field(description="Which attendance.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An attendance that was entered afterwards and is not believed.")
class RejectAttendanceInput:
    """See the act reject_attendance."""

    attendance_id: strawberry.ID = strawberry.field(description="Which attendance.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters, for whoever entered it and for the resident.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An alarm that somebody looked into.")
class SettleAlarmInput:
    """See the act settle_alarm."""

    alarm_id: strawberry.ID = strawberry.field(description="Which alarm.")
    note: str = strawberry.field(description="What was found, 1 to 500 characters. Kept for good.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)

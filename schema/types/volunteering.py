"""Activities, shifts, sign-ups and attendances."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from domain.volunteering import models
from domain.volunteering.activity_status import STATUS_AT
from domain.volunteering.eligibility import FACTS, facts_of, reasons_not_to_sign_up
from domain.volunteering.evidence import list_due
from domain.volunteering.visibility import (
    organises,
    sees_activity,
    sees_attendance,
    sees_part_of_activity,
    sees_sign_up,
)
from schema.enums import ActivityKind, ActivityStatus, AttendanceApproval, AttendanceMethod, EvidenceGrade, SignUpStatus
from schema.explaining import explain_attendance
from schema.reads.arguments import argument
from schema.reads.asking import Asking
from schema.reads.declare import Node, column, computed, connection, row_type, sql, to_many, to_one
from schema.reads.paging import Connection
from schema.reads.sources import Condition, Link, condition
from schema.scalars import Points
from schema.types.eligibility import Eligibility, eligibility, read_with_row, values_of
from schema.types.people import Resident
from schema.types.places import Area, Organisation
from schema.types.programmes import Award
from storage.instants import from_micros

if TYPE_CHECKING:
    from schema.types.ledger import Transfer

# Its own place in line, among those who wait for the same shift.
WAITLIST_POSITION = """CASE WHEN {t}.status = 'WAITLISTED' THEN (SELECT COUNT(*) FROM sign_ups wl
    WHERE wl.activity_id = {t}.activity_id AND wl.shift_id = {t}.shift_id AND wl.status = 'WAITLISTED'
    AND wl.arrival <= {t}.arrival) END"""


def sign_ups_where(status: SignUpStatus | None) -> Iterator[Condition]:
    yield condition(organises("{t}"))
    if status is not None:
        yield condition("{other}.status = :status", status=status)


def attendances_where(approval: AttendanceApproval | None) -> Iterator[Condition]:
    yield condition(organises("{t}"))
    if approval is not None:
        yield condition("{other}.approval = :approval", approval=approval)


def can_sign_up(asking: Asking, **facts: Any) -> Eligibility:
    reasons = reasons_not_to_sign_up(facts_of(values_of(FACTS, facts, asking)), asking.now)
    return eligibility(reasons, asking.language)


def list_due_at(ends_at: int) -> datetime:
    return list_due(from_micros(ends_at))


@strawberry.type(description="Points for one attendance = min(cap, perAttendance + perHour x whole hours served).")
class PointsRule:
    """What an attendance earns."""

    programme: str = strawberry.field(description="The code of the programme that gives the points.")
    per_attendance: Points = strawberry.field(description="Points for having been there.")
    per_hour: Points = strawberry.field(description="Points for each whole hour served.")
    cap: Points = strawberry.field(description="The most that one attendance earns.")
    lowest_grade: EvidenceGrade = strawberry.field(description="It pays from this grade of evidence on.")
    least_share_percent: int = strawberry.field(
        description="It pays to whoever was there for at least this share of the shift, in per cent."
    )


def points_rule(lowest_grade: str, **figures: Any) -> PointsRule:
    return PointsRule(lowest_grade=EvidenceGrade(lowest_grade), **figures)


@row_type(models.Activity, visible=sees_activity("{t}"))
class Activity(Node):
    """One volunteer activity. A draft is seen only by the organisers of its host."""

    kind: ActivityKind = column("What it is about.")
    title: str = column("What it is called.")
    summary: str = column("What happens there, in some sentences.")
    status: ActivityStatus = sql("Where it is in its life. COMPLETED from its end on.", STATUS_AT)
    host: Organisation = to_one("Who runs it.")
    partners: list[Organisation] = to_many(
        "Who helps the host.",
        via=Link(models.ActivityPartner, here="activity_id", there="organisation_id"),
        order="{link}.position",
    )
    area: Area = to_one("Where it takes place.")
    venue: str = column("Where to go, in words.")
    latitude: float | None = column("North of the equator, in degrees (WGS 84).")
    longitude: float | None = column("East of Greenwich, in degrees (WGS 84).")
    starts_at: datetime = column("When it begins.")
    ends_at: datetime = column("When it ends.")
    sign_up_closes_at: datetime | None = column("Sign-up closes at this time, or when the activity starts.")
    capacity: int | None = column("Places over all shifts. Null is unlimited.")
    waitlist_limit: int = column("How many may wait when every place is taken.")
    sign_up_count: int = column("Sign-ups that have a place.", "confirmed_count")
    waitlist_count: int = column("Sign-ups that wait for one.")
    attendance_count: int = column("Attendances that stand; what was entered afterwards counts once it is approved.")
    points_rule: PointsRule = computed(
        "What an attendance earns.",
        needs={
            "programme": "points_programme",
            "per_attendance": "points_per_attendance",
            "per_hour": "points_per_hour",
            "cap": "points_cap",
            "lowest_grade": "points_lowest_grade",
            "least_share_percent": "points_least_share",
        },
        by=points_rule,
    )
    published_at: datetime | None = column("When it was published; null for a draft.")
    cancelled_at: datetime | None = column("When it was cancelled.")
    cancel_reason: str | None = column("Why it was cancelled, in the organiser's words.")
    shifts: list[Shift] = to_many("Its time slots or tasks, one at least.", "activity_id", order="position")
    viewer_sign_up: SignUp | None = to_one(
        "The signed-in person's sign-up that stands, if any; where there are several, the first they made.",
        on="{other}.activity_id = {t}.id AND {other}.resident_id = :viewer AND {other}.status <> 'CANCELLED'",
        order="{other}.arrival + 0",  # not by the index of arrivals: it would be searched through all sign-ups of the activity
    )
    sign_ups: Connection[SignUp] = connection(
        "In order of arrival. Organisers of this activity only; empty for everyone else.",
        "activity_id",
        order="arrival",
        where=sign_ups_where,
        args={"status": argument(SignUpStatus | None, "Only those.")},
    )
    attendances: Connection[Attendance] = connection(
        "Who came, in order of check-in; also those that were voided. Organisers of this activity only; empty for everyone else.",
        "activity_id",
        order="checked_in_at",
        where=attendances_where,
        args={"approval": argument(AttendanceApproval | None, "Only those of which a second person said so.")},
    )


@row_type(models.Shift, visible=sees_part_of_activity("{t}"))
class Shift(Node):
    """A time slot or a task within an activity. Every activity has at least one."""

    activity: Activity = to_one("The activity it belongs to.")
    name: str = column("What it is called.")
    starts_at: datetime = column("When it begins.")
    ends_at: datetime = column("When it ends. An attendance without a check-out is closed at this time.")
    capacity: int | None = column(
        "Places in this shift; null is unlimited, and the activity's own capacity still counts."
    )
    sign_up_count: int = column("Sign-ups that have a place.", "confirmed_count")
    waitlist_count: int = column("Sign-ups that wait for one.")
    list_due_at: datetime = computed(
        "The last instant at which a list without scans counts as the organiser's list. What is sent in later was entered "
        "afterwards.",
        needs={"ends_at": "ends_at"},
        by=list_due_at,
    )
    viewer_can_sign_up: Eligibility = computed(
        "May the signed-in person sign up for it now? What signUp would answer. To have to wait is no reason against it.",
        needs=read_with_row(FACTS),
        by=can_sign_up,
    )


@row_type(models.SignUp, visible=sees_sign_up("{t}"))
class SignUp(Node):
    """A resident's wish for a place in a shift. Seen by the resident and the activity's organisers."""

    resident: Resident = to_one("Who signed up.")
    shift: Shift = to_one("For what.")
    status: SignUpStatus = column("What became of it.")
    waitlist_position: int | None = sql("1 is next in line. Null for a sign-up that does not wait.", WAITLIST_POSITION)
    created_at: datetime = column("When it was made.")


@row_type(models.Attendance, visible=sees_attendance("{t}"))
class Attendance(Node):
    """A resident was there. Seen by the resident, the activity's organisers, administrators over its host, and readers
    of the book."""

    resident: Resident = to_one("Who came.")
    shift: Shift = to_one("To what.")
    checked_in_at: datetime = column("When they came.")
    checked_out_at: datetime | None = column("When they left; the shift's end where nobody wrote it down.")
    method: AttendanceMethod = column("How it is known that they were there.")
    grade: EvidenceGrade = column("How well it is known. The points rule says from which grade on it pays.")
    reason: str | None = column("Why it was recorded so late, where it was entered afterwards.")
    approval: AttendanceApproval = column("What a second person said of what was entered afterwards.")
    decided_by: Resident | None = to_one("Who approved or rejected it.", "decided_by_id")
    decided_at: datetime | None = column("When they did.")
    reject_reason: str | None = column("Why they rejected it.")
    recorded_by: Resident = to_one("Who recorded it.", "recorded_by_id")
    units: int | None = column("How much they did, where it was told; see PER_UNIT rules.")
    score: int | None = column("How well they did, where it was told; see SCORE_BAND rules.")
    points_earned: Points = column("What it earned; stays as it was when the attendance is voided.")
    awards: list[Award] = to_many(
        "What each rule gave, what it would have given, and what a cap cut off. Their points add up to pointsEarned. Empty where "
        "nothing was to be earned.",
        "attendance_id",
        order="position",
    )
    explanation: str = computed(
        "The same in words, in the language of Accept-Language: why it earned so many points, or none.",
        needs={"lines": "award_lines", "approval": "approval"},
        by=explain_attendance,
    )
    transfer: Annotated[Transfer, strawberry.lazy("schema.types.ledger")] | None = to_one(
        "The transfer that paid it; null while nothing was earned."
    )
    double_of: Attendance | None = to_one(
        "Another attendance of the same shift, recorded of somebody who turned out to be the same person; null for nearly all.",
        on="{other}.id = {t}.double_of",
    )
    voided_at: datetime | None = column("When it was voided; null while it stands.")
    void_reason: str | None = column("Why it was voided.")

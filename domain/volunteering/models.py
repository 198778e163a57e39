"""Activities and who came. (`activity_grams` has no model: it is an index.)"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class Activity(Model):
    """One volunteer activity. The counts are kept by the acts that change them."""

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.TextField()
    title = fields.TextField()
    summary = fields.TextField()
    status = fields.TextField()
    host_id = fields.BigIntField()
    area_id = fields.BigIntField()
    venue = fields.TextField()
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    starts_at = InstantField()
    ends_at = InstantField()
    sign_up_closes_at = InstantField(null=True)
    capacity = fields.BigIntField(null=True)
    waitlist_limit = fields.BigIntField(default=500)
    confirmed_count = fields.BigIntField(default=0)
    waitlist_count = fields.BigIntField(default=0)
    attendance_count = fields.BigIntField(default=0)
    arrivals = fields.BigIntField(default=0)
    points_programme = fields.TextField()
    points_per_attendance = fields.BigIntField()
    points_per_hour = fields.BigIntField()
    points_cap = fields.BigIntField()
    points_lowest_grade = fields.TextField(default="ENTERED_AFTERWARDS")
    points_least_share = fields.BigIntField(default=0)
    search_text = fields.TextField()
    created_by_id = fields.BigIntField()
    created_at = InstantField()
    published_at = InstantField(null=True)
    cancelled_at = InstantField(null=True)
    cancel_reason = fields.TextField(null=True)

    class Meta:
        table = "activities"


class ActivityPartner(Model):
    """An organisation that helps the host."""

    id = fields.BigIntField(primary_key=True, generated=False)
    activity_id = fields.BigIntField()
    organisation_id = fields.BigIntField()
    position = fields.BigIntField()

    class Meta:
        table = "activity_partners"


class Shift(Model):
    """A time slot or a task within an activity."""

    id = fields.BigIntField(primary_key=True, generated=False)
    activity_id = fields.BigIntField()
    name = fields.TextField()
    starts_at = InstantField()
    ends_at = InstantField()
    capacity = fields.BigIntField(null=True)
    confirmed_count = fields.BigIntField(default=0)
    waitlist_count = fields.BigIntField(default=0)
    position = fields.BigIntField()

    class Meta:
        table = "shifts"


class SignUp(Model):
    """A resident asked for a place in a shift; `arrival` is the order in which the activity was asked."""

    id = fields.BigIntField(primary_key=True, generated=False)
    activity_id = fields.BigIntField()
    shift_id = fields.BigIntField()
    resident_id = fields.BigIntField()
    status = fields.TextField()
    arrival = fields.BigIntField()
    created_at = InstantField()
    confirmed_at = InstantField(null=True)
    cancelled_at = InstantField(null=True)
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "sign_ups"


class Attendance(Model):
    """A resident was there. Counts until it is voided."""

    id = fields.BigIntField(primary_key=True, generated=False)
    activity_id = fields.BigIntField()
    shift_id = fields.BigIntField()
    resident_id = fields.BigIntField()
    checked_in_at = InstantField()
    checked_out_at = InstantField()
    served_seconds = fields.BigIntField()
    method = fields.TextField()
    grade = fields.TextField()
    reason = fields.TextField(null=True)
    approval = fields.TextField()
    decided_by_id = fields.BigIntField(null=True)
    decided_at = InstantField(null=True)
    reject_reason = fields.TextField(null=True)
    recorded_by_id = fields.BigIntField()
    recorded_at = InstantField()
    points_earned = fields.BigIntField()
    transfer_id = fields.BigIntField(null=True)
    units = fields.BigIntField(null=True)
    score = fields.BigIntField(null=True)
    award_lines = fields.TextField(null=True)
    voided_at = InstantField(null=True)
    void_reason = fields.TextField(null=True)
    voided_by_id = fields.BigIntField(null=True)
    merged_from_id = fields.BigIntField(null=True)
    double_of = fields.BigIntField(default=0)

    class Meta:
        table = "attendances"


class Alarm(Model):
    """What somebody should look into: how `organiser` recorded attendances. `people` and `minutes` are its figures."""

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.TextField()
    activity_id = fields.BigIntField()
    shift_id = fields.BigIntField()
    organiser_id = fields.BigIntField()
    resident_id = fields.BigIntField(null=True)
    attendance_id = fields.BigIntField(null=True)
    other_attendance_id = fields.BigIntField(null=True)
    people = fields.BigIntField()
    minutes = fields.BigIntField()
    raised_at = InstantField()
    settled_at = InstantField(null=True)
    settled_by_id = fields.BigIntField(null=True)
    note = fields.TextField(null=True)
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "alarms"

"""Kinds and states of activities, sign-ups and attendances. The names are what the database and the API hold."""

from __future__ import annotations

from enum import StrEnum


class ActivityKind(StrEnum):
    """What an activity is about."""

    CLINIC = "CLINIC"
    ANTI_FRAUD = "ANTI_FRAUD"
    CLEANUP = "CLEANUP"
    DISASTER_PREPAREDNESS = "DISASTER_PREPAREDNESS"
    SAFETY_INSPECTION = "SAFETY_INSPECTION"
    STUDY_PROMOTION = "STUDY_PROMOTION"
    READING = "READING"
    CULTURE = "CULTURE"
    FESTIVAL = "FESTIVAL"
    FARM_AID = "FARM_AID"
    CENSUS = "CENSUS"
    COMMUNITY_SERVICE = "COMMUNITY_SERVICE"
    OTHER = "OTHER"


class ActivityStatus(StrEnum):
    """Where an activity is in its life."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"


class SignUpStatus(StrEnum):
    """A sign-up stands while it is CONFIRMED or WAITLISTED."""

    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    CANCELLED = "CANCELLED"


class AttendanceMethod(StrEnum):
    """How it is known that the resident was there."""

    ORGANISER = "ORGANISER"
    MEMBER_CODE = "MEMBER_CODE"
    SELF_CHECK_IN = "SELF_CHECK_IN"
    IMPORT = "IMPORT"


class AttendanceApproval(StrEnum):
    """What a second person said. The names are what the database and the API hold."""

    NOT_NEEDED = "NOT_NEEDED"
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class AlarmKind(StrEnum):
    """What looks wrong. The names are what the database and the API hold."""

    MANY_ENTRIES = "MANY_ENTRIES"
    TWO_PLACES = "TWO_PLACES"
    RECORDED_AFTER_CREATION = "RECORDED_AFTER_CREATION"

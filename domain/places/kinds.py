"""What areas and organisations there are. The names are what the database and the API hold."""

from __future__ import annotations

from enum import StrEnum


class AreaLevel(StrEnum):
    """How large an area is."""

    DISTRICT = "DISTRICT"
    SUBDISTRICT = "SUBDISTRICT"
    TOWN = "TOWN"
    COMMUNITY = "COMMUNITY"
    VILLAGE = "VILLAGE"
    GRID = "GRID"


class OrganisationKind(StrEnum):
    """What a body is."""

    COMMUNITY_COMMITTEE = "COMMUNITY_COMMITTEE"
    CIVIL_PRACTICE_STATION = "CIVIL_PRACTICE_STATION"
    GOVERNMENT = "GOVERNMENT"
    HOSPITAL = "HOSPITAL"
    COMPANY = "COMPANY"
    SCHOOL = "SCHOOL"
    ASSOCIATION = "ASSOCIATION"
    OTHER = "OTHER"

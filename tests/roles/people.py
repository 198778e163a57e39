"""Everybody who may ask, and the groups in which rights are told."""

from __future__ import annotations

from enum import StrEnum


class Who(StrEnum):
    """Somebody with one role, or none. The host lies in Liuhang: in Rencheng, but managed by the High-tech Zone."""

    NOBODY = "nobody"
    OWNER = "the resident whose rows they are"
    RESIDENT = "another resident"
    ORGANISER = "organiser of the host"
    AREA_ORGANISER = "organiser of the zone that manages the host's area"
    ORGANISER_WHERE_IT_LIES = "organiser of the district the host only lies in"
    ORGANISER_ELSEWHERE = "organiser of another body"
    FORMER_ORGANISER = "organiser of the host until the role was revoked"
    GATE = "gate staff of the host"
    AREA_GATE = "gate staff of the zone that manages the host's area"
    GATE_WHERE_IT_LIES = "gate staff of the district the host only lies in"
    GATE_ELSEWHERE = "gate staff of another body"
    AUDITOR = "auditor of the district"
    AUDITOR_BELOW = "auditor of a subdistrict"
    ADMIN = "administrator of the district"
    ZONE_ADMIN = "administrator of the zone that manages the host's area"
    ADMIN_BELOW = "administrator of the subdistrict the host lies in"
    ADMIN_ELSEWHERE = "administrator of another subdistrict"


Group = frozenset[Who]


def group(*members: Who) -> Group:
    """Some of them."""
    return frozenset(members)


EVERYBODY: Group = frozenset(Who)
NOBODY = group(Who.NOBODY)
SIGNED_IN = EVERYBODY - NOBODY
NONE: Group = frozenset()
OWNER = group(Who.OWNER)
ORGANISERS = group(Who.ORGANISER, Who.AREA_ORGANISER)
GATE = group(Who.GATE, Who.AREA_GATE)
# The book is one for all districts, so any whole district or zone will do.
BOOK_ADMINS = group(Who.ADMIN, Who.ZONE_ADMIN)
BOOK = BOOK_ADMINS | {Who.AUDITOR}
# Rights follow management: the district's own administrator is not among them.
HOST_ADMINS = group(Who.ZONE_ADMIN, Who.ADMIN_BELOW)

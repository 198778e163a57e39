"""Residents and their roles."""

from __future__ import annotations

from domain.people import models
from domain.people.phone_seal import phone_as_seen
from domain.people.rights import Role, holds_role_over_organisation, reads_the_book
from domain.volunteering.approval import counts
from schema.reads.asking import Asking
from schema.reads.declare import Node, column, computed, row_type, sql, to_one
from schema.types.places import Area, Organisation

ORGANISER_OF_THEIRS = holds_role_over_organisation(Role.ORGANISER, "va.host_id")


def took_part(table: str) -> str:
    """SQL: the resident {t} has a row of `table` in an activity that :viewer organises."""
    return f"""EXISTS (SELECT 1 FROM {table} vr JOIN activities va ON va.id = vr.activity_id
        WHERE vr.resident_id = {{t}}.id AND {ORGANISER_OF_THEIRS})"""


SEES_RESIDENT = f"({{t}}.id = :viewer OR {reads_the_book()} OR {took_part('sign_ups')} OR {took_part('attendances')})"
SERVED_SECONDS = (
    """(SELECT CAST(COALESCE(SUM(sa.served_seconds), 0) AS BIGINT) FROM attendances sa
    WHERE sa.resident_id = {t}.id AND """
    + counts("sa")
    + ")"
)


def phone_for_viewer(sealed: bytes | None, resident_id: int, asking: Asking) -> str | None:
    return phone_as_seen(sealed, resident_id, asking.viewer)


def hours(seconds: int) -> float:
    """Rounded to two decimals."""
    return round(seconds / 3600, 2)


@row_type(models.Resident, visible=SEES_RESIDENT)
class Resident(Node):
    """A person. Organisers, gate staff and administrators are residents with role grants.

    By its id a resident is found only by themselves, by auditors and administrators, and by organisers of an activity
    they took part in.
    """

    display_name: str = column("The name they chose to be shown.")
    phone: str | None = computed(
        "Masked ('138****5678') for everyone but the person. Null for people who have no phone.",
        needs={"sealed": "phone_sealed", "resident_id": "id"},
        by=phone_for_viewer,
    )
    area: Area | None = to_one("Where they live, if they said so.")
    merged_into: Resident | None = to_one(
        "Who they go on as, where two residents turned out to be one person; null for everybody else."
    )
    hours_served: float = sql(
        "Hours served, rounded to two decimals, over attendances that stand; what was entered afterwards counts once it is "
        "approved.",
        SERVED_SECONDS,
        as_=hours,
    )


@row_type(models.RoleGrant)
class RoleGrant:
    """A role, held over an area and all that is managed below it, or over one organisation."""

    role: Role = column("What it allows.")
    area: Area | None = to_one("The area it is held over; null when it is held over an organisation.")
    organisation: Organisation | None = to_one("The organisation it is held over; null when it is held over an area.")

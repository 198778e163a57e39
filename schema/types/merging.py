"""Residents who turned out to be one person."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.merging import models
from domain.merging.moved import Moved, moved_of
from domain.merging.visibility import sees_merge
from schema.reads.declare import Node, column, computed, row_type, to_one
from schema.types.people import Resident


@strawberry.type(description="How much goes along with a resident who is merged.")
class MergeCounts:
    """Answered from a Moved."""

    sign_ups: int = strawberry.field(description="Sign-ups, cancelled ones included.")
    attendances: int = strawberry.field(description="Attendances, voided ones included.")
    orders: int = strawberry.field(description="Orders.")
    tickets: int = strawberry.field(description="Tickets. They open the gate as before.")
    reservations: int = strawberry.field(description="Reservations that were resolved.")
    claims: int = strawberry.field(description="Claims.")
    adjustments: int = strawberry.field(description="Adjustments, those that wait included.")
    double_sign_ups: int = strawberry.field(
        description="Shifts for which both are signed up: one sign-up stays, the place of the other goes to the first in line."
    )
    double_attendances: int = strawberry.field(
        description="Shifts for which an attendance of both stands. Both stay as they are, with their points: void one of them "
        "where somebody was paid twice."
    )
    offers_over_limit: int = strawberry.field(
        description="Offers of which they have more tickets together than one resident may have. They keep them, and get no more."
    )


def counts(moved: str) -> MergeCounts:
    return counts_of(moved_of(moved))


def counts_of(moved: Moved) -> MergeCounts:
    return MergeCounts(
        sign_ups=moved.sign_ups,
        attendances=moved.attendances,
        orders=moved.orders,
        tickets=moved.tickets,
        reservations=moved.reservations,
        claims=moved.claims,
        adjustments=moved.adjustments,
        double_sign_ups=moved.double_sign_ups,
        double_attendances=moved.double_attendances,
        offers_over_limit=moved.offers_over_limit,
    )


@row_type(models.ResidentMerge, visible=sees_merge("{t}"))
class ResidentMerge(Node):
    """Two residents were one person. Seen by whoever goes on, and by auditors and administrators of a district."""

    kept: Resident = to_one("Who went on then; see Resident.mergedInto for whether they still do.", "kept_id")
    merged: Resident = to_one("Whose account is no longer used.", "merged_id")
    # not `reason`: in Transfer.source it stands next to others that have one
    memo: str = column("How it was known that they are one person.", "reason")
    moved: MergeCounts = computed("How much went along.", needs=("moved",), by=counts)
    merged_by: Resident = to_one("The administrator who did it.", "merged_by_id")
    merged_at: datetime = column("When.")

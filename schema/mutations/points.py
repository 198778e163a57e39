"""Corrections of the book."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.points.adjust_points import AdjustPointsWish, adjust_points
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.ledger import AdjustPointsInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.ledger import Transfer


@strawberry.type(description="The correction, as it stands in the book.")
class AdjustPointsPayload:
    """A transfer of kind ADJUST."""

    transfer: Transfer | None = strawberry.field(
        default=None, description="The movement between the wallet and ADJUSTMENT."
    )
    errors: list[UserError] = no_errors()


@strawberry.type
class PointsMutations:
    """The room points."""

    @mutation(
        "Administrators: a correction with a reason, kept for good. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, INSUFFICIENT_POINTS.",
        AdjustPointsPayload,
    )
    async def adjust_points(self, info: Info, wanted: Annotated[AdjustPointsInput, INPUT]) -> AdjustPointsPayload:
        wish = AdjustPointsWish(
            resident_id=require_id(wanted.resident_id, "Resident", "residentId"),
            programme=wanted.programme,
            amount=wanted.amount,
            reason=wanted.reason,
            idempotency_key=wanted.idempotency_key,
        )
        transfer_id = await adjust_points(info.context.caller, wish, info.context.now)
        return AdjustPointsPayload(transfer=reference(Transfer, transfer_id))

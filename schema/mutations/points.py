"""Corrections of the book."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.points.adjust_points import Adjusted, AdjustPointsWish, adjust_points
from domain.points.approve_adjustment import ApproveAdjustmentWish, approve_adjustment
from domain.points.reject_adjustment import RejectAdjustmentWish, reject_adjustment
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from domain.points.set_adjustment_limit import SetAdjustmentLimitWish, set_adjustment_limit
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.ledger import (
    AdjustPointsInput,
    ApproveAdjustmentInput,
    RejectAdjustmentInput,
    ReverseTransferInput,
    SetAdjustmentLimitInput,
)
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.mutations.programmes import ProgrammePayload
from schema.reads.references import reference
from schema.types.adjustments import Adjustment
from schema.types.ledger import Transfer
from schema.types.programmes import Programme


@strawberry.type(description="The correction: as it stands in the book, or as it waits for a second administrator.")
class AdjustPointsPayload:
    """A transfer of kind ADJUST, or the REVERSAL of one, or an adjustment."""

    transfer: Transfer | None = strawberry.field(
        default=None, description="The movement between the wallet and ADJUSTMENT, or back; null while it waits."
    )
    adjustment: Adjustment | None = strawberry.field(
        default=None, description="What a second administrator has to decide on; null where it was posted at once."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="An adjustment, as it is now.")
class AdjustmentPayload:
    """What was decided on."""

    adjustment: Adjustment | None = strawberry.field(default=None, description="The adjustment, with its transfer.")
    errors: list[UserError] = no_errors()


@strawberry.type
class PointsMutations:
    """The room points."""

    @mutation(
        "Administrators: a correction with a reason, kept for good. For oneself, and where it is above "
        "Programme.adjustmentLimit together with what one corrected for the resident in the last 24 hours, it waits for a second "
        "administrator: then `adjustment` says so and nothing has moved. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, ACCOUNT_NOT_OPEN, INSUFFICIENT_POINTS.",
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
        return answer(await adjust_points(info.context.caller, wish, info.context.now))

    @mutation(
        "Administrators: a correction is taken back, once, even where its points are spent. What an attendance, an order or a "
        "claim caused is taken back with it (voidAttendance, refundOrder, voidClaim). Above the limit it waits as adjustPoints "
        "does. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, ALREADY_REVERSED, "
        "CONFLICT (not a correction; its reversal waits already).",
        AdjustPointsPayload,
    )
    async def reverse_transfer(self, info: Info, wanted: Annotated[ReverseTransferInput, INPUT]) -> AdjustPointsPayload:
        wish = ReverseTransferWish(
            transfer_id=require_id(wanted.transfer_id, "Transfer", "transferId"),
            reason=wanted.reason,
            idempotency_key=wanted.idempotency_key,
        )
        return answer(await reverse_transfer(info.context.caller, wish, info.context.now))

    @mutation(
        "Administrators: the second pair of eyes for an adjustment that waits; it is posted. Never by who proposed it, nor by "
        "the resident it is for. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, "
        "SECOND_PERSON_REQUIRED, ALREADY_DECIDED, ALREADY_REVERSED, ACCOUNT_NOT_OPEN, INSUFFICIENT_POINTS.",
        AdjustmentPayload,
    )
    async def approve_adjustment(
        self, info: Info, wanted: Annotated[ApproveAdjustmentInput, INPUT]
    ) -> AdjustmentPayload:
        wish = ApproveAdjustmentWish(
            adjustment_id=require_id(wanted.adjustment_id, "Adjustment", "adjustmentId"),
            idempotency_key=wanted.idempotency_key,
        )
        number = await approve_adjustment(info.context.caller, wish, info.context.now)
        return AdjustmentPayload(adjustment=reference(Adjustment, number))

    @mutation(
        "Administrators: an adjustment that waits is turned down; nothing is posted. By whoever might have approved it. Errors: "
        "UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, SECOND_PERSON_REQUIRED, ALREADY_DECIDED.",
        AdjustmentPayload,
    )
    async def reject_adjustment(self, info: Info, wanted: Annotated[RejectAdjustmentInput, INPUT]) -> AdjustmentPayload:
        wish = RejectAdjustmentWish(
            adjustment_id=require_id(wanted.adjustment_id, "Adjustment", "adjustmentId"),
            reason=wanted.reason,
            idempotency_key=wanted.idempotency_key,
        )
        number = await reject_adjustment(info.context.caller, wish, info.context.now)
        return AdjustmentPayload(adjustment=reference(Adjustment, number))

    @mutation(
        "Administrators of a whole district: how much one of them may correct alone. A higher limit counts at once for the "
        "others, for whoever set it only when another administrator sets it too. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "FORBIDDEN, NOT_FOUND.",
        ProgrammePayload,
    )
    async def set_adjustment_limit(
        self, info: Info, wanted: Annotated[SetAdjustmentLimitInput, INPUT]
    ) -> ProgrammePayload:
        wish = SetAdjustmentLimitWish(programme=wanted.programme, limit=wanted.limit)
        number = await set_adjustment_limit(info.context.caller, wish, info.context.now)
        return ProgrammePayload(programme=reference(Programme, number))


def answer(adjusted: Adjusted) -> AdjustPointsPayload:
    if adjusted.transfer_id is not None:
        return AdjustPointsPayload(transfer=reference(Transfer, adjusted.transfer_id))
    assert adjusted.adjustment_id, "what was not posted waits"
    return AdjustPointsPayload(adjustment=reference(Adjustment, adjusted.adjustment_id))

"""Merging residents who are one person."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.merging.merge_residents import MergeResidentsWish, merge_residents
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.merging import MergeResidentsInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.merging import ResidentMerge


@strawberry.type(description="Two residents are one.")
class MergeResidentsPayload:
    """The merge as it is kept."""

    merge: ResidentMerge | None = strawberry.field(
        default=None, description="Who goes on, and how much went along; `kept` as they are now."
    )
    errors: list[UserError] = no_errors()


@strawberry.type
class MergingMutations:
    """Residents as persons."""

    @mutation(
        "Administrators of a whole district: two residents are one person, and one of them goes on. Points move with the days on "
        "which they came in; tickets, orders, attendances and claims go along; limits for each person count both; both phone "
        "numbers sign in as the kept one. It cannot be undone: ask previewMerge first. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, SECOND_PERSON_REQUIRED (with oneself), CONFLICT (merged before; a role is "
        "held; a claim waits; a reservation stands), ACCOUNT_NOT_OPEN, INSUFFICIENT_POINTS (missing points are not covered).",
        MergeResidentsPayload,
    )
    async def merge_residents(self, info: Info, wanted: Annotated[MergeResidentsInput, INPUT]) -> MergeResidentsPayload:
        wish = MergeResidentsWish(
            keep_id=require_id(wanted.keep_id, "Resident", "keepId"),
            merge_id=require_id(wanted.merge_id, "Resident", "mergeId"),
            reason=wanted.reason,
            idempotency_key=wanted.idempotency_key,
        )
        number = await merge_residents(info.context.caller, wish, info.context.now)
        return MergeResidentsPayload(merge=reference(ResidentMerge, number))

"""Programmes and what they may issue."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.points.create_programme import CreateProgrammeWish, create_programme
from domain.points.set_expiry_policy import SetExpiryPolicyWish, set_expiry_policy
from domain.points.set_programme_budget import SetProgrammeBudgetWish, set_programme_budget
from schema.context import Info
from schema.errors import UserError
from schema.inputs.ledger import CreateProgrammeInput, SetExpiryPolicyInput, SetProgrammeBudgetInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.programmes import Programme


@strawberry.type(description="A programme, as it is now.")
class ProgrammePayload:
    """What was created or changed."""

    programme: Programme | None = strawberry.field(default=None, description="The programme.")
    errors: list[UserError] = no_errors()


@strawberry.type
class ProgrammeMutations:
    """Programmes."""

    @mutation(
        "Administrators of a whole district: a new book, with an empty wallet in it for everybody. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, FORBIDDEN, CONFLICT (the code is taken).",
        ProgrammePayload,
    )
    async def create_programme(self, info: Info, wanted: Annotated[CreateProgrammeInput, INPUT]) -> ProgrammePayload:
        wish = CreateProgrammeWish(code=wanted.code, name=wanted.name, zone=wanted.zone, budget=wanted.budget)
        programme_id = await create_programme(info.context.caller, wish, info.context.now)
        return ProgrammePayload(programme=reference(Programme, programme_id))

    @mutation(
        "Administrators of a whole district: how many points it may issue in all. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "FORBIDDEN, NOT_FOUND.",
        ProgrammePayload,
    )
    async def set_programme_budget(
        self, info: Info, wanted: Annotated[SetProgrammeBudgetInput, INPUT]
    ) -> ProgrammePayload:
        wish = SetProgrammeBudgetWish(programme=wanted.programme, budget=wanted.budget)
        return ProgrammePayload(programme=reference(Programme, await set_programme_budget(info.context.caller, wish)))

    @mutation(
        "Administrators of a whole district: until when its points can be spent, those in wallets included. What has expired "
        "stays expired. Errors: UNAUTHENTICATED, INVALID_INPUT, FORBIDDEN, NOT_FOUND.",
        ProgrammePayload,
    )
    async def set_expiry_policy(self, info: Info, wanted: Annotated[SetExpiryPolicyInput, INPUT]) -> ProgrammePayload:
        wish = SetExpiryPolicyWish(
            programme=wanted.programme, expiry=wanted.expiry, months=wanted.months, not_before=wanted.not_before
        )
        programme_id = await set_expiry_policy(info.context.caller, wish, info.context.now)
        return ProgrammePayload(programme=reference(Programme, programme_id))

"""Claims: attested, decided on, voided, taken over from a file."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.claims.approve_claim import ApproveClaimWish, approve_claim
from domain.claims.attest_claim import AttestClaimWish, attest_claim
from domain.claims.import_claims import ImportClaimsWish, import_claims, try_import
from domain.claims.imported_row import ImportedRow
from domain.claims.reject_claim import RejectClaimWish, reject_claim
from domain.claims.set_claim_limit import SetClaimLimitWish, set_claim_limit
from domain.claims.statement import Statement
from domain.claims.void_claim import VoidClaimWish, void_claim
from domain.people.naming import ById, ByMemberCode, ByPhone, Naming
from schema.context import Info, Language
from schema.enums import RowOutcome
from schema.errors import UserError, user_error
from schema.ids import require_id
from schema.inputs.claims import (
    ApproveClaimInput,
    AttestClaimInput,
    ClaimantInput,
    ImportClaimsInput,
    RejectClaimInput,
    SetClaimLimitInput,
    VoidClaimInput,
)
from schema.messages.imported_rows import said_of_row
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.scalars import Points
from schema.types.claims import Claim, ClaimLimit
from schema.types.ledger import Transfer


@strawberry.type(description="A claim after it was attested or decided on.")
class ClaimPayload:
    """The claim as it is now."""

    claim: Claim | None = strawberry.field(default=None, description="The claim as it is now. PENDING: it waits.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="The points are taken back by a reversal, also where they are spent already.")
class VoidClaimPayload:
    """The claim, voided."""

    claim: Claim | None = strawberry.field(default=None, description="The claim, with voidedAt.")
    transfer: Transfer | None = strawberry.field(default=None, description="The reversal that took the points back.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="What became of a row of a statement, or would.")
class ClaimRowResult:
    """A row of the answer."""

    row: int = strawberry.field(
        description="The row's number in a spreadsheet; the header's is 1. Blank rows are left out."
    )
    outcome: RowOutcome = strawberry.field(description="What became of it, to switch on.")
    message: str = strawberry.field(description="The same for a person, in the language of Accept-Language.")
    previous_figure: Points | None = strawberry.field(
        default=None, description="The figure from which it counts; null where it is no claim."
    )
    increase: Points | None = strawberry.field(
        default=None, description="The points that it pays, or will when approved; null where it is no claim."
    )
    claim: Claim | None = strawberry.field(default=None, description="The claim; null for a dry run.")
    error: UserError | None = strawberry.field(default=None, description="Why a REFUSED row does not count.")


@strawberry.type(description="One result for each row, in order. Good rows count though others fail.")
class ImportClaimsPayload:
    """A file, or the trial of one."""

    results: list[ClaimRowResult] = strawberry.field(
        default_factory=list, description="One for each row, in order; empty when the whole call was refused."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="The limit, after it was set.")
class SetClaimLimitPayload:
    """The limit that holds from now on."""

    limit: ClaimLimit | None = strawberry.field(default=None, description="The limit that holds from now on.")
    errors: list[UserError] = no_errors()


def claimant_of(wanted: ClaimantInput) -> Naming:
    if wanted.member_code is not None:
        return ByMemberCode(wanted.member_code)
    if wanted.phone is not None:
        return ByPhone(wanted.phone)
    return ById(require_id(wanted.resident_id or "", "Resident", "claimant", "residentId"))


def row_result(row: ImportedRow, language: Language) -> ClaimRowResult:
    refused = row.outcome is RowOutcome.REFUSED and row.refusal
    return ClaimRowResult(
        row=row.number,
        outcome=row.outcome,
        message=said_of_row(row, language),
        previous_figure=None if row.previous_figure is None else Points(row.previous_figure),
        increase=None if row.increase is None else Points(row.increase),
        claim=None if row.claim_id is None else reference(Claim, row.claim_id),
        error=user_error(refused, language) if refused else None,
    )


@strawberry.type
class ClaimsMutations:
    """The room claims."""

    @mutation(
        "Organisers and gate staff of the host: attest what a resident's points page shows. The increase since the last figure "
        "is paid at once, or waits for a second person (state PENDING, with its doubts). Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, CODE_EXPIRED, SECOND_PERSON_REQUIRED, ALREADY_CLAIMED, "
        "CONFLICT, ACCOUNT_NOT_OPEN, BUDGET_EXHAUSTED.",
        ClaimPayload,
    )
    async def attest_claim(self, info: Info, wanted: Annotated[AttestClaimInput, INPUT]) -> ClaimPayload:
        wish = AttestClaimWish(
            claimant=claimant_of(wanted.claimant),
            host_id=require_id(wanted.host_id, "Organisation", "hostId"),
            programme=wanted.programme,
            statement=Statement(wanted.figure, wanted.seen_on, wanted.masked_account, wanted.photo_sha256),
            idempotency_key=wanted.idempotency_key,
        )
        return ClaimPayload(claim=reference(Claim, await attest_claim(info.context.caller, wish, info.context.now)))

    @mutation(
        "Organisers, gate staff and administrators of the host, but never who attested it nor its resident: a claim that waits "
        "is right, and is paid. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, "
        "SECOND_PERSON_REQUIRED, ALREADY_DECIDED, CONFLICT, BUDGET_EXHAUSTED, ACCOUNT_NOT_OPEN.",
        ClaimPayload,
    )
    async def approve_claim(self, info: Info, wanted: Annotated[ApproveClaimInput, INPUT]) -> ClaimPayload:
        claim_id = require_id(wanted.claim_id, "Claim", "claimId")
        wish = ApproveClaimWish(claim_id=claim_id, idempotency_key=wanted.idempotency_key)
        return ClaimPayload(claim=reference(Claim, await approve_claim(info.context.caller, wish, info.context.now)))

    @mutation(
        "Whoever might approve it: a claim that waits is not right; its figure may be claimed again. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, SECOND_PERSON_REQUIRED, ALREADY_DECIDED.",
        ClaimPayload,
    )
    async def reject_claim(self, info: Info, wanted: Annotated[RejectClaimInput, INPUT]) -> ClaimPayload:
        claim_id = require_id(wanted.claim_id, "Claim", "claimId")
        wish = RejectClaimWish(claim_id=claim_id, reason=wanted.reason, idempotency_key=wanted.idempotency_key)
        return ClaimPayload(claim=reference(Claim, await reject_claim(info.context.caller, wish, info.context.now)))

    @mutation(
        "Administrators over the host: a claim that was paid was a mistake; its points are taken back, its figure may be claimed "
        "again. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, ALREADY_REVERSED, "
        "CONFLICT.",
        VoidClaimPayload,
    )
    async def void_claim(self, info: Info, wanted: Annotated[VoidClaimInput, INPUT]) -> VoidClaimPayload:
        claim_id = require_id(wanted.claim_id, "Claim", "claimId")
        wish = VoidClaimWish(claim_id=claim_id, reason=wanted.reason, idempotency_key=wanted.idempotency_key)
        voided = await void_claim(info.context.caller, wish, info.context.now)
        return VoidClaimPayload(
            claim=reference(Claim, voided.claim_id), transfer=reference(Transfer, voided.transfer_id)
        )

    @mutation(
        "Organisers and gate staff of the host: attest a file of statements, or try it first (dryRun, the default). Sent again, "
        "it doubles nothing. Errors of the whole call: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, "
        "FORBIDDEN, CONFLICT; of one row: INVALID_INPUT, NOT_FOUND, SECOND_PERSON_REQUIRED, CONFLICT, "
        "ACCOUNT_NOT_OPEN, BUDGET_EXHAUSTED.",
        ImportClaimsPayload,
    )
    async def import_claims(self, info: Info, wanted: Annotated[ImportClaimsInput, INPUT]) -> ImportClaimsPayload:
        wish = ImportClaimsWish(
            host_id=require_id(wanted.host_id, "Organisation", "hostId"),
            programme=wanted.programme,
            csv=wanted.csv,
            idempotency_key=wanted.idempotency_key,
        )
        act = try_import if wanted.dry_run else import_claims
        rows = await act(info.context.caller, wish, info.context.now)
        return ImportClaimsPayload(results=[row_result(row, info.context.language) for row in rows])

    @mutation(
        "Administrators of a whole district: up to which increase one person may attest a claim alone. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, FORBIDDEN.",
        SetClaimLimitPayload,
    )
    async def set_claim_limit(self, info: Info, wanted: Annotated[SetClaimLimitInput, INPUT]) -> SetClaimLimitPayload:
        wish = SetClaimLimitWish(programme=wanted.programme, approval_above=wanted.approval_above)
        await set_claim_limit(info.context.caller, wish, info.context.now)
        return SetClaimLimitPayload(limit=ClaimLimit(programme=wish.programme, approval_above=wanted.approval_above))

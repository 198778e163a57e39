"""Scans: one at a time, many from a device that was offline, and one taken back."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.scan import Scan
from domain.redemption.sync_admissions import SyncedScan, sync_admissions
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from domain.refusals import Refusal
from schema.context import Info, Language
from schema.errors import UserError, user_error
from schema.ids import RowIds, require_id
from schema.inputs.redemption import AdmitTicketInput, ScanInput, SyncAdmissionsInput, UndoAdmissionInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.gate import Admission
from schema.types.redemption import Ticket


@strawberry.type(description="Let them in: the answer is yes where errors is empty.")
class AdmitTicketPayload:
    """One admission."""

    admission: Admission | None = strawberry.field(default=None, description="What was written down.")
    ticket: Ticket | None = strawberry.field(default=None, description="The ticket.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="What became of one scan of a batch: one of the two is null.")
class AdmissionResult:
    """A row of the answer."""

    admission: Admission | None = strawberry.field(
        default=None, description="What was written down; conflict is true where the ticket was used up already."
    )
    error: UserError | None = strawberry.field(default=None, description="Why this scan could not be kept.")


@strawberry.type(description="One result for each scan, in order.")
class SyncAdmissionsPayload:
    """A batch."""

    results: list[AdmissionResult] = strawberry.field(
        default_factory=list, description="One for each scan, in order; empty when the whole call was refused."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="A scan after it was taken back.")
class UndoAdmissionPayload:
    """The admission, undone."""

    admission: Admission | None = strawberry.field(default=None, description="The admission, with undoneAt.")
    errors: list[UserError] = no_errors()


def scan_of(wanted: ScanInput, attraction_id: int | None) -> Scan:
    return Scan(
        token=wanted.token,
        gate=wanted.gate,
        scan_id=wanted.scan_id,
        attraction_id=attraction_id,
        scanned_at=wanted.scanned_at,
    )


def attraction_of(wanted: ScanInput, *path: str) -> int | None:
    text = wanted.attraction_id
    return None if text is None else require_id(text, "Attraction", *path, "attractionId")


def admission_result(synced: SyncedScan, malformed: Refusal | None, language: Language) -> AdmissionResult:
    refusal = malformed or synced.refusal
    return AdmissionResult(
        admission=None if synced.admission_id is None else reference(Admission, synced.admission_id),
        error=None if refusal is None else user_error(refusal, language),
    )


@strawberry.type
class GateMutations:
    """The gate."""

    @mutation(
        "Gate staff: may this ticket pass here now? If so it is written down. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "TICKET_INVALID, FORBIDDEN, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, NOT_ADMITTED_HERE, TICKET_REFUNDED, "
        "TICKET_NOT_YET_VALID, TICKET_EXPIRED, TICKET_ALREADY_ADMITTED.",
        AdmitTicketPayload,
    )
    async def admit_ticket(self, info: Info, wanted: Annotated[AdmitTicketInput, INPUT]) -> AdmitTicketPayload:
        scan = scan_of(wanted.scan, attraction_of(wanted.scan, "scan"))
        admitted = await admit_ticket(info.context.caller, scan, info.context.now)
        return AdmitTicketPayload(
            admission=reference(Admission, admitted.admission_id), ticket=reference(Ticket, admitted.ticket_id)
        )

    @mutation(
        "Gate staff: scans made while offline. Each good ticket's scan is kept, whatever its order and however often it is "
        "sent. Errors of the whole call: UNAUTHENTICATED, INVALID_INPUT; of one scan: INVALID_INPUT, TICKET_INVALID, "
        "FORBIDDEN, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, NOT_ADMITTED_HERE.",
        SyncAdmissionsPayload,
    )
    async def sync_admissions(self, info: Info, wanted: Annotated[SyncAdmissionsInput, INPUT]) -> SyncAdmissionsPayload:
        rows = RowIds("scans")
        scans = tuple(
            scan_of(
                scan,
                None if scan.attraction_id is None else rows.id_of(i, scan.attraction_id, "Attraction", "attractionId"),
            )
            for i, scan in enumerate(wanted.scans)
        )
        synced = await sync_admissions(info.context.caller, scans, info.context.now)
        language = info.context.language
        results = [admission_result(row, rows.refused.get(i), language) for i, row in enumerate(synced)]
        return SyncAdmissionsPayload(results=results)

    @mutation(
        "Gate staff, within 15 minutes: take a scan back, with a reason. Errors: UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, "
        "FORBIDDEN, NOT_OPEN.",
        UndoAdmissionPayload,
    )
    async def undo_admission(self, info: Info, wanted: Annotated[UndoAdmissionInput, INPUT]) -> UndoAdmissionPayload:
        wish = UndoAdmissionWish(
            admission_id=require_id(wanted.admission_id, "Admission", "admissionId"), reason=wanted.reason
        )
        admission_id = await undo_admission(info.context.caller, wish, info.context.now)
        return UndoAdmissionPayload(admission=reference(Admission, admission_id))

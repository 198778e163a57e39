"""A second person decides on what was entered afterwards."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.volunteering.approve_attendance import ApproveAttendanceWish, approve_attendance
from domain.volunteering.reject_attendance import RejectAttendanceWish, reject_attendance
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.volunteering import ApproveAttendanceInput, RejectAttendanceInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.ledger import Transfer
from schema.types.volunteering import Attendance


@strawberry.type(description="The attendance counts, and its points are in the resident's wallet.")
class ApproveAttendancePayload:
    """The attendance, approved."""

    attendance: Attendance | None = strawberry.field(default=None, description="The attendance, APPROVED.")
    transfer: Transfer | None = strawberry.field(
        default=None, description="The transfer that paid it; null where nothing is earned."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="The attendance counts for nothing.")
class RejectAttendancePayload:
    """The attendance, rejected."""

    attendance: Attendance | None = strawberry.field(default=None, description="The attendance, REJECTED.")
    errors: list[UserError] = no_errors()


@strawberry.type
class ApprovalMutations:
    """Approval of attendances."""

    @mutation(
        "Organisers, and administrators over the host, but neither who recorded it nor the resident: what was entered afterwards "
        "did take place; it counts and is paid. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, "
        "FORBIDDEN, CONFLICT (it was not entered afterwards), SECOND_PERSON_REQUIRED, ALREADY_ATTENDED (as somebody "
        "they were merged with), ALREADY_REVERSED (it was voided), ALREADY_DECIDED, BUDGET_EXHAUSTED, "
        "ACCOUNT_NOT_OPEN (the wallet is closed).",
        ApproveAttendancePayload,
    )
    async def approve_attendance(
        self, info: Info, wanted: Annotated[ApproveAttendanceInput, INPUT]
    ) -> ApproveAttendancePayload:
        wish = ApproveAttendanceWish(
            attendance_id=require_id(wanted.attendance_id, "Attendance", "attendanceId"),
            idempotency_key=wanted.idempotency_key,
        )
        approved = await approve_attendance(info.context.caller, wish, info.context.now)
        return ApproveAttendancePayload(
            attendance=reference(Attendance, approved.attendance_id),
            transfer=None if approved.transfer_id is None else reference(Transfer, approved.transfer_id),
        )

    @mutation(
        "The same people: what was entered afterwards is not believed; it never counts. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, CONFLICT (it was not entered afterwards), SECOND_PERSON_REQUIRED, "
        "ALREADY_REVERSED (it was voided), ALREADY_DECIDED.",
        RejectAttendancePayload,
    )
    async def reject_attendance(
        self, info: Info, wanted: Annotated[RejectAttendanceInput, INPUT]
    ) -> RejectAttendancePayload:
        wish = RejectAttendanceWish(
            attendance_id=require_id(wanted.attendance_id, "Attendance", "attendanceId"),
            reason=wanted.reason,
            idempotency_key=wanted.idempotency_key,
        )
        attendance_id = await reject_attendance(info.context.caller, wish, info.context.now)
        return RejectAttendancePayload(attendance=reference(Attendance, attendance_id))

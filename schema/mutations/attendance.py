"""Who came, in batches; and one that shall not count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from domain.people.naming import ById, ByMemberCode, ByPhone
from domain.refusals import Refusal
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.attendee import Attendee, Unreadable
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.logged_row import LoggedRow
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from schema.context import Info, Language
from schema.errors import UserError, user_error
from schema.ids import require_id
from schema.inputs.volunteering import AttendanceRecordInput, AttendeeInput, LogAttendanceInput, VoidAttendanceInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.ledger import Transfer
from schema.types.volunteering import Attendance


@strawberry.type(description="What became of one record of a batch: one of the two is null.")
class AttendanceResult:
    """A row of the answer."""

    attendance: Attendance | None = strawberry.field(default=None, description="The attendance that was recorded.")
    error: UserError | None = strawberry.field(default=None, description="Why this record does not count.")


@strawberry.type(description="One result for each record, in order. Good records count though others fail.")
class LogAttendancePayload:
    """A batch."""

    results: list[AttendanceResult] = strawberry.field(
        default_factory=list, description="One for each record, in order; empty when the whole call was refused."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="The points are taken back by a reversal, also where they are spent already.")
class VoidAttendancePayload:
    """The attendance, voided."""

    attendance: Attendance | None = strawberry.field(default=None, description="The attendance, with voidedAt.")
    transfer: Transfer | None = strawberry.field(
        default=None, description="The reversal that took the points back; null where nothing was earned."
    )
    errors: list[UserError] = no_errors()


def attendee_of(wanted: AttendeeInput, row: int) -> Attendee:
    """Who is meant. An id that cannot be read refuses its own row and no other."""
    if wanted.member_code is not None:
        return ByMemberCode(wanted.member_code)
    if wanted.phone is not None:
        return ByPhone(wanted.phone)
    text = wanted.resident_id or ""
    try:
        return ById(require_id(text, "Resident", "records", str(row), "attendee", "residentId"))
    except Refusal as refusal:
        return Unreadable(text, refusal)


def records_of(wanted: Sequence[AttendanceRecordInput]) -> tuple[AttendanceRecord, ...]:
    """The records of a batch, as the acts want them."""
    return tuple(
        AttendanceRecord(
            attendee=attendee_of(record.attendee, row),
            checked_in_at=record.checked_in_at,
            checked_out_at=record.checked_out_at,
            check_out_code=record.check_out_member_code,
            reason=record.reason,
            units=record.units,
            score=record.score,
        )
        for row, record in enumerate(wanted)
    )


def attendance_result(logged: LoggedRow, language: Language) -> AttendanceResult:
    return AttendanceResult(
        attendance=None if logged.attendance_id is None else reference(Attendance, logged.attendance_id),
        error=None if logged.refusal is None else user_error(logged.refusal, language),
    )


@strawberry.type
class AttendanceMutations:
    """Attendance."""

    @mutation(
        "Organisers: record who came to a shift, 1 to 500 at once. What nobody scanned and what is sent in later than "
        "Shift.listDueAt waits for somebody else's approval before it counts. Errors of the whole call: UNAUTHENTICATED, "
        "INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, CANCELLED, NOT_OPEN; of one record: INVALID_INPUT, "
        "CODE_EXPIRED, NOT_FOUND, ALREADY_ATTENDED, ACCOUNT_NOT_OPEN (the wallet is closed), BUDGET_EXHAUSTED.",
        LogAttendancePayload,
    )
    async def log_attendance(self, info: Info, wanted: Annotated[LogAttendanceInput, INPUT]) -> LogAttendancePayload:
        wish = LogAttendanceWish(
            shift_id=require_id(wanted.shift_id, "Shift", "shiftId"),
            records=records_of(wanted.records),
            idempotency_key=wanted.idempotency_key,
        )
        logged = await log_attendance(info.context.caller, wish, info.context.now)
        return LogAttendancePayload(results=[attendance_result(row, info.context.language) for row in logged])

    @mutation(
        "Organisers, and administrators over the host: this attendance does not count; its points are taken back. Errors: "
        "UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, ALREADY_REVERSED.",
        VoidAttendancePayload,
    )
    async def void_attendance(self, info: Info, wanted: Annotated[VoidAttendanceInput, INPUT]) -> VoidAttendancePayload:
        wish = VoidAttendanceWish(
            attendance_id=require_id(wanted.attendance_id, "Attendance", "attendanceId"),
            reason=wanted.reason,
            idempotency_key=wanted.idempotency_key,
        )
        voided = await void_attendance(info.context.caller, wish, info.context.now)
        return VoidAttendancePayload(
            attendance=reference(Attendance, voided.attendance_id),
            transfer=None if voided.transfer_id is None else reference(Transfer, voided.transfer_id),
        )

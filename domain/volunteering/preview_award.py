"""What a list would earn, without writing anything: the same looking up and deciding as when it is logged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from domain.people.caller import Caller
from domain.ranges import check_length
from domain.refusals import Refusal
from domain.volunteering.attendance_record import AttendanceRecord, ReadRecord, read_records
from domain.volunteering.batch import Ids, NewAttendance, decide
from domain.volunteering.held_shift import find_shift
from domain.volunteering.log_attendance import MAX_RECORDS
from domain.volunteering.looking_up import look_up_only
from storage import Reader, read


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAwardWish:
    """Who came to a shift, as it would be logged."""

    shift_id: int
    records: tuple[AttendanceRecord, ...]


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """The attendance that a record would become, on the shift's day, or why it would not count."""

    day: date
    added: NewAttendance | None = None
    refusal: Refusal | None = None


async def preview_award(caller: Caller, wish: PreviewAwardWish, now: datetime) -> tuple[PreviewedRow, ...]:
    """What log_attendance would do with the records at this moment, in their order. Nothing is written or locked.

    Raises Unauthenticated, InvalidInput unless there are 1 to 500 records, NotFound, Forbidden, ActivityCancelled, NotOpen (a
    draft); a row's own are those of log_attendance.
    """
    organiser_id = caller.signed_in()
    check_length(wish.records, 1, MAX_RECORDS, "records")
    rows = await asyncio.to_thread(read_records, wish.records, now)

    async def body(reader: Reader) -> tuple[PreviewedRow, ...]:
        shift = await find_shift(reader, organiser_id, wish.shift_id)
        known = await look_up_only(reader, shift, [row for row in rows if isinstance(row, ReadRecord)])
        places = [Ids(place, place) for place in range(1, len(rows) + 1)]
        answers, added = decide(rows, shift, known, places, now)
        added_at = {attendance.id: attendance for attendance in added}
        return tuple(
            PreviewedRow(shift.day, added_at[answer.attendance_id])
            if answer.attendance_id is not None
            else PreviewedRow(shift.day, refusal=answer.refusal)
            for answer in answers
        )

    return await read(body)

"""One row of an organiser's list, and what it says about one shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.ranges import check_range
from domain.refusals import InvalidInput, Refusal
from domain.text import REASON_LENGTH, clean_text
from domain.volunteering.attendee import Attendee, Named, attendee_data, named, scanned
from domain.volunteering.states import AttendanceMethod
from storage.instants import to_micros

CHECK_IN_BEFORE = timedelta(hours=2)  # helpers come early to set up
MOST_ACHIEVED = 10_000  # units or score
CLOCK_TOLERANCE = timedelta(minutes=5)  # a phone's clock may be ahead


@dataclass(frozen=True, slots=True)
class AttendanceRecord:
    """Who was there, and from when to when; without a check-out, until the shift's end.

    `check_out_code` is the member code that was scanned from their phone as they left; `reason` why it comes so late. `units` is
    how much they did, `score` how well, where a rule of the programme counts that.
    """

    attendee: Attendee
    checked_in_at: datetime
    checked_out_at: datetime | None = None
    check_out_code: str | None = field(default=None, repr=False)
    reason: str | None = None
    units: int | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record whose attendee could be read; `path` is where it stands in the input.

    `scanned_out_id` is whose code was scanned as they left, None where none was.
    """

    path: tuple[str, ...]
    named: Named
    checked_in_at: datetime
    checked_out_at: datetime | None
    scanned_out_id: int | None
    reason: str | None
    units: int | None = None
    score: int | None = None

    @property
    def scans(self) -> int:
        """How often their code was scanned."""
        return (self.named.method is AttendanceMethod.MEMBER_CODE) + (self.scanned_out_id is not None)


def read_records(records: Sequence[AttendanceRecord], now: datetime) -> list[ReadRecord | Refusal]:
    """Who is meant by each record, or why nobody can be. Some 50 ms of computing for 500 phone numbers."""
    return [read_record(record, now, "records", str(index)) for index, record in enumerate(records)]


def read_record(record: AttendanceRecord, now: datetime, *path: str) -> ReadRecord | Refusal:
    try:
        who = named(record.attendee, record.checked_in_at, now, *path, "attendee")
        scanned_out_id = read_check_out_code(record, now, *path)
        reason = read_reason(record, *path)
        check_achieved(record, *path)
    except Refusal as refusal:
        return refusal
    times = record.checked_in_at, record.checked_out_at
    return ReadRecord(path, who, *times, scanned_out_id, reason, record.units, record.score)


def read_reason(record: AttendanceRecord, *path: str) -> str | None:
    """Raises InvalidInput."""
    return None if record.reason is None else clean_text(record.reason, *path, "reason", limit=REASON_LENGTH)


def check_achieved(record: AttendanceRecord, *path: str) -> None:
    """Raises InvalidInput."""
    for figure, field_name in ((record.units, "units"), (record.score, "score")):
        if figure is not None:
            check_range(figure, 0, MOST_ACHIEVED, *path, field_name)


def read_check_out_code(record: AttendanceRecord, now: datetime, *path: str) -> int | None:
    """Whose code was scanned at the check-out. Raises InvalidInput, CodeExpired."""
    if record.check_out_code is None:
        return None
    if record.checked_out_at is None:
        raise InvalidInput(reason="check_out_code_without_time", path=(*path, "checkedOutAt"))
    return scanned(record.check_out_code, record.checked_out_at, now, *path, "checkOutMemberCode")


def check_presence(record: ReadRecord, starts: datetime, ends: datetime, now: datetime) -> None:
    """Raises InvalidInput unless the times are those of somebody who was at a shift from `starts` to `ends`.

    A check-out that was forgotten is the shift's end, and not before that: nobody is paid for time that is yet to come.
    """
    came, left = record.checked_in_at, record.checked_out_at
    if came > now + CLOCK_TOLERANCE:
        raise InvalidInput(reason="checked_in_in_the_future", path=(*record.path, "checkedInAt"))
    if not starts - CHECK_IN_BEFORE <= came < ends:
        raise InvalidInput(reason="checked_in_outside_shift", path=(*record.path, "checkedInAt"))
    if left is None:
        if now < ends:
            raise InvalidInput(reason="not_checked_out_yet", path=(*record.path, "checkedOutAt"))
        return
    if left <= came:
        raise InvalidInput(reason="checked_out_before_check_in", path=(*record.path, "checkedOutAt"))
    if left <= starts:
        raise InvalidInput(reason="checked_out_before_shift", path=(*record.path, "checkedOutAt"))
    if left > now + CLOCK_TOLERANCE:
        raise InvalidInput(reason="checked_out_in_the_future", path=(*record.path, "checkedOutAt"))


def check_entered_afterwards(record: ReadRecord, starts: datetime, ends: datetime) -> None:
    """Raises InvalidInput unless the times lie within the shift, which nobody's memory may exceed, and a reason is given."""
    came, left = record.checked_in_at, record.checked_out_at
    if came < starts:
        raise InvalidInput(reason="afterwards_before_shift", path=(*record.path, "checkedInAt"))
    if left is None:
        raise InvalidInput(reason="afterwards_without_check_out", path=(*record.path, "checkedOutAt"))
    if left > ends:
        raise InvalidInput(reason="afterwards_after_shift", path=(*record.path, "checkedOutAt"))
    if record.reason is None:
        raise InvalidInput(reason="afterwards_without_reason", path=(*record.path, "reason"))


def records_data(records: Sequence[AttendanceRecord]) -> list[list[object]]:
    """What an idempotency key remembers of the records, as JSON data."""
    return [
        [
            *attendee_data(record.attendee),
            to_micros(record.checked_in_at),
            record.checked_out_at and to_micros(record.checked_out_at),
            *(() if record.check_out_code is None else ("checkOutMemberCode", record.check_out_code)),
            *(() if record.reason is None else ("reason", record.reason)),
            *(() if record.units is None else ("units", record.units)),
            *(() if record.score is None else ("score", record.score)),
        ]
        for record in records
    ]

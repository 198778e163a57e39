"""What was entered afterwards counts once a second person has approved it: held, so that it is decided once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.refusals import AlreadyDecided, AlreadyReversed, Conflict, Forbidden, NotFound, SecondPersonRequired
from domain.viewer_sql import for_viewer
from domain.volunteering.batch import HeldShift
from domain.volunteering.evidence import EvidenceGrade
from domain.volunteering.locks import lock_of
from domain.volunteering.points_rule import RULE, SECOND, earned, rule_of
from domain.volunteering.states import AttendanceApproval
from domain.volunteering.visibility import decides_on_attendances, sees_attendance
from storage import Row, Transaction
from storage.instants import from_micros, to_micros

ATTENDANCE = ("attendanceId",)


def counts(t: str) -> str:
    """SQL: the attendances row `t` counts, in hours and in people: it stands, and nobody has to approve it any more."""
    return f"({t}.voided_at IS NULL AND {t}.approval IN ('NOT_NEEDED', 'APPROVED'))"


def waits_for(t: str) -> str:
    """SQL: the attendances row `t` waits for a decision that `:viewer` may take, but for their role."""
    return f"""({t}.approval = 'PENDING' AND {t}.voided_at IS NULL AND {t}.recorded_by_id <> :viewer
        AND {t}.resident_id <> :viewer)"""


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """What was entered afterwards, its activity locked; `points` are what it earns when it is approved."""

    id: int
    resident_id: int
    checked_out_at: datetime
    points: int
    shift: HeldShift


# Only what never changes is read of the attendance here: on PostgreSQL a statement that waited for the activity's lock
# still shows the other rows as they were before.
HOLD = f"""SELECT d.id, d.resident_id, d.recorded_by_id, d.grade, d.checked_out_at, d.served_seconds, s.id, t.id, t.title,
    s.starts_at, s.ends_at, {RULE}, CASE WHEN {sees_attendance("d")} THEN 1 ELSE 0 END,
    CASE WHEN {decides_on_attendances("t")} THEN 1 ELSE 0 END
    FROM attendances d JOIN activities t ON t.id = d.activity_id JOIN shifts s ON s.id = d.shift_id WHERE d.id = ?"""


async def hold_entry(tx: Transaction, decider_id: int, attendance_id: int) -> HeldEntry:
    """The attendance in the hands of somebody who may decide on it.

    Raises NotFound, Forbidden, Conflict (nothing was entered afterwards), SecondPersonRequired.
    """
    sql, viewers = for_viewer(HOLD, decider_id)
    row = await tx.fetch_one(sql + lock_of(tx.dialect, "t"), *viewers, attendance_id)
    if row is None or not row[-2]:
        raise NotFound(path=ATTENDANCE)
    if not row[-1]:
        raise Forbidden
    if row[3] != EvidenceGrade.ENTERED_AFTERWARDS:
        raise Conflict(reason="approval_not_needed", path=ATTENDANCE)
    if decider_id in (row[1], row[2]):
        raise SecondPersonRequired(path=ATTENDANCE)
    return held_entry(row)


def held_entry(row: Row) -> HeldEntry:
    shift = HeldShift(row[6], row[7], row[8], from_micros(row[9]), from_micros(row[10]), rule_of(row[11:17]))
    served, length = row[5] * SECOND, shift.ends_at - shift.starts_at
    points = earned(shift.rule, EvidenceGrade.ENTERED_AFTERWARDS, served, length)
    return HeldEntry(row[0], row[1], from_micros(row[4]), points, shift)


DECIDE = """UPDATE attendances SET approval = ?, decided_by_id = ?, decided_at = ?, reject_reason = ?
    WHERE id = ? AND approval = 'PENDING' AND voided_at IS NULL"""


async def decide(
    tx: Transaction,
    entry: HeldEntry,
    decision: AttendanceApproval,
    reject_reason: str | None,
    decider_id: int,
    now: datetime,
) -> None:
    """The decision stands. Raises AlreadyReversed (it was voided), AlreadyDecided."""
    values = (decision.value, decider_id, to_micros(now), reject_reason)
    if not await tx.execute(DECIDE, *values, entry.id):
        voided_at = await tx.fetch_value("SELECT voided_at FROM attendances WHERE id = ?", entry.id)
        raise AlreadyDecided(path=ATTENDANCE) if voided_at is None else AlreadyReversed(path=ATTENDANCE)
    tx.announce(f"activity:{entry.shift.activity_id}")

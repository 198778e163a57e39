"""What was entered afterwards counts once a second person has approved it: held, so that it is decided once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.earning.award import Attended
from domain.people.merged import kept_sql
from domain.refusals import AlreadyDecided, AlreadyReversed, Conflict, Forbidden, NotFound, SecondPersonRequired
from domain.viewer_sql import for_viewer
from domain.volunteering.batch import attended_of
from domain.volunteering.evidence import EvidenceGrade
from domain.volunteering.held_shift import SHIFT_COLUMNS, WIDTH, HeldShift, shift_of
from domain.volunteering.locks import lock_of, share_of
from domain.volunteering.points_rule import time_served
from domain.volunteering.states import AttendanceApproval
from domain.volunteering.visibility import decides_on_attendances, sees_attendance
from storage import Transaction
from storage.instants import from_micros, to_micros

ATTENDANCE = ("attendanceId",)


def counts(t: str) -> str:
    """SQL: the attendances row `t` counts, in hours and in people: it stands, and nobody has to approve it any more."""
    return f"({t}.voided_at IS NULL AND {t}.approval IN ('NOT_NEEDED', 'APPROVED'))"


def waits_for(t: str) -> str:
    """SQL: the attendances row `t` waits for a decision that `:viewer` may take, but for their role."""
    return f"""({t}.approval = 'PENDING' AND {t}.voided_at IS NULL AND {kept_sql(f"{t}.recorded_by_id")} <> :viewer
        AND {t}.resident_id <> :viewer)"""


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """What was entered afterwards, its activity locked and its programme shared; `attended` decides what it earns."""

    id: int
    resident_id: int
    checked_out_at: datetime
    attended: Attended
    shift: HeldShift


# Only what never changes is read of the attendance here: on PostgreSQL a statement that waited for the activity's lock
# still shows the other rows as they were before. Whose it is changes where they are merged.
HOLD = f"""SELECT {SHIFT_COLUMNS}, d.id, {kept_sql("d.recorded_by_id")}, d.grade, d.checked_in_at, d.checked_out_at, d.units,
    d.score, CASE WHEN {sees_attendance("d")} THEN 1 ELSE 0 END,
    CASE WHEN {decides_on_attendances("t")} THEN 1 ELSE 0 END
    FROM attendances d JOIN activities t ON t.id = d.activity_id JOIN shifts s ON s.id = d.shift_id
    JOIN programmes p ON p.code = t.points_programme WHERE d.id = ?"""


async def hold_entry(tx: Transaction, decider_id: int, attendance_id: int) -> HeldEntry:
    """The attendance in the hands of somebody who may decide on it.

    Raises NotFound, Forbidden, Conflict (nothing was entered afterwards), SecondPersonRequired.
    """
    sql, viewers = for_viewer(HOLD, decider_id)
    row = await tx.fetch_one(sql + lock_of(tx.dialect, "t") + share_of(tx.dialect, "p"), *viewers, attendance_id)
    if row is None or not row[-2]:
        raise NotFound(path=ATTENDANCE)
    if not row[-1]:
        raise Forbidden
    id_, recorded_by_id, grade, came, left, units, score = row[WIDTH:-2]
    resident_id = await tx.fetch_value("SELECT resident_id FROM attendances WHERE id = ?", id_)
    if grade != EvidenceGrade.ENTERED_AFTERWARDS:
        raise Conflict(reason="approval_not_needed", path=ATTENDANCE)
    if decider_id in (resident_id, recorded_by_id):
        raise SecondPersonRequired(path=ATTENDANCE)
    shift = shift_of(row)
    served = time_served(from_micros(came), from_micros(left), shift.starts_at, shift.ends_at)
    attended = attended_of(shift, EvidenceGrade.ENTERED_AFTERWARDS, served, units, score)
    return HeldEntry(id_, resident_id, from_micros(left), attended, shift)


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

"""Who came, as organisers may want to record it or to take it back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.attendee import ById
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from tests.simulation.model import DONE, Attendance, Model, Refused
from tests.simulation.town import Shift, Town


@dataclass(frozen=True, slots=True)
class Came:
    """A row of the list: who came, and from when to when."""

    who: int
    came: datetime
    left: datetime | None


@dataclass(frozen=True, slots=True)
class Log:
    """An organiser sends in who came to a shift."""

    key: str
    shift: int
    rows: tuple[Came, ...]

    @property
    def intent(self) -> Hashable:
        return "organiser", self.key

    async def ask(self, town: Town, now: datetime) -> list[int | str]:
        records = tuple(AttendanceRecord(ById(town.residents[row.who]), row.came, row.left) for row in self.rows)
        wish = LogAttendanceWish(shift_id=town.shifts[self.shift].id, records=records, idempotency_key=self.key)
        answers = await log_attendance(town.organiser, wish, now)
        return [row.refusal.code if row.refusal else row.attendance_id or 0 for row in answers]

    def happen(self, model: Model, now: datetime) -> tuple[str, ...]:
        return tuple(self.row_happens(model, f"{self.key}/{at}", row, now) for at, row in enumerate(self.rows))

    def row_happens(self, model: Model, name: str, row: Came, now: datetime) -> str:
        """Each row has its own outcome."""
        shift = model.town.shifts[self.shift]
        if not possible(shift, row, now):
            return "INVALID_INPUT"
        if any((a.who, a.shift, a.voided) == (row.who, self.shift, False) for a in model.attendances.values()):
            return "ALREADY_ATTENDED"
        points, programme = points_of(shift, row), shift.rule.programme
        budget = model.town.budgets[programme]
        if budget is not None and model.issued[programme] + points > budget:
            return "BUDGET_EXHAUSTED"
        model.issued[programme] += points
        model.give("EARN", programme, row.who, points)
        model.attendances[name] = Attendance(row.who, self.shift, points)
        return DONE

    def names(self, answer: list[int | str]) -> dict[str, int]:
        return {f"{self.key}/{at}": row for at, row in enumerate(answer) if isinstance(row, int)}


@dataclass(frozen=True, slots=True)
class Void:
    """An organiser takes an attendance back, with its points."""

    key: str
    attendance: str

    @property
    def intent(self) -> Hashable:
        return "organiser", self.key

    async def ask(self, town: Town, now: datetime) -> list[int | None]:
        wish = VoidAttendanceWish(attendance_id=town.heard[self.attendance], reason="记错人", idempotency_key=self.key)
        voided = await void_attendance(town.organiser, wish, now)
        return [voided.attendance_id, voided.transfer_id]

    def happen(self, model: Model, now: datetime) -> str:
        attendance = model.attendances[self.attendance]
        if attendance.voided:
            raise Refused("ALREADY_REVERSED")
        attendance.voided = True
        programme = model.town.shifts[attendance.shift].rule.programme
        model.issued[programme] -= attendance.points
        model.give("REVERSAL", programme, attendance.who, -attendance.points)
        return DONE

    def names(self, answer: list[int | None]) -> dict[str, int]:
        return {self.key: answer[1]} if answer[1] is not None else {}


def possible(shift: Shift, row: Came, now: datetime) -> bool:
    """Whether somebody can have been there so: not in the future, within the shift, and told within a day, for nobody here gives
    a reason for entering it later."""
    if now > shift.ends_at + timedelta(hours=24):
        return False
    latest = now + timedelta(minutes=5)
    arrived = shift.starts_at - timedelta(hours=2) <= row.came < shift.ends_at and row.came <= latest
    return arrived and (row.left is None or (max(row.came, shift.starts_at) < row.left <= latest))


def points_of(shift: Shift, row: Came) -> int:
    """What being there so long earns."""
    begins, ends = max(row.came, shift.starts_at), min(row.left or shift.ends_at, shift.ends_at)
    hours = max(timedelta(0), ends - begins) // timedelta(hours=1)
    return min(shift.rule.cap, shift.rule.per_attendance + shift.rule.per_hour * hours)

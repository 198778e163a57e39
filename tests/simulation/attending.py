"""Who came, as organisers may want to record it or to take it back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.people.naming import ById
from domain.volunteering.approve_attendance import ApproveAttendanceWish, approve_attendance
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.reject_attendance import RejectAttendanceWish, reject_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from tests.simulation.earning import lines_of
from tests.simulation.model import DONE, Model, Refused
from tests.simulation.things import Attendance
from tests.simulation.town import Shift, Town


@dataclass(frozen=True, slots=True)
class Came:
    """A row of the list: who came, from when to when, and why it is told so late."""

    who: int
    came: datetime
    left: datetime | None
    reason: str | None = None


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
        records = tuple(
            AttendanceRecord(ById(town.residents[row.who]), row.came, row.left, reason=row.reason) for row in self.rows
        )
        wish = LogAttendanceWish(shift_id=town.shifts[self.shift].id, records=records, idempotency_key=self.key)
        answers = await log_attendance(town.organiser, wish, now)
        return [row.refusal.code if row.refusal else row.attendance_id or 0 for row in answers]

    def happen(self, model: Model, now: datetime) -> tuple[str, ...]:
        return tuple(self.row_happens(model, f"{self.key}/{at}", row, now) for at, row in enumerate(self.rows))

    def row_happens(self, model: Model, name: str, row: Came, now: datetime) -> str:
        """Each row has its own outcome."""
        shift = model.town.shifts[self.shift]
        late = is_late(shift, now)
        if not possible(shift, row, now) or (late and not believable(shift, row)):
            return "INVALID_INPUT"
        if any((a.who, a.shift, a.voided) == (row.who, self.shift, False) for a in model.attendances.values()):
            return "ALREADY_ATTENDED"
        if model.status(shift.rule.programme, row.who) == "CLOSED":
            return "ACCOUNT_NOT_OPEN"
        attendance = Attendance(row.who, self.shift, served(shift, row), late=late, waits=late)
        if not late and not pay(model, name, attendance, now):
            return "BUDGET_EXHAUSTED"
        model.attendances[name] = attendance
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
        model.issued[programme] -= attendance.paid
        model.take_back("REVERSAL", self.attendance, programme, attendance.who, attendance.paid)
        return DONE

    def names(self, answer: list[int | None]) -> dict[str, int]:
        return {self.key: answer[1]} if answer[1] is not None else {}


@dataclass(frozen=True, slots=True)
class Decide:
    """The administrator believes what was entered afterwards, or does not."""

    key: str
    attendance: str
    believes: bool

    @property
    def intent(self) -> Hashable:
        return "administrator", self.key

    async def ask(self, town: Town, now: datetime) -> list[int | None]:
        attendance_id = town.heard[self.attendance]
        if self.believes:
            wish = ApproveAttendanceWish(attendance_id=attendance_id, idempotency_key=self.key)
            approved = await approve_attendance(town.administrator, wish, now)
            return [approved.attendance_id, approved.transfer_id]
        doubt = RejectAttendanceWish(attendance_id=attendance_id, reason="没有人见过", idempotency_key=self.key)
        return [await reject_attendance(town.administrator, doubt, now), None]

    def happen(self, model: Model, now: datetime) -> str:
        attendance = model.attendances[self.attendance]
        if not attendance.late:
            raise Refused("CONFLICT")
        if attendance.voided:
            raise Refused("ALREADY_REVERSED")
        if not attendance.waits:
            raise Refused("ALREADY_DECIDED")
        if self.believes and not pay(model, self.attendance, attendance, now):
            raise Refused("BUDGET_EXHAUSTED")
        attendance.waits = False
        return DONE

    def names(self, answer: list[int | None]) -> dict[str, int]:
        return {self.key: answer[1]} if answer[1] is not None else {}


def pay(model: Model, name: str, attendance: Attendance, now: datetime) -> bool:
    """Whether the budget had the points, which the person then has. Raises Refused."""
    programme = model.town.shifts[attendance.shift].rule.programme
    budget, lines = model.town.budgets[programme], lines_of(model, attendance)
    points = sum(line.points for line in lines)
    if budget is not None and model.issued[programme] + points > budget:
        return False
    model.issued[programme] += points
    model.give("EARN", name, programme, attendance.who, points, now)
    attendance.lines = lines
    return True


def possible(shift: Shift, row: Came, now: datetime) -> bool:
    """Whether somebody can have been there so: not in the future, and within the shift; who never left, once it is over."""
    latest = now + timedelta(minutes=5)
    if not shift.starts_at - timedelta(hours=2) <= row.came < shift.ends_at or row.came > latest:
        return False
    if row.left is None:
        return now >= shift.ends_at
    return max(row.came, shift.starts_at) < row.left <= latest


def is_late(shift: Shift, now: datetime) -> bool:
    """Too late for a list of that day: somebody else has to believe it."""
    return now > shift.ends_at + timedelta(hours=24)


def believable(shift: Shift, row: Came) -> bool:
    """What is entered late lies within the shift, and says why it is late."""
    return shift.starts_at <= row.came and row.left is not None and row.left <= shift.ends_at and row.reason is not None


def served(shift: Shift, row: Came) -> timedelta:
    """How much of the shift somebody was there."""
    begins, ends = max(row.came, shift.starts_at), min(row.left or shift.ends_at, shift.ends_at)
    return max(timedelta(0), ends - begins)

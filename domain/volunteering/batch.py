"""Deciding a batch: each row on its own, in the order given, from what was looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.earning.award import Attended, Award, award
from domain.earning.counters import Used
from domain.earning.rule import RuleBook
from domain.refusals import AccountNotOpen, AlreadyAttended, BudgetExhausted, InvalidInput, NotFound, Refusal
from domain.volunteering.attendance_record import ReadRecord, check_entered_afterwards, check_presence
from domain.volunteering.evidence import EvidenceGrade, grade_of
from domain.volunteering.held_shift import HeldShift
from domain.volunteering.logged_row import LoggedRow
from domain.volunteering.points_rule import SECOND, line_of, time_served
from domain.volunteering.states import AttendanceApproval, AttendanceMethod
from ledger.accounts import AccountKind, AccountRef, AccountStatus
from ledger.posting import MAX_POINTS


@dataclass(slots=True)
class Wallet:
    """A resident's wallet: how many points it has ever taken in, as the batch goes on."""

    account: AccountRef
    status: AccountStatus
    credits: int


@dataclass(slots=True)
class Known:
    """What was looked up for the batch; deciding a row changes it for the rows that follow.

    `kept`: as whom somebody goes on who was merged. `budget_left` None is no limit. `used` is what the residents' counters hold.
    """

    ids_by_phone: dict[str, int]
    kept: dict[int, int]
    wallets: dict[int, Wallet]
    attended: set[int]
    budget_left: int | None
    book: RuleBook
    used: Used

    def now_of(self, resident_id: int | None) -> int | None:
        """Whom an id means by now."""
        return None if resident_id is None else self.kept.get(resident_id, resident_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttendance:
    """An attendance to be recorded; `transfer_id` None where it earns nothing, or nothing before it is approved."""

    id: int
    resident_id: int
    checked_in_at: datetime
    checked_out_at: datetime
    served_seconds: int
    method: AttendanceMethod
    grade: EvidenceGrade
    reason: str | None
    units: int | None
    score: int | None
    award: Award
    account: AccountRef
    transfer_id: int | None

    @property
    def approval(self) -> AttendanceApproval:
        """Whether somebody else has to approve it before it counts."""
        return approval_of(self.grade)

    @property
    def counts_at_once(self) -> bool:
        return self.approval is AttendanceApproval.NOT_NEEDED


@dataclass(frozen=True, slots=True)
class Ids:
    """The keys made for one row."""

    attendance: int
    transfer: int


def wallet_of(account_id: int, status: str, credits_: int) -> Wallet:
    return Wallet(AccountRef(account_id, AccountKind.WALLET), AccountStatus(status), credits_)


def decide(
    rows: Sequence[ReadRecord | Refusal], shift: HeldShift, known: Known, ids: Sequence[Ids], now: datetime
) -> tuple[list[LoggedRow], list[NewAttendance]]:
    """The answer to each row, and the attendances to be recorded."""
    answers: list[LoggedRow] = []
    added: list[NewAttendance] = []
    for row, keys in zip(rows, ids, strict=True):
        try:
            if isinstance(row, Refusal):
                raise row
            added.append(attendance_of(row, shift, known, keys, now))
            answers.append(LoggedRow(keys.attendance))
        except Refusal as refusal:
            answers.append(LoggedRow(refusal=refusal))
    return answers, added


def approval_of(grade: EvidenceGrade) -> AttendanceApproval:
    is_weak = grade is EvidenceGrade.ENTERED_AFTERWARDS
    return AttendanceApproval.PENDING if is_weak else AttendanceApproval.NOT_NEEDED


def attendance_of(row: ReadRecord, shift: HeldShift, known: Known, keys: Ids, now: datetime) -> NewAttendance:
    """Raises InvalidInput (the times), NotFound, AlreadyAttended, InvalidInput (the code at the check-out),
    AccountNotOpen (the wallet is closed), InvalidInput (it is full), BudgetExhausted."""
    check_presence(row, shift.starts_at, shift.ends_at, now)
    grade = grade_of(row.scans, shift.ends_at, now)
    counts_at_once = approval_of(grade) is AttendanceApproval.NOT_NEEDED
    if not counts_at_once:
        check_entered_afterwards(row, shift.starts_at, shift.ends_at)
    resident_id = resident_of(row, known)
    left_at = row.checked_out_at or shift.ends_at
    served = time_served(row.checked_in_at, left_at, shift.starts_at, shift.ends_at)
    facts = attended_of(shift, grade, served, row.units, row.score)
    earned = award(facts, known.book, known.used.get(resident_id, {})) if counts_at_once else Award()
    wallet = known.wallets[resident_id]
    take(row, known, wallet, earned.points, shift.rule.programme)
    known.attended.add(resident_id)
    return NewAttendance(
        id=keys.attendance,
        resident_id=resident_id,
        checked_in_at=row.checked_in_at,
        checked_out_at=left_at,
        served_seconds=served // SECOND,
        method=row.named.method,
        grade=grade,
        reason=row.reason,
        units=row.units,
        score=row.score,
        award=earned,
        account=wallet.account,
        transfer_id=keys.transfer if earned.points else None,
    )


def attended_of(
    shift: HeldShift, grade: EvidenceGrade, served: timedelta, units: int | None, score: int | None
) -> Attended:
    """All that decides what an attendance of the shift earns."""
    lasted = shift.ends_at - shift.starts_at
    return Attended(
        activity_id=shift.activity_id,
        activity_kind=shift.kind,
        day=shift.day,
        served=served,
        lasted=lasted,
        grade=grade,
        units=units,
        score=score,
        own=line_of(shift.rule, grade, served, lasted),
    )


def resident_of(row: ReadRecord, known: Known) -> int:
    """Raises NotFound, AlreadyAttended, InvalidInput (somebody else's code was scanned as they left), AccountNotOpen."""
    who = row.named
    resident_id = known.now_of(who.resident_id) if who.phone is None else known.ids_by_phone.get(who.phone)
    if resident_id is None or resident_id not in known.wallets:
        raise NotFound(path=who.path)
    if resident_id in known.attended:
        raise AlreadyAttended(path=row.path)
    if known.now_of(row.scanned_out_id) not in (None, resident_id):
        raise InvalidInput(reason="check_out_code_of_another", path=(*row.path, "checkOutMemberCode"))
    wallet = known.wallets[resident_id]
    if wallet.status is AccountStatus.CLOSED:
        raise AccountNotOpen(account_id=wallet.account.id, status=wallet.status.value, path=who.path)
    return resident_id


def take(row: ReadRecord, known: Known, wallet: Wallet, points: int, programme: str) -> None:
    """The points are set aside for the row. Raises InvalidInput, BudgetExhausted."""
    if wallet.credits + points > MAX_POINTS:
        raise InvalidInput(reason="wallet_full", values={"limit": MAX_POINTS}, path=row.path)
    if known.budget_left is not None:
        if points > known.budget_left:
            raise BudgetExhausted(programme=programme, path=row.path)
        known.budget_left -= points
    wallet.credits += points

"""Deciding rows: each on its own, in the order given, from what was looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.claims.claimant import Named
from domain.claims.desk import Desk
from domain.claims.masked_account import account_key
from domain.claims.statement import Statement, check_seen_on
from domain.claims.states import ClaimDoubt
from domain.refusals import (
    AccountNotOpen,
    AlreadyClaimed,
    BudgetExhausted,
    Conflict,
    InvalidInput,
    NotFound,
    Refusal,
    SecondPersonRequired,
)
from ledger.accounts import AccountRef
from ledger.posting import MAX_POINTS


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A statement whose claimant could be read; `path` is where it stands in the input."""

    path: tuple[str, ...]
    named: Named
    statement: Statement


@dataclass(slots=True)
class Standing:
    """How far a resident has come in the programme, as the rows go on.

    `credits` is what the wallet has ever taken in, `paid_alone` what claims brought in the last 24 hours without a second person.
    """

    account: AccountRef
    status: str
    credits: int
    paid_alone: int
    figure: int
    seen_on: date | None
    account_key: str | None
    waits: bool


@dataclass(slots=True)
class Known:
    """What was looked up for the rows; deciding a row changes it for those that follow. `budget_left` None is no limit.

    `kept`: as whom somebody goes on who was merged. `holders`: whose claims that stand name an account, by its key.
    """

    ids_by_phone: dict[str, int]
    kept: dict[int, int]
    standings: dict[int, Standing]
    holders: dict[str, set[int]]
    photos: set[str]
    budget_left: int | None

    def now_of(self, resident_id: int | None) -> int | None:
        """Whom an id means by now."""
        return None if resident_id is None else self.kept.get(resident_id, resident_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """A claim to be recorded. It is paid at once if there is no doubt."""

    resident_id: int
    account: AccountRef
    statement: Statement
    previous_figure: int
    doubts: tuple[ClaimDoubt, ...]

    @property
    def increase(self) -> int:
        """The points that it pays."""
        return self.statement.figure - self.previous_figure

    @property
    def waits(self) -> bool:
        """Whether a second person has to look first."""
        return bool(self.doubts)


def decide(rows: Sequence[ReadRow | Refusal], desk: Desk, known: Known, now: datetime) -> list[NewClaim | Refusal]:
    """The claim that each row makes, or why it makes none."""
    decided: list[NewClaim | Refusal] = []
    for row in rows:
        try:
            if isinstance(row, Refusal):
                raise row
            decided.append(claim_of(row, desk, known, now))
        except Refusal as refusal:
            decided.append(refusal)
    return decided


def claim_of(row: ReadRow, desk: Desk, known: Known, now: datetime) -> NewClaim:
    """Raises InvalidInput (the day), NotFound, SecondPersonRequired, AlreadyClaimed, InvalidInput (a day before the last one),
    Conflict (the photo), AccountNotOpen (the wallet is closed), InvalidInput (the wallet is full), BudgetExhausted.
    """
    statement = row.statement
    check_seen_on(statement.seen_on, now, desk.zone, *row.path)
    resident_id = resident_of(row, desk, known)
    standing = known.standings[resident_id]
    check_step(row, standing)
    if statement.photo_sha256 in known.photos:
        raise Conflict(reason="photo_used", path=(*row.path, "photoSha256"))
    if standing.status == "CLOSED":
        raise AccountNotOpen(account_id=standing.account.id, status=standing.status, path=row.named.path)
    doubts = tuple(doubts_about(resident_id, statement, desk, known))
    claim = NewClaim(
        resident_id=resident_id,
        account=standing.account,
        statement=statement,
        previous_figure=standing.figure,
        doubts=doubts,
    )
    if not claim.waits:
        take(row, known, standing, claim.increase, desk.programme)
    note(known, claim)
    return claim


def resident_of(row: ReadRow, desk: Desk, known: Known) -> int:
    """Raises NotFound, SecondPersonRequired."""
    who = row.named
    resident_id = known.now_of(who.resident_id) if who.phone is None else known.ids_by_phone.get(who.phone)
    if resident_id is None or resident_id not in known.standings:
        raise NotFound(path=who.path)
    if resident_id == desk.staff_id:
        raise SecondPersonRequired(path=who.path)
    return resident_id


def check_step(row: ReadRow, standing: Standing) -> None:
    """A figure only grows, and so does its day. Raises AlreadyClaimed, InvalidInput."""
    if standing.seen_on is None:
        return
    if row.statement.figure <= standing.figure:
        raise AlreadyClaimed(last_figure=standing.figure, last_seen_on=standing.seen_on, path=(*row.path, "figure"))
    if row.statement.seen_on < standing.seen_on:
        values: dict[str, object] = {"figure": standing.figure, "day": standing.seen_on.isoformat()}
        raise InvalidInput(reason="seen_before_last", values=values, path=(*row.path, "seenOn"))


def doubts_about(resident_id: int, statement: Statement, desk: Desk, known: Known) -> Iterator[ClaimDoubt]:
    """Why somebody else has to look at it first."""
    standing, key = known.standings[resident_id], account_key(statement.masked_account)
    if standing.paid_alone + statement.figure - standing.figure > desk.approval_above:
        yield ClaimDoubt.LARGE_INCREASE
    if known.holders.get(key, set()) - {resident_id}:
        yield ClaimDoubt.ACCOUNT_OF_ANOTHER
    if standing.account_key not in (None, key):
        yield ClaimDoubt.ACCOUNT_CHANGED
    if standing.waits:
        yield ClaimDoubt.EARLIER_PENDING


def take(row: ReadRow, known: Known, standing: Standing, points: int, programme: str) -> None:
    """The points are set aside for the row. Raises InvalidInput, BudgetExhausted."""
    if standing.credits + points > MAX_POINTS:
        raise InvalidInput(reason="wallet_full", values={"limit": MAX_POINTS}, path=row.path or None)
    if known.budget_left is not None:
        if points > known.budget_left:
            raise BudgetExhausted(programme=programme, path=row.path or None)
        known.budget_left -= points
    standing.credits += points
    standing.paid_alone += points


def note(known: Known, claim: NewClaim) -> None:
    """What the claim changes for the rows that follow."""
    standing, key = known.standings[claim.resident_id], account_key(claim.statement.masked_account)
    standing.figure, standing.seen_on, standing.account_key = claim.statement.figure, claim.statement.seen_on, key
    standing.waits = standing.waits or claim.waits
    known.holders.setdefault(key, set()).add(claim.resident_id)
    if claim.statement.photo_sha256 is not None:
        known.photos.add(claim.statement.photo_sha256)

"""The whole book of a programme in one look, as it was at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.accounts import AccountKind
from ledger.book_time import BookTime
from ledger.refusals import InvalidInput
from storage import Reader
from storage.instants import to_micros


@dataclass(frozen=True, slots=True)
class TrialBalanceLine:
    """All accounts of one kind, in points."""

    kind: AccountKind
    debits: int
    credits: int
    accounts: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """A line for each kind of account, of what was posted, or happened, at or before `at`."""

    programme: str
    at: datetime
    lines: tuple[TrialBalanceLine, ...]

    @property
    def total_debits(self) -> int:
        """The sum of the lines' debits."""
        return sum(line.debits for line in self.lines)

    @property
    def total_credits(self) -> int:
        """The sum of the lines' credits."""
        return sum(line.credits for line in self.lines)

    @property
    def balanced(self) -> bool:
        """Every debit has its credit."""
        return self.total_debits == self.total_credits


UNTIL = {
    BookTime.POSTED: "entries te WHERE te.posted_at <= ?",
    BookTime.OCCURRED: "transfers tt JOIN entries te ON te.transfer_id = tt.id WHERE tt.occurred_at <= ?",
}
# Added up from the entries even for wallets: an auditor does not ask what the sums say of themselves.
SELECT_LINES = """SELECT a.kind, CAST(COALESCE(SUM(e.debits), 0) AS BIGINT), CAST(COALESCE(SUM(e.credits), 0) AS BIGINT),
    SUM(CASE WHEN a.created_at <= ? THEN 1 ELSE 0 END)
    FROM accounts a LEFT JOIN (
        SELECT te.account_id, SUM(CASE WHEN te.amount < 0 THEN -te.amount ELSE 0 END) AS debits,
            SUM(CASE WHEN te.amount > 0 THEN te.amount ELSE 0 END) AS credits
        FROM {until} GROUP BY te.account_id
    ) AS e ON e.account_id = a.id
    WHERE a.programme = ? GROUP BY a.kind"""


async def trial_balance(reader: Reader, programme: str, at: datetime, by: BookTime = BookTime.POSTED) -> TrialBalance:
    """The programme's book at an instant, every kind of account in its order. Raises InvalidInput for an unknown programme.

    Postings count by when the ledger took them, or by when they happened; accounts by when they were opened. What happened is
    often posted later, so that a day in the past, by OCCURRED, still changes; by POSTED it never does.
    """
    instant = to_micros(at)
    rows = await reader.fetch(SELECT_LINES.format(until=UNTIL[by]), instant, instant, programme)
    if not rows:
        raise InvalidInput(reason="unknown_programme", values={"programme": programme}, path=("programme",))
    sums = {row[0]: row[1:] for row in rows}
    lines = (TrialBalanceLine(kind, *sums.get(kind, (0, 0, 0))) for kind in AccountKind)
    return TrialBalance(programme, at, tuple(lines))

"""Whatever is done to a book, in whatever order: it says what a book on paper says, and its audit is clean."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.points.expire_points import expire_points, find_policy
from ledger.account_status import StatusChange, hold_wallet, set_status
from ledger.accounts import AccountRef, AccountStatus
from ledger.audit import audit
from ledger.expiring import expiring, lots_left_sql, lots_of
from ledger.expiry_policy import DAY
from ledger.holds import NewHold, Posting, expire_holds, place_hold, post_hold, void_hold
from ledger.posting import TransferKind
from ledger.refusals import Refusal
from storage import Transaction, close_database, fetch, open_database, read, write
from storage.instants import from_micros
from tests.builders.ledger import Book, a_book, earning, posted, some_wallets, spending, take_back
from tests.clock import NOW
from tests.ledger.plain_book import INSUFFICIENT, NOT_OPEN, RESOLVED, REVERSED, PlainBook, Refused

WALLETS = 3
SHANGHAI = timezone(timedelta(hours=8))
EXAMPLES = settings(
    max_examples=25,
    phases=[Phase.generate],  # Phase.shrink makes a failing example shorter, in minutes
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

wallets = st.integers(0, WALLETS - 1)
points = st.integers(1, 20)
choices = st.integers(0, 1000)


class BookOnPaper(RuleBasedStateMachine):
    """Each act is done to the book and to the paper: both do it, or both refuse it for the same reason."""

    runner: ClassVar[asyncio.Runner]
    seen: ClassVar[Counter[str]]

    @initialize()
    def open_the_book(self) -> None:
        self.paper = PlainBook(NOW.astimezone(SHANGHAI), [0] * WALLETS, ["OPEN"] * WALLETS)
        self.transfers: list[int] = []
        self.holds: list[int] = []
        self.runner.run(self.new_book())
        self.post([(wallet, 10) for wallet in range(WALLETS)])

    async def new_book(self) -> None:
        self.book: Book = await a_book()
        self.wallets: list[AccountRef] = await some_wallets(self.book, WALLETS)
        await write(
            lambda tx: tx.execute("UPDATE programmes SET expiry = 'END_OF_YEAR' WHERE code = ?", self.book.code)
        )
        self.policy = await read(lambda reader: find_policy(reader, self.book.code))

    @property
    def now(self) -> datetime:
        return self.paper.now.astimezone(UTC)

    def both(self, on_paper: Callable[[], None], in_book: Coroutine[Any, Any, list[int] | None]) -> list[int]:
        """The ids of the transfers (or of the hold) that came of it; none where both refused."""
        try:
            on_paper()
            refused = None
        except Refused as refusal:
            refused = str(refusal)
        try:
            ids = self.runner.run(in_book) or []
            said = None
        except Refusal as refusal:
            ids, said = [], refusal.code
        assert said == refused, f"the book says {said}, the paper {refused}"
        self.seen[refused or "done"] += 1
        return ids

    @rule(moves=st.lists(st.tuples(wallets, points, st.booleans()), min_size=1, max_size=4))
    def move(self, moves: list[tuple[int, int, bool]]) -> None:
        self.post([(wallet, some if comes else -self.little(wallet, some)) for wallet, some, comes in moves])

    def little(self, wallet: int, some: int) -> int:
        """So many points that they are mostly there."""
        return 1 + some % (max(0, self.paper.available(wallet)) + 2)

    def post(self, signed: list[tuple[int, int]]) -> None:
        def make(tx: Transaction) -> list[Any]:
            return [
                (earning if amount > 0 else spending)(tx, self.book, self.wallets[wallet], abs(amount))
                for wallet, amount in signed
            ]

        self.transfers += self.both(lambda: self.paper.move(signed), posted(make, self.now))

    @precondition(lambda self: self.transfers)
    @rule(choice=choices)
    def take_back(self, choice: int) -> None:
        """What was spent is mostly refunded, and may have been a mistake."""
        at = choice % len(self.transfers)
        is_refund = self.paper.transfers[at].points < 0 and choice < 700
        kind = TransferKind.REFUND if is_refund else TransferKind.REVERSAL

        async def body() -> None:
            await take_back(self.transfers[at], kind, self.now)

        self.both(lambda: (self.paper.refund if is_refund else self.paper.take_back)(at), body())

    @rule(wallet=wallets, some=points, minutes=st.integers(1, 30))
    def hold(self, wallet: int, some: int, minutes: int) -> None:
        now, until, amount = self.now, self.now + timedelta(minutes=minutes), self.little(wallet, some)

        async def body(tx: Transaction) -> list[int]:
            hold = NewHold(
                id=tx.new_id(),
                programme=self.book.code,
                amount=amount,
                debit=self.wallets[wallet],
                credit=self.book.redemption,
                memo="示例",
                expires_at=until,
            )
            await place_hold(tx, hold, now)
            return [hold.id]

        self.holds += self.both(lambda: self.paper.hold(wallet, amount, minutes), write(body))

    @precondition(lambda self: self.holds)
    @rule(choice=choices, part=st.sampled_from([1, 1, 2]))
    def post_hold(self, choice: int, part: int) -> None:
        at, now = choice % len(self.holds), self.now
        amount = -(-self.paper.holds[at].points // part)

        async def body(tx: Transaction) -> list[int]:
            posting = Posting(transfer_id=tx.new_id(), amount=amount)
            await post_hold(tx, self.holds[at], posting, now)
            return [posting.transfer_id]

        self.transfers += self.both(lambda: self.paper.post_hold(at, amount), write(body))

    @precondition(lambda self: self.holds)
    @rule(choice=choices)
    def void_hold(self, choice: int) -> None:
        at, now = choice % len(self.holds), self.now
        self.both(lambda: self.paper.void_hold(at), write(lambda tx: void_hold(tx, self.holds[at], now)))

    @rule(minutes=st.sampled_from([3, 25]))
    def time_passes(self, minutes: int) -> None:
        self.paper.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.holds)
    @rule()
    def expire_holds(self) -> None:
        now = self.now
        self.both(self.paper.expire_holds, write(lambda tx: expired(tx, self.holds, now)))

    @rule(wallet=wallets, status=st.sampled_from(["FROZEN", "OPEN"]))
    def freeze_or_open(self, wallet: int, status: str) -> None:
        if self.paper.may_become(wallet, status):
            self.set_status(wallet, status)

    @precondition(lambda self: self.transfers)
    @rule(choice=choices)
    def spend_the_rest_and_close(self, choice: int) -> None:
        """Not too often: nothing is closed for a while."""
        wallet, rest = choice % WALLETS, self.paper.balances[choice % WALLETS]
        if choice > 500:
            return
        if rest > 0 and (self.paper.held(wallet), self.paper.statuses[wallet]) == (0, "OPEN"):
            self.post([(wallet, -rest)])
        if self.paper.may_become(wallet, "CLOSED"):
            self.set_status(wallet, "CLOSED")

    def set_status(self, wallet: int, status: str) -> None:
        async def body(tx: Transaction) -> None:
            held = await hold_wallet(tx, self.wallets[wallet].id)
            assert held
            change = StatusChange(id=tx.new_id(), status=AccountStatus(status), reason="示例", changed_by_id=1)
            await set_status(tx, held, change, self.now)

        self.paper.statuses[wallet] = status
        self.runner.run(write(body))

    @rule(days=st.sampled_from([0, 100, 250, 400]))
    def points_expire(self, days: int) -> None:
        """What is posted is what was told beforehand, and what the paper says."""
        self.paper.now += timedelta(days=days)
        due = [n for n in range(WALLETS) if any(day < self.paper.now.date() for day in self.paper.expiring(n))]
        self.seen.update(f"{self.paper.statuses[n]} expires" for n in due)
        self.paper.expire()
        self.runner.run(expire_points(self.book.code, self.now))
        sql = """SELECT debit_id, occurred_at, CAST(SUM(amount) AS BIGINT) FROM transfers
            WHERE programme = ? AND kind = 'EXPIRE' GROUP BY debit_id, occurred_at"""
        posted = {(wallet, from_micros(at)): points for wallet, at, points in self.fetch(sql, self.book.code)}
        on_paper = self.paper.expired.items()
        assert posted == {
            (self.wallets[n].id, self.policy.start_of(day + DAY)): points for (n, day), points in on_paper
        }

    @invariant()
    def wallets_agree(self) -> None:
        lots = lots_left_sql("a.id", "(a.credits - a.debits - a.held)")
        ids = ", ".join(str(wallet.id) for wallet in self.wallets)
        rows = self.fetch(
            f"SELECT a.credits - a.debits, a.held, a.status, {lots} FROM accounts a WHERE a.id IN ({ids}) ORDER BY a.id"
        )
        book = [(*row[:3], expiring(lots_of(row[3]), row[0] - row[1], self.policy)) for row in rows]
        paper = self.paper
        assert book == [
            (paper.balances[n], paper.held(n), paper.statuses[n], paper.expiring(n)) for n in range(WALLETS)
        ]
        came_and_was_taken_back = {t.wallet for t in paper.transfers if t.points > 0 and t.taken_back}
        assert {n for n in range(WALLETS) if paper.available(n) < 0} <= came_and_was_taken_back

    def teardown(self) -> None:
        assert self.runner.run(read(audit)) == []
        sums = "SELECT COALESCE(SUM(e.amount), 0) FROM entries e JOIN accounts a ON a.id = e.account_id WHERE a.programme = ?"
        assert self.fetch(sums, self.book.code) == [(0,)]
        rows = self.fetch("SELECT id, status FROM holds")
        assert {*zip(self.holds, (hold.status for hold in self.paper.holds), strict=True)} <= {*rows}

    def fetch(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.runner.run(rows_of(sql, *params))]


async def expired(tx: Transaction, holds: list[int], now: Any) -> None:
    await expire_holds(tx, holds, now)


async def rows_of(sql: str, *params: Any) -> Any:
    return await fetch(sql, *params)


@pytest.fixture
def runner(database_url: str) -> Any:
    """A loop in which the database is open, for a machine that is no coroutine."""
    with asyncio.Runner() as loop:
        loop.run(open_database(database_url))
        yield loop
        loop.run(close_database())


def test_a_book_says_what_a_book_on_paper_says(runner: asyncio.Runner) -> None:
    BookOnPaper.runner, BookOnPaper.seen = runner, Counter()
    run_state_machine_as_test(BookOnPaper, settings=EXAMPLES)
    met = {"done", INSUFFICIENT, REVERSED, RESOLVED, NOT_OPEN, "OPEN expires", "FROZEN expires"}
    assert met <= {*BookOnPaper.seen}, "every answer was given, and points expired"

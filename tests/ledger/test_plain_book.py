"""Whatever is done to a book, in whatever order: it says what a book on paper says, and its audit is clean."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
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
from tests.conftest import Engine
from tests.ledger.plain_book import INSUFFICIENT, NOT_OPEN, RESOLVED, REVERSED, PlainBook, Refused

WALLETS = 3
SHANGHAI = timezone(timedelta(hours=8))
MANY: dict[Engine, int] = {"sqlite": 50, "postgres": 20}  # a step takes four times as long on PostgreSQL
EXAMPLES = settings(
    phases=[Phase.generate],  # Phase.shrink makes a failing example shorter, in minutes
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# What is done, and how often. All of it in one rule, by dice of our own: of several rules Hypothesis leaves some out of each
# example, and likes the first of a list, so that what needs five in a row is never met.
ACTS = {
    "move": 5, "take_back": 4, "hold": 5, "post_hold": 5, "void_hold": 1, "expire_holds": 1, "time_passes": 2,
    "freeze_or_open": 4, "spend_the_rest_and_close": 1, "days_pass": 3, "a_year_ends": 1, "points_expire": 1,
}  # fmt: skip
NEED = {"take_back": "transfers", "post_hold": "holds", "void_hold": "holds", "expire_holds": "holds"}


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

    @rule(seed=st.integers(0, 2**64 - 1))
    def step(self, seed: int) -> None:
        """An act and its figures, as the seed has them."""
        self.dice = random.Random(seed)
        act = self.dice.choices(list(ACTS), weights=list(ACTS.values()))[0]
        if act not in NEED or getattr(self, NEED[act]):
            getattr(self, act)()
        note(f"{self.paper.now:%Y-%m-%d %H:%M} {act}: {self.paper.balances}, {self.paper.statuses}")

    def move(self) -> None:
        wallets = [self.a_wallet() for _ in range(self.dice.choice([1, 1, 1, 2, 4]))]
        self.post([(n, self.dice.choice([self.dice.randint(1, 20), -self.little(n)])) for n in wallets])

    def a_wallet(self) -> int:
        return self.dice.randrange(WALLETS)

    def recent(self, ids: list[int]) -> int:
        """Which of them: mostly one of the last three."""
        few = min(3, len(ids)) if self.dice.random() < 0.7 else len(ids)
        return len(ids) - 1 - self.dice.randrange(few)

    def little(self, wallet: int) -> int:
        """So many points that they are mostly there."""
        return self.dice.randint(1, max(0, self.paper.available(wallet)) + 2)

    def post(self, signed: list[tuple[int, int]]) -> None:
        def make(tx: Transaction) -> list[Any]:
            return [
                (earning if amount > 0 else spending)(tx, self.book, self.wallets[wallet], abs(amount))
                for wallet, amount in signed
            ]

        self.transfers += self.both(lambda: self.paper.move(signed), posted(make, self.now))

    def take_back(self) -> None:
        """What was spent is mostly refunded, and may have been a mistake."""
        at = self.recent(self.transfers)
        is_refund = self.paper.transfers[at].points < 0 and self.dice.random() < 0.7
        kind = TransferKind.REFUND if is_refund else TransferKind.REVERSAL

        async def body() -> None:
            await take_back(self.transfers[at], kind, self.now)

        self.both(lambda: (self.paper.refund if is_refund else self.paper.take_back)(at), body())

    def hold(self) -> None:
        wallet, minutes = self.a_wallet(), self.dice.randint(1, 30)
        now, until, amount = self.now, self.now + timedelta(minutes=minutes), self.little(wallet)

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

    def post_hold(self) -> None:
        at, now = self.recent(self.holds), self.now
        amount = -(-self.paper.holds[at].points // self.dice.choice([1, 1, 2]))

        async def body(tx: Transaction) -> list[int]:
            posting = Posting(transfer_id=tx.new_id(), amount=amount)
            await post_hold(tx, self.holds[at], posting, now)
            return [posting.transfer_id]

        self.transfers += self.both(lambda: self.paper.post_hold(at, amount), write(body))

    def void_hold(self) -> None:
        at, now = self.recent(self.holds), self.now
        self.both(lambda: self.paper.void_hold(at), write(lambda tx: void_hold(tx, self.holds[at], now)))

    def time_passes(self) -> None:
        self.paper.now += timedelta(minutes=self.dice.choice([3, 25]))

    def expire_holds(self) -> None:
        now = self.now
        self.both(self.paper.expire_holds, write(lambda tx: expired(tx, self.holds, now)))

    def freeze_or_open(self) -> None:
        """Mostly a wallet of which something is held."""
        holding = [hold.wallet for hold in self.paper.holds if hold.status == "HELD"]
        wallet, status = (
            self.dice.choice([*holding[-2:], self.a_wallet()]),
            self.dice.choice(["FROZEN", "OPEN", "OPEN"]),
        )
        if self.paper.may_become(wallet, status):
            self.set_status(wallet, status)

    def spend_the_rest_and_close(self) -> None:
        wallet = self.a_wallet()
        rest = self.paper.balances[wallet]
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

    def days_pass(self) -> None:
        """Nobody lets anything expire meanwhile."""
        self.paper.now += timedelta(days=self.dice.choice([1, 100, 400]))

    def a_year_ends(self) -> None:
        self.paper.now = self.paper.now.replace(year=self.paper.now.year + 1, month=1, day=1)
        self.points_expire()

    def points_expire(self) -> None:
        """What is posted is what was told beforehand, and what the paper says."""
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


def test_a_book_says_what_a_book_on_paper_says(runner: asyncio.Runner, engine: Engine) -> None:
    BookOnPaper.runner, BookOnPaper.seen = runner, Counter()
    run_state_machine_as_test(BookOnPaper, settings=settings(EXAMPLES, max_examples=MANY[engine]))
    met = {"done", INSUFFICIENT, REVERSED, RESOLVED, NOT_OPEN, "OPEN expires"}
    assert met <= {*BookOnPaper.seen}, "every answer was given, and points expired"

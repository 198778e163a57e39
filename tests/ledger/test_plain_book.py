"""Whatever is done to a book, in whatever order: it says what a book on paper says, and its audit is clean."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
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

from ledger.accounts import AccountRef
from ledger.audit import audit
from ledger.holds import NewHold, Posting, expire_holds, place_hold, post_hold, void_hold
from ledger.posting import TransferKind
from ledger.refusals import Refusal
from storage import Transaction, close_database, fetch, open_database, read, write
from tests.builders.ledger import Book, a_book, earning, posted, some_wallets, spending, take_back
from tests.clock import later
from tests.ledger.plain_book import INSUFFICIENT, RESOLVED, REVERSED, PlainBook, Refused

WALLETS = 3
EXAMPLES = settings(
    max_examples=25,
    phases=[Phase.generate],  # Phase.shrink makes a failing example shorter, in minutes
    stateful_step_count=25,
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
        self.paper = PlainBook([0] * WALLETS)
        self.transfers: list[int] = []
        self.holds: list[int] = []
        self.runner.run(self.new_book())

    async def new_book(self) -> None:
        self.book: Book = await a_book()
        self.wallets: list[AccountRef] = await some_wallets(self.book, WALLETS)

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

    @rule(moves=st.lists(st.tuples(wallets, points, st.sampled_from([1, 1, -1])), min_size=1, max_size=4))
    def move(self, moves: list[tuple[int, int, int]]) -> None:
        def make(tx: Transaction) -> list[Any]:
            return [
                (earning if sign > 0 else spending)(tx, self.book, self.wallets[wallet], amount)
                for wallet, amount, sign in moves
            ]

        signed = [(wallet, amount * sign) for wallet, amount, sign in moves]
        self.transfers += self.both(lambda: self.paper.move(signed), posted(make, later(minutes=self.paper.minute)))

    @precondition(lambda self: self.transfers)
    @rule(choice=choices)
    def take_back(self, choice: int) -> None:
        at = choice % len(self.transfers)
        kind = TransferKind.REVERSAL if self.paper.transfers[at].points > 0 else TransferKind.REFUND

        async def body() -> None:
            await take_back(self.transfers[at], kind, later(minutes=self.paper.minute))

        self.both(lambda: self.paper.take_back(at), body())

    @rule(wallet=wallets, amount=points, minutes=st.integers(1, 30))
    def hold(self, wallet: int, amount: int, minutes: int) -> None:
        now, until = later(minutes=self.paper.minute), later(minutes=self.paper.minute + minutes)

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
        at, now = choice % len(self.holds), later(minutes=self.paper.minute)
        amount = -(-self.paper.holds[at].points // part)

        async def body(tx: Transaction) -> list[int]:
            posting = Posting(transfer_id=tx.new_id(), amount=amount)
            await post_hold(tx, self.holds[at], posting, now)
            return [posting.transfer_id]

        self.transfers += self.both(lambda: self.paper.post_hold(at, amount), write(body))

    @precondition(lambda self: self.holds)
    @rule(choice=choices)
    def void_hold(self, choice: int) -> None:
        at, now = choice % len(self.holds), later(minutes=self.paper.minute)
        self.both(lambda: self.paper.void_hold(at), write(lambda tx: void_hold(tx, self.holds[at], now)))

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.paper.minute += minutes

    @precondition(lambda self: self.holds)
    @rule()
    def expire_holds(self) -> None:
        now = later(minutes=self.paper.minute)
        self.both(self.paper.expire_holds, write(lambda tx: expired(tx, self.holds, now)))

    @invariant()
    def wallets_agree(self) -> None:
        ids = ", ".join(str(wallet.id) for wallet in self.wallets)
        rows = self.runner.run(
            fetch_all(f"SELECT credits - debits, held FROM accounts WHERE id IN ({ids}) ORDER BY id")
        )
        assert rows == [(balance, self.paper.held(number)) for number, balance in enumerate(self.paper.balances)]

    def teardown(self) -> None:
        assert self.runner.run(read(audit)) == []
        rows = self.runner.run(fetch_all("SELECT id, status FROM holds"))
        assert {*zip(self.holds, (hold.status for hold in self.paper.holds), strict=True)} <= {*rows}


async def expired(tx: Transaction, holds: list[int], now: Any) -> None:
    await expire_holds(tx, holds, now)


async def fetch_all(sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await fetch(sql)]


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
    assert {"done", INSUFFICIENT, REVERSED, RESOLVED} <= {*BookOnPaper.seen}, "every answer was given"

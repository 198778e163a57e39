"""Posting: one or five hundred, guarded under any concurrency, in one order of locks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from ledger.audit import audit
from ledger.posting import MAX_POINTS, TransferKind, post
from ledger.refusals import BudgetExhausted, InsufficientPoints, InvalidInput, Refusal
from storage import Transaction, fetch, read, write
from tests.builders.ledger import (
    Book,
    a_book,
    a_wallet,
    balance_of,
    earn,
    earning,
    moving,
    posted,
    some_wallets,
    spend,
    spending,
    take_back,
)
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")


async def outcomes(asked: Iterable[Awaitable[Any]]) -> list[Any]:
    """What came of each, refusals included; anything else is raised."""
    done = await asyncio.gather(*asked, return_exceptions=True)
    for outcome in done:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal):
            raise outcome
    return done


async def test_a_transfer_is_two_entries_and_one_balance() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    transfer_id = await earn(book, wallet, 30)
    rows = await fetch("SELECT account_id, position, amount, balance_after FROM entries ORDER BY amount")
    assert [tuple(row) for row in rows] == [(book.issuance.id, transfer_id, -30, None), (wallet.id, 1, 30, 30)]
    sums = await fetch("SELECT debits, credits, entry_count FROM accounts WHERE id = ?", wallet.id)
    assert tuple(sums[0]) == (0, 30, 1)
    assert await read(audit) == []


async def test_five_hundred_wallets_are_paid_at_once() -> None:
    book = await a_book()
    wallets = await some_wallets(book, 500)
    await posted(lambda tx: [earning(tx, book, wallet, 2) for wallet in wallets])
    balances = await fetch("SELECT DISTINCT credits - debits, entry_count FROM accounts WHERE kind = 'WALLET'")
    assert [tuple(row) for row in balances] == [(2, 1)]
    assert await read(audit) == []


async def test_a_list_is_posted_in_as_many_statements_as_two_transfers(monkeypatch: pytest.MonkeyPatch) -> None:
    book = await a_book()
    wallets = await some_wallets(book, 50)
    asked: list[str] = []

    async def statements_for(number: int) -> int:
        async def body(tx: Transaction) -> None:
            for name in ("fetch", "execute", "execute_many"):
                monkeypatch.setattr(tx, name, counting(getattr(tx, name), asked))
            await post(tx, [earning(tx, book, wallet, 2) for wallet in wallets[:number]], NOW)

        before = len(asked)
        await write(body)
        return len(asked) - before

    assert await statements_for(50) == await statements_for(2)


def counting(ask: Callable[..., Awaitable[Any]], asked: list[str]) -> Callable[..., Awaitable[Any]]:
    def count(sql: str, *params: Any) -> Awaitable[Any]:
        asked.append(sql)
        return ask(sql, *params)

    return count


async def test_one_wallet_counts_five_hundred_entries_in_their_order() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    ids = await posted(lambda tx: [earning(tx, book, wallet, points) for points in range(1, 501)])
    rows = await fetch(
        "SELECT transfer_id, position, balance_after FROM entries WHERE account_id = ? ORDER BY position", wallet.id
    )
    assert [tuple(row) for row in rows] == [
        (transfer_id, n, n * (n + 1) // 2) for n, transfer_id in enumerate(ids, start=1)
    ]


async def test_posting_nothing_changes_nothing() -> None:
    assert await posted(lambda _: []) == []


async def test_nothing_is_spent_that_is_not_there() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    with pytest.raises(InsufficientPoints) as refused:
        await spend(book, wallet, 11)
    assert (refused.value.account_id, refused.value.available, refused.value.required) == (wallet.id, 10, 11)
    assert await balance_of(wallet) == 10


async def test_one_wallet_without_cover_refuses_the_whole_batch() -> None:
    book = await a_book()
    rich, poor = await a_wallet(book, points=10), await a_wallet(book, points=1)
    with pytest.raises(InsufficientPoints):
        await posted(lambda tx: [spending(tx, book, rich, 5), spending(tx, book, poor, 5)])
    assert (await balance_of(rich), await balance_of(poor)) == (10, 1)
    assert await fetch("SELECT id FROM transfers WHERE kind = 'REDEEM'") == []


async def test_within_a_batch_points_come_before_they_are_spent() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    with pytest.raises(InsufficientPoints):
        await posted(lambda tx: [spending(tx, book, wallet, 5), earning(tx, book, wallet, 5)])
    await posted(lambda tx: [earning(tx, book, wallet, 5), spending(tx, book, wallet, 5)])
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_fifty_at_once_spend_what_is_there_and_no_more() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=20)
    came = await outcomes(spend(book, wallet, 1) for _ in range(50))
    assert sum(isinstance(outcome, InsufficientPoints) for outcome in came) == 30
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_batches_that_name_the_same_wallets_in_opposite_order_never_deadlock() -> None:
    book = await a_book()
    wallets = await some_wallets(book, 60, points=100)
    runs = 0

    async def batch(number: int) -> None:
        async def body(tx: Transaction) -> None:
            nonlocal runs
            runs += 1
            order = wallets if number % 2 else wallets[::-1]
            await post(tx, [spending(tx, book, wallet, 1) for wallet in order], NOW)

        await write(body)

    await asyncio.gather(*(batch(number) for number in range(20)))
    assert runs == 20, "a deadlock would have made a body run again"
    assert {await balance_of(wallet) for wallet in wallets} == {80}
    assert await read(audit) == []


async def test_a_wallet_never_counts_beyond_what_json_can_say() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=MAX_POINTS)
    with pytest.raises(InvalidInput) as refused:
        await earn(book, wallet, 1)
    assert refused.value.reason == "wallet_full"
    assert await balance_of(wallet) == MAX_POINTS


async def test_a_budget_is_never_overdrawn_by_fifty_at_once() -> None:
    book = await a_book(budget=20)
    wallets = await some_wallets(book, 50)
    came = await outcomes(earn(book, wallet, 1) for wallet in wallets)
    assert sum(isinstance(outcome, BudgetExhausted) for outcome in came) == 30
    assert await issued(book) == 20
    assert await read(audit) == []


async def test_a_reversed_award_gives_its_budget_back() -> None:
    book = await a_book(budget=10)
    wallet = await a_wallet(book)
    transfer_id = await earn(book, wallet, 10)
    with pytest.raises(BudgetExhausted):
        await earn(book, wallet, 1)
    await take_back(transfer_id)
    assert await issued(book) == 0
    await earn(book, wallet, 10)
    assert await read(audit) == []


async def test_corrections_are_no_part_of_the_budget() -> None:
    book = await a_book(budget=10)
    wallet = await a_wallet(book)
    await posted(lambda tx: [moving(tx, book, TransferKind.ADJUST, 50, book.adjustment, wallet)])
    assert await issued(book) == 0


async def test_points_never_cross_from_one_programme_to_another() -> None:
    book, other = await a_book(), await a_book()
    wallet = await a_wallet(book)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await posted(lambda tx: [moving(tx, book, TransferKind.EARN, 5, other.issuance, wallet)])
    assert await balance_of(wallet) == 0


async def issued(book: Book) -> int:
    number: int = (await fetch("SELECT issued FROM programmes WHERE code = ?", book.code))[0][0]
    return number

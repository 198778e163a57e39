"""Points expire first in, first out, as their owner was told; a run that is late, killed or doubled changes nothing of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from domain.points.expire_points import BATCH, Expired, expire_points
from ledger.account_status import StatusChange, hold_wallet, set_status
from ledger.accounts import AccountRef, AccountStatus
from ledger.audit import audit
from ledger.expiry_policy import Expiry
from ledger.posting import TransferKind
from ledger.refusals import InvalidInput
from storage import Transaction, fetch, read, write
from tests.builders.ledger import Book, a_book, a_wallet, balance_of, earn, some_wallets, spend, take_back

pytestmark = pytest.mark.usefixtures("database")


def noon(year: int, month: int, day: int) -> datetime:
    """Noon in Shanghai."""
    return datetime(year, month, day, 4, tzinfo=UTC)


async def a_book_whose_points_expire(expiry: Expiry = Expiry.END_OF_YEAR, months: int | None = None) -> Book:
    book = await a_book()
    sql = "UPDATE programmes SET expiry = ?, expiry_months = ? WHERE code = ?"
    await write(lambda tx: tx.execute(sql, expiry.value, months, book.code))
    return book


async def expired_of(wallet: AccountRef) -> list[tuple[int, str]]:
    """What expired of a wallet: how many points, and the memo."""
    sql = "SELECT amount, memo FROM transfers WHERE debit_id = ? AND kind = 'EXPIRE' ORDER BY id"
    return [(row[0], row[1]) for row in await fetch(sql, wallet.id)]


async def close(wallet: AccountRef) -> None:
    async def body(tx: Transaction) -> None:
        held = await hold_wallet(tx, wallet.id)
        assert held
        change = StatusChange(id=tx.new_id(), status=AccountStatus.CLOSED, reason="居民申请", changed_by_id=1)
        await set_status(tx, held, change, noon(2024, 3, 3))

    await write(body)


async def test_what_came_in_this_year_leaves_on_new_years_day() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2024, 3, 1))
    assert await expire_points(book.code, noon(2024, 12, 31)) == Expired(0, 0)
    assert await expire_points(book.code, noon(2025, 1, 1)) == Expired(10, 1)
    assert await balance_of(wallet) == 0
    assert await expired_of(wallet) == [(10, "积分于 2024-12-31 到期")]
    assert await read(audit) == []


async def test_a_second_run_posts_nothing() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2024, 3, 1))
    await expire_points(book.code, noon(2025, 1, 1))
    assert await expire_points(book.code, noon(2025, 1, 1)) == Expired(0, 0)


async def test_two_runs_at_once_post_it_once() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2024, 3, 1))
    runs = await asyncio.gather(*(expire_points(book.code, noon(2025, 1, 1)) for _ in range(4)))
    assert sum(run.points for run in runs) == 10
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_what_was_spent_was_the_oldest() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2023, 3, 1))
    await earn(book, wallet, 10, noon(2024, 3, 1))
    await spend(book, wallet, 12, noon(2023, 12, 30))
    assert await expire_points(book.code, noon(2024, 1, 1)) == Expired(0, 0)
    assert await expire_points(book.code, noon(2025, 1, 1)) == Expired(8, 1)


async def test_what_a_reversal_brought_into_a_closed_wallet_expires_and_stops_nobody_else() -> None:
    book = await a_book_whose_points_expire()
    closed, other = await some_wallets(book, 2)
    for wallet in (closed, other):
        await earn(book, wallet, 10, noon(2024, 3, 1))
    taken = await spend(book, closed, 10, noon(2024, 3, 2))
    await close(closed)
    await take_back(taken)
    assert await expire_points(book.code, noon(2025, 1, 1)) == Expired(20, 2)
    assert [await balance_of(wallet) for wallet in (closed, other)] == [0, 0]
    assert await read(audit) == []


async def test_a_refund_gives_points_back_with_their_old_day() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2024, 3, 1))
    purchase = await spend(book, wallet, 10, noon(2024, 4, 1))
    await earn(book, wallet, 5, noon(2025, 1, 2))
    assert await expire_points(book.code, noon(2025, 1, 3)) == Expired(0, 0)
    await take_back(purchase, TransferKind.REFUND, noon(2025, 2, 1))
    assert await expire_points(book.code, noon(2025, 2, 2)) == Expired(10, 1)
    assert await balance_of(wallet) == 5


async def test_an_award_that_was_taken_back_takes_its_own_points_along() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2023, 3, 1))
    await take_back(await earn(book, wallet, 4, noon(2024, 1, 2)), now=noon(2024, 1, 3))
    assert await expire_points(book.code, noon(2024, 1, 4)) == Expired(10, 1)
    assert await balance_of(wallet) == 0


async def test_a_late_run_makes_up_for_every_day_that_it_missed() -> None:
    book = await a_book_whose_points_expire(Expiry.MONTHS, 1)
    wallet = await a_wallet(book)
    for day in (1, 2, 3):
        await earn(book, wallet, day, noon(2024, 3, day))
    assert await expire_points(book.code, noon(2024, 4, 3)) == Expired(3, 1)
    assert await expired_of(wallet) == [(1, "积分于 2024-04-01 到期"), (2, "积分于 2024-04-02 到期")]
    assert await expire_points(book.code, noon(2024, 6, 1)) == Expired(3, 1)


async def test_only_what_expired_by_the_day_that_was_named() -> None:
    book = await a_book_whose_points_expire(Expiry.MONTHS, 1)
    wallet = await a_wallet(book)
    for day in (1, 2):
        await earn(book, wallet, day, noon(2024, 3, day))
    assert await expire_points(book.code, noon(2024, 6, 1), until=date(2024, 4, 1)) == Expired(1, 1)
    assert await expire_points(book.code, noon(2024, 3, 20), until=date(2030, 1, 1)) == Expired(0, 0), "it is not over"


async def test_points_of_another_programme_stay() -> None:
    book, other = await a_book_whose_points_expire(), await a_book()
    wallet = await a_wallet(other)
    await earn(other, wallet, 10, noon(2024, 3, 1))
    assert await expire_points(book.code, noon(2026, 1, 1)) == Expired(0, 0)
    assert await expire_points(other.code, noon(2026, 1, 1)) == Expired(0, 0)
    assert await balance_of(wallet) == 10


async def test_a_frozen_wallets_points_expire_too() -> None:
    book = await a_book_whose_points_expire()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, noon(2024, 3, 1))
    await write(lambda tx: tx.execute("UPDATE accounts SET status = 'FROZEN' WHERE id = ?", wallet.id))
    assert await expire_points(book.code, noon(2025, 1, 1)) == Expired(10, 1)


async def test_more_wallets_than_one_transaction_takes() -> None:
    book = await a_book_whose_points_expire()
    wallets = await some_wallets(book, BATCH + 1, points=3)
    assert await expire_points(book.code, noon(2025, 1, 1)) == Expired(3 * len(wallets), len(wallets))
    assert await read(audit) == []


async def test_a_programme_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput):
        await expire_points("nichts", noon(2025, 1, 1))

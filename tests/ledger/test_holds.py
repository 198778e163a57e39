"""Points set aside: once, never more than there are, and free again where nobody spends them."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime

import asyncpg
import pytest

from ledger.accounts import AccountRef
from ledger.audit import audit
from ledger.holds import HoldStatus, NewHold, Posting, expire_holds, place_hold, post_hold, void_hold
from ledger.refusals import AccountNotOpen, HoldResolved, InsufficientPoints
from storage import Transaction, fetch, read, write
from tests.builders.ledger import Book, a_book, a_wallet, balance_of, earn, spend, take_back
from tests.clock import NOW, later
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")

DEADLINE = later(minutes=15)


def holding(tx: Transaction, book: Book, wallet: AccountRef, points: int, until: datetime) -> NewHold:
    return NewHold(
        id=tx.new_id(),
        programme=book.code,
        amount=points,
        debit=wallet,
        credit=book.redemption,
        memo="示例",
        expires_at=until,
    )


async def a_hold(book: Book, wallet: AccountRef, points: int) -> int:
    async def body(tx: Transaction) -> int:
        hold = holding(tx, book, wallet, points, DEADLINE)
        await place_hold(tx, hold, NOW)
        return hold.id

    return await write(body)


async def spend_held(hold_id: int, amount: int | None = None, minutes: int = 1) -> int:
    async def body(tx: Transaction) -> int:
        posting = Posting(transfer_id=tx.new_id(), amount=amount)
        await post_hold(tx, hold_id, posting, later(minutes=minutes))
        return posting.transfer_id

    return await write(body)


async def give_up(hold_id: int) -> None:
    await write(lambda tx: void_hold(tx, hold_id, later(minutes=1)))


async def let_expire(*hold_ids: int, minutes: int = 15) -> list[int]:
    return await write(lambda tx: expire_holds(tx, hold_ids, later(minutes=minutes)))


async def held_of(wallet: AccountRef) -> int:
    held: int = (await fetch("SELECT held FROM accounts WHERE id = ?", wallet.id))[0][0]
    return held


async def status_of(hold_id: int) -> str:
    status: str = (await fetch("SELECT status FROM holds WHERE id = ?", hold_id))[0][0]
    return status


async def test_what_is_held_stays_in_the_balance_and_cannot_be_spent() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    await a_hold(book, wallet, 8)
    assert (await balance_of(wallet), await held_of(wallet)) == (10, 8)
    with pytest.raises(InsufficientPoints) as refused:
        await spend(book, wallet, 3)
    assert (refused.value.available, refused.value.required) == (2, 3)
    await spend(book, wallet, 2)
    assert await read(audit) == []


async def test_no_more_is_held_than_is_available() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    await a_hold(book, wallet, 8)
    with pytest.raises(InsufficientPoints):
        await a_hold(book, wallet, 3)


async def test_of_sixteen_holds_at_once_as_many_stand_as_there_are_points_for() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    came = await asyncio.gather(*(a_hold(book, wallet, 3) for _ in range(16)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in came) == ["InsufficientPoints"] * 13 + ["int"] * 3
    assert await held_of(wallet) == 9
    assert await read(audit) == []


async def test_posting_a_hold_spends_it() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    hold_id = await a_hold(book, wallet, 8)
    transfer_id = await spend_held(hold_id)
    rows = await fetch("SELECT kind, amount, debit_id, credit_id FROM transfers WHERE id = ?", transfer_id)
    assert tuple(rows[0]) == ("REDEEM", 8, wallet.id, book.redemption.id)
    assert (await balance_of(wallet), await held_of(wallet), await status_of(hold_id)) == (2, 0, HoldStatus.POSTED)
    assert await read(audit) == []


async def test_what_is_not_posted_of_a_hold_is_free_again() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    await spend_held(await a_hold(book, wallet, 8), amount=5)
    assert (await balance_of(wallet), await held_of(wallet)) == (5, 0)
    await spend(book, wallet, 5)
    assert await read(audit) == []


async def test_a_voided_hold_is_free_again() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    hold_id = await a_hold(book, wallet, 10)
    await give_up(hold_id)
    assert (await held_of(wallet), await status_of(hold_id)) == (0, HoldStatus.VOIDED)
    await spend(book, wallet, 10)
    assert await read(audit) == []


async def test_a_hold_resolves_once_whatever_is_tried_at_the_same_time() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    hold_id = await a_hold(book, wallet, 10)
    tries = [*(spend_held(hold_id) for _ in range(4)), *(give_up(hold_id) for _ in range(4))]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(outcome).__name__ for outcome in came].count("HoldResolved") == 7
    assert await held_of(wallet) == 0
    assert await read(audit) == []


async def test_from_its_deadline_on_a_hold_can_only_expire() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    hold_id = await a_hold(book, wallet, 10)
    with pytest.raises(HoldResolved):
        await spend_held(hold_id, minutes=15)
    assert await let_expire(hold_id) == [wallet.id]
    assert await let_expire(hold_id) == [], "it expires once"
    assert (await held_of(wallet), await status_of(hold_id)) == (0, HoldStatus.EXPIRED)
    assert await read(audit) == []


async def test_before_its_deadline_a_hold_does_not_expire() -> None:
    book = await a_book()
    hold_id = await a_hold(book, await a_wallet(book, points=10), 10)
    assert await let_expire(hold_id, minutes=14) == []
    assert await status_of(hold_id) == HoldStatus.HELD


async def test_points_that_a_reversal_took_back_cannot_be_spent_by_a_hold() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    award = await earn(book, wallet, 10)
    hold_id = await a_hold(book, wallet, 10)
    await take_back(award)
    with pytest.raises(InsufficientPoints):
        await spend_held(hold_id)
    await earn(book, wallet, 10)
    await spend_held(hold_id)
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_a_frozen_wallet_takes_points_in_and_spends_and_holds_none() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    hold_id = await a_hold(book, wallet, 2)
    await write(lambda tx: tx.execute("UPDATE accounts SET status = 'FROZEN' WHERE id = ?", wallet.id))
    for refused in (spend(book, wallet, 1), a_hold(book, wallet, 1), spend_held(hold_id)):
        with pytest.raises(AccountNotOpen):
            await refused
    await earn(book, wallet, 5)
    await give_up(hold_id)
    assert await balance_of(wallet) == 15


async def test_a_closed_wallet_takes_nothing_but_a_reversal() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    award = await earn(book, wallet, 5)
    await write(lambda tx: tx.execute("UPDATE accounts SET status = 'CLOSED' WHERE id = ?", wallet.id))
    with pytest.raises(AccountNotOpen):
        await earn(book, wallet, 1)
    await take_back(award)
    assert await balance_of(wallet) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE holds SET status = 'HELD', resolved_at = NULL, transfer_id = NULL WHERE id = {hold}",
        "UPDATE holds SET status = 'VOIDED', transfer_id = NULL WHERE id = {hold}",
        "DELETE FROM holds WHERE id = {hold}",
    ],
)
async def test_the_database_refuses_to_change_a_resolved_hold(statement: str) -> None:
    book = await a_book()
    hold_id = await a_hold(book, await a_wallet(book, points=10), 10)
    await spend_held(hold_id)
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute(statement.format(hold=hold_id)))


async def test_the_database_refuses_to_change_how_much_is_held() -> None:
    book = await a_book()
    hold_id = await a_hold(book, await a_wallet(book, points=10), 10)
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute("UPDATE holds SET amount = 1 WHERE id = ?", hold_id))


TAMPERING = {
    "more held than the holds say": ("UPDATE accounts SET held = held + 1 WHERE id = {wallet}", "wallet_holds"),
    "a hold that was made smaller": ("UPDATE holds SET amount = 1 WHERE status = 'POSTED'", "hold_transfers"),
    "a hold that was posted by nothing": ("UPDATE holds SET transfer_id = 404 WHERE status = 'POSTED'", "hold_transfers"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_the_audit_finds(what: str, database_url: str) -> None:
    statement, kind = TAMPERING[what]
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    await spend_held(await a_hold(book, wallet, 4))
    await a_hold(book, wallet, 3)
    assert await read(audit) == []
    async with tampered(database_url, statement.format(wallet=wallet.id)) as reader:
        assert [finding.kind for finding in await audit(reader)] == [kind]


async def test_a_hold_has_a_deadline_to_come() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)

    async def body(tx: Transaction) -> None:
        await place_hold(tx, holding(tx, book, wallet, 1, NOW), NOW)

    with pytest.raises(AssertionError):
        await write(body)

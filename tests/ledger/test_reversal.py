"""Taking a transfer back: once, mirrored, and the only way below zero."""

from __future__ import annotations

import asyncio

import pytest

from ledger.audit import audit
from ledger.posting import TransferKind
from ledger.refusals import AlreadyReversed, InsufficientPoints
from storage import fetch, read
from tests.builders.ledger import a_book, a_wallet, balance_of, earn, spend, take_back

pytestmark = pytest.mark.usefixtures("database")


async def test_a_reversal_moves_the_same_points_the_other_way() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    reversal_id = await take_back(await earn(book, wallet, 8))
    rows = await fetch(
        "SELECT kind, amount, debit_id, credit_id, memo, programme FROM transfers WHERE id = ?", reversal_id
    )
    assert tuple(rows[0]) == ("REVERSAL", 8, wallet.id, book.issuance.id, "记错了", book.code)
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_a_transfer_is_reversed_once() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    transfer_id = await earn(book, wallet, 8)
    await take_back(transfer_id)
    with pytest.raises(AlreadyReversed):
        await take_back(transfer_id)
    assert await balance_of(wallet) == 0


async def test_of_eight_who_reverse_it_at_once_one_does() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    transfer_id = await earn(book, wallet, 8)
    came = await asyncio.gather(*(take_back(transfer_id) for _ in range(8)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in came) == ["AlreadyReversed"] * 7 + ["int"]
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_only_a_reversal_leaves_a_wallet_below_zero_and_then_new_points_come_first() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    award = await earn(book, wallet, 10)
    await spend(book, wallet, 7)
    await take_back(award)
    assert await balance_of(wallet) == -7
    await earn(book, wallet, 7)
    with pytest.raises(InsufficientPoints):
        await spend(book, wallet, 1)
    await earn(book, wallet, 1)
    await spend(book, wallet, 1)
    assert await balance_of(wallet) == 0
    assert await read(audit) == []


async def test_a_refund_gives_back_what_was_spent() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=5)
    refund_id = await take_back(await spend(book, wallet, 5), TransferKind.REFUND)
    assert [row[0] for row in await fetch("SELECT kind FROM transfers WHERE id = ?", refund_id)] == ["REFUND"]
    assert await balance_of(wallet) == 5
    assert await read(audit) == []


async def test_a_reversal_is_not_reversed_itself() -> None:
    book = await a_book()
    reversal_id = await take_back(await earn(book, await a_wallet(book), 8))
    with pytest.raises(AssertionError, match="a reversal is not reversed"):
        await take_back(reversal_id)

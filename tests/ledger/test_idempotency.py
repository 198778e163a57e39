"""Asking twice does it once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from ledger.accounts import AccountRef
from ledger.idempotency import Intent, claim, set_answer
from ledger.posting import post
from ledger.refusals import InsufficientPoints, InvalidInput, KeyReused
from storage import Transaction, fetch, write
from tests.builders.ledger import Book, a_book, a_wallet, balance_of, earn, spending
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")
WISH = {"points": 3}


async def spend_once(
    book: Book,
    wallet: AccountRef,
    key: str = "K-1",
    caller_id: int = 1,
    act: str = "spend",
    wish: Mapping[str, Any] = WISH,
) -> int:
    intent = Intent(caller_id, key, act, wish)

    async def body(tx: Transaction) -> int:
        spent = spending(tx, book, wallet, wish["points"])
        first: int | None = await claim(tx, intent, spent.id, NOW)
        if first is None:
            await post(tx, [spent], NOW)
        return spent.id if first is None else first

    return await write(body)


async def test_of_thirty_two_at_once_one_runs_and_all_get_its_answer() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=100)
    answers = await asyncio.gather(*(spend_once(book, wallet) for _ in range(32)))
    assert len(set(answers)) == 1
    assert await balance_of(wallet) == 97


async def test_the_key_with_another_input_is_refused() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=100)
    await spend_once(book, wallet)
    with pytest.raises(KeyReused) as refused:
        await spend_once(book, wallet, wish={"points": 4})
    assert refused.value.path == ("idempotencyKey",)
    with pytest.raises(KeyReused):
        await spend_once(book, wallet, act="give")
    assert await balance_of(wallet) == 97


async def test_a_key_belongs_to_its_caller() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=100)
    first, other = await spend_once(book, wallet, caller_id=1), await spend_once(book, wallet, caller_id=2)
    assert first != other
    assert await balance_of(wallet) == 94


async def test_a_refusal_gives_the_key_back() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    with pytest.raises(InsufficientPoints):
        await spend_once(book, wallet)
    await earn(book, wallet, 3)
    await spend_once(book, wallet)
    assert await balance_of(wallet) == 0


async def test_an_answer_that_was_not_known_beforehand_is_kept_too() -> None:
    intent = Intent(1, "K-1", "count", {})

    async def body(tx: Transaction) -> Any:
        first = await claim(tx, intent, "still counting", NOW)
        if first is None:
            await set_answer(tx, intent, {"counted": [1, 2]})
        return first

    assert await write(body) is None
    assert await write(body) == {"counted": [1, 2]}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "idempotency_key_length"),
        ("   ", "idempotency_key_length"),
        ("k" * 201, "idempotency_key_length"),
        ("a\x00b", "idempotency_key_characters"),
        ("a\nb", "idempotency_key_characters"),
        ("a\ud800b", "idempotency_key_characters"),
    ],
)
async def test_a_key_is_one_to_two_hundred_printable_characters(key: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await write(lambda tx: claim(tx, Intent(1, key, "act", {}), 1, NOW))
    assert refused.value.reason == reason


@pytest.mark.parametrize("key", ["k", "k" * 200, "兑换-一-🎫", "a b"])
async def test_any_other_key_is_taken(key: str) -> None:
    assert await write(lambda tx: claim(tx, Intent(1, key, "act", {}), 1, NOW)) is None
    assert len(await fetch("SELECT id FROM idempotency_keys")) == 1


async def test_the_digest_can_be_made_of_any_text() -> None:
    assert Intent(1, "K", "act", {"reason": "\ud800"}).digest() != Intent(1, "K", "act", {"reason": "?"}).digest()

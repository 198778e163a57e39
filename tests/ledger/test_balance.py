"""What an account held at an instant."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.balance import balance_at_sql
from ledger.book_time import BookTime
from storage import Reader, read
from storage.instants import to_micros
from tests.builders.ledger import a_book, a_wallet, earn, earn_for, spend
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def balance_at(reader: Reader, account_id: int, at: datetime, by: BookTime = BookTime.POSTED) -> int:
    """The account's balance in points."""
    balance: int = await reader.fetch_value(
        f"SELECT {balance_at_sql('?', '?', '?')}", account_id, to_micros(at), by.value
    )
    return balance


async def test_the_balance_of_an_instant_has_all_that_was_posted_by_then() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, now=later(minutes=1))
    await spend(book, wallet, 4, now=later(minutes=2))
    instants = [NOW, later(seconds=59.999999), later(minutes=1), later(minutes=1.5), later(minutes=2), later(days=900)]

    async def body(reader: Reader) -> list[int]:
        return [await balance_at(reader, wallet.id, at) for at in instants]

    balances = await read(body)
    assert balances == [0, 0, 10, 10, 6, 6]
    assert await read(lambda reader: balance_at(reader, book.issuance.id, later(hours=1))) == -10


async def test_who_waited_for_the_row_still_counts_at_the_time_of_the_request() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, now=later(minutes=2))
    await earn(book, wallet, 5, now=later(minutes=1))
    assert await read(lambda reader: balance_at(reader, wallet.id, later(minutes=1))) == 5
    assert await read(lambda reader: balance_at(reader, wallet.id, later(minutes=2))) == 15


async def test_the_past_is_asked_for_by_when_things_happened_or_by_when_they_were_posted() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10)
    await earn_for(book, wallet, 5, occurred_at=later(days=-3), now=later(days=2))

    async def balances(by: BookTime) -> list[int]:
        instants = [later(days=-3, seconds=-1), later(days=-3), NOW, later(days=2)]

        async def body(reader: Reader) -> list[int]:
            return [await balance_at(reader, wallet.id, at, by) for at in instants]

        return await read(body)

    assert await balances(BookTime.POSTED) == [0, 0, 10, 15]
    assert await balances(BookTime.OCCURRED) == [0, 5, 15, 15]


async def test_an_account_that_is_not_there_holds_nothing() -> None:
    assert await read(lambda reader: balance_at(reader, 404, NOW)) == 0

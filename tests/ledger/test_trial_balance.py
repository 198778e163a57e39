"""The whole book in one look."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.accounts import AccountKind
from ledger.book_time import BookTime
from ledger.refusals import InvalidInput
from ledger.trial_balance import TrialBalanceLine, trial_balance
from storage import read
from tests.builders.ledger import a_book, a_wallet, earn, earn_for, spend, take_back
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def test_every_kind_of_account_has_its_line_and_the_book_balances() -> None:
    book = await a_book()
    first, _ = await a_wallet(book), await a_wallet(book)
    award = await earn(book, first, 10)
    await spend(book, first, 4)
    await take_back(award)
    found = await read(lambda reader: trial_balance(reader, book.code, NOW))
    assert found.lines == (
        TrialBalanceLine(AccountKind.WALLET, 14, 10, 2),
        TrialBalanceLine(AccountKind.ISSUANCE, 10, 10, 1),
        TrialBalanceLine(AccountKind.REDEMPTION, 0, 4, 1),
        TrialBalanceLine(AccountKind.EXPIRY, 0, 0, 1),
        TrialBalanceLine(AccountKind.ADJUSTMENT, 0, 0, 1),
    )
    assert (found.total_debits, found.total_credits, found.balanced) == (24, 24, True)


async def test_it_is_as_of_an_instant_and_of_one_programme() -> None:
    book, other = await a_book(), await a_book()
    wallet = await a_wallet(book)
    await earn(book, wallet, 10, now=later(minutes=1))
    await earn(other, await a_wallet(other), 99)
    before = await read(lambda reader: trial_balance(reader, book.code, NOW))
    after = await read(lambda reader: trial_balance(reader, book.code, later(minutes=1)))
    assert (before.total_debits, after.total_debits) == (0, 10)
    earlier = await read(lambda reader: trial_balance(reader, book.code, later(days=-1)))
    assert [line.accounts for line in earlier.lines] == [0, 0, 0, 0, 0]


async def test_by_event_time_what_was_entered_afterwards_counts_on_its_own_day() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    await earn_for(book, wallet, 10, occurred_at=later(days=-1), now=later(days=1))

    async def issued(at: datetime, by: BookTime) -> int:
        return (await read(lambda reader: trial_balance(reader, book.code, at, by))).total_debits

    assert [await issued(NOW, by) for by in BookTime] == [0, 10]
    assert [await issued(later(days=1), by) for by in BookTime] == [10, 10]
    assert [await issued(later(days=-1, seconds=-1), by) for by in BookTime] == [0, 0]


async def test_a_programme_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        await read(lambda reader: trial_balance(reader, "nothing", NOW))
    assert (refused.value.reason, refused.value.path) == ("unknown_programme", ("programme",))

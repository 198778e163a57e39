"""Programmes and their accounts."""

from __future__ import annotations

import asyncio

import pytest

from ledger.accounts import FIND_ACCOUNTS, AccountKind, find_accounts, open_wallets
from ledger.refusals import InvalidInput
from storage import fetch, read, write
from tests.builders.ledger import a_book, a_wallet, some_wallets
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")


async def test_a_person_has_one_wallet_in_every_programme_however_often_they_are_opened() -> None:
    first, second = await a_book(), await a_book()
    await asyncio.gather(*(write(lambda tx: open_wallets(tx, 7, NOW)) for _ in range(8)))
    rows = await fetch("SELECT programme FROM accounts WHERE holder_id = 7 ORDER BY programme")
    assert [row[0] for row in rows] == sorted([first.code, second.code])


async def test_a_new_programme_has_a_wallet_for_everyone_who_has_one() -> None:
    await some_wallets(await a_book(), 3)
    later_book = await a_book()
    holders = [row[0] for row in await fetch("SELECT DISTINCT holder_id FROM accounts WHERE kind = 'WALLET'")]
    assert len(holders) == 3
    found = await read(lambda reader: find_accounts(reader, later_book.code, AccountKind.ISSUANCE, holders))
    assert sorted(found.wallets) == sorted(holders)


async def test_accounts_are_found_of_the_programme_asked_for_only() -> None:
    book, other = await a_book(), await a_book()
    wallet = await a_wallet(book)
    holder = (await fetch("SELECT holder_id FROM accounts WHERE id = ?", wallet.id))[0][0]
    found = await read(lambda reader: find_accounts(reader, book.code, AccountKind.REDEMPTION, [holder, 404]))
    assert (found.system, found.wallets) == (book.redemption, {holder: wallet})
    assert other.redemption != book.redemption


async def test_an_unknown_programme_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        await read(lambda reader: find_accounts(reader, "nothing", AccountKind.ISSUANCE, []))
    assert refused.value.reason == "unknown_programme"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # PostgreSQL's planner walks a table that is this small
async def test_finding_accounts_walks_no_table() -> None:
    plan = await fetch(f"EXPLAIN QUERY PLAN {FIND_ACCOUNTS} IN (SELECT value FROM json_each(?))", "a", "b", "a", [1])
    assert not [row[3] for row in plan if "SCAN accounts" in row[3]]

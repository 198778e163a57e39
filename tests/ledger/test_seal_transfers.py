"""Sealing: every transfer in one seal, in order, chained and signed; whoever seals at the same time."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace

import pytest

from domain.points.seal_key import seal_key
from ledger.accounts import AccountRef
from ledger.merkle import merkle_root
from ledger.packed import unpack_hashes
from ledger.seal_transfers import (
    MOST_TRANSFERS,
    find_to_seal,
    make_seal,
    no_rest,
    seal_new_transfers,
    seal_transfers,
    write_seal,
)
from ledger.unsealed import MARGIN
from storage import fetch, read, write
from storage.ids import ids_within
from tests.builders.ledger import Book, a_book, a_wallet, earn, earning, posted, some_wallets
from tests.builders.seals import a_sealed_book, seal_all, sealed_ids
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def post_with_id(book: Book, wallet: AccountRef, transfer_id: int) -> None:
    """As if the transaction that made this id had taken long."""
    await posted(lambda tx: [replace(earning(tx, book, wallet, 1), id=transfer_id)])


async def all_transfers() -> list[int]:
    return [row[0] for row in await fetch("SELECT id FROM transfers ORDER BY id")]


async def test_each_transfer_is_in_one_seal_in_the_order_of_the_ids() -> None:
    await a_sealed_book(wallets=3)
    sealed = await sealed_ids()
    assert [len(ids) for ids in sealed] == [7, 2]
    assert [id_ for ids in sealed for id_ in ids] == await all_transfers()


async def test_nothing_new_makes_no_seal() -> None:
    await a_sealed_book()
    assert await seal_all() == 0
    assert await seal_new_transfers(seal_key(), NOW) == 0


async def test_a_seal_is_signed_and_names_the_one_before() -> None:
    await a_sealed_book()
    rows = await fetch("SELECT number, previous_hash, root, transfer_count, first_transfer_id, last_transfer_id, sealed_at, kid, "
                       "signature, leaves FROM seals ORDER BY number")  # fmt: skip
    names = (
        "number",
        "previous_hash",
        "root",
        "transfer_count",
        "first_transfer_id",
        "last_transfer_id",
        "sealed_at",
        "kid",
    )
    previous = "0" * 64
    for row in rows:
        header = dict(zip(names, row[:8], strict=True))
        text = json.dumps(header | {"version": 1}, sort_keys=True, separators=(",", ":")).encode()
        seal_key().private.public_key().verify(bytes.fromhex(row[8]), text)
        assert header["previous_hash"] == previous
        assert header["root"] == merkle_root(unpack_hashes(row[9])).hex()
        previous = hashlib.sha256(text).hexdigest()


async def test_a_seal_holds_so_many_transfers_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.seal_transfers.MOST_TRANSFERS", 3)
    book = await a_book()
    await some_wallets(book, 7, points=1)
    assert await seal_all() == 3
    assert [len(ids) for ids in await sealed_ids()] == [3, 3, 1]
    assert MOST_TRANSFERS == 4096


async def test_a_transfer_that_turns_up_late_with_a_lower_id_is_sealed_by_the_next() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    (first,) = await posted(lambda tx: [earning(tx, book, wallet, 1)])
    await seal_all()
    late = first - ids_within(MARGIN) // 2
    await post_with_id(book, wallet, late)
    assert await seal_new_transfers(seal_key(), NOW) == 1
    assert await sealed_ids() == [[first], [late]]


async def test_one_from_before_the_margin_is_found_by_a_seal_of_everything() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    first = await earn(book, wallet, 1)
    await seal_all()
    long_ago = first - 2 * ids_within(MARGIN)
    await post_with_id(book, wallet, long_ago)
    assert await seal_new_transfers(seal_key(), NOW) == 0
    assert await seal_transfers(seal_key(), NOW) == 1
    assert await sealed_ids() == [[first], [long_ago]]


async def test_of_two_that_seal_at_once_the_later_begins_again() -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    first = await earn(book, wallet, 1)
    both = [await read(lambda reader: find_to_seal(reader, -1)) for _ in range(2)]
    second = await earn(book, wallet, 1)
    one, other = [await make_seal(to_seal, seal_key(), NOW, no_rest) for to_seal in both if to_seal]
    assert [await write_seal(one), await write_seal(other)] == [True, False]
    assert await seal_all() == 1
    assert await sealed_ids() == [[first], [second]]


async def test_many_that_seal_at_once_leave_nothing_out_and_seal_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.seal_transfers.MOST_TRANSFERS", 4)
    book = await a_book()
    await some_wallets(book, 20, points=1)
    await asyncio.gather(*(seal_all(later(seconds=second)) for second in range(4)))
    sealed = await sealed_ids()
    assert sorted(id_ for ids in sealed for id_ in ids) == await all_transfers()


@pytest.mark.parametrize("change", ["UPDATE seals SET kid = kid", "DELETE FROM seals"])
async def test_a_seal_is_never_changed(change: str) -> None:
    await a_sealed_book()
    with pytest.raises(Exception, match="seals are never changed"):
        await write(lambda tx: tx.execute(change))


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has no TRUNCATE
async def test_seals_are_never_truncated() -> None:
    with pytest.raises(Exception, match="seals are never changed"):
        await write(lambda tx: tx.execute("TRUNCATE seals"))

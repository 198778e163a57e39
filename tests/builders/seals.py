"""Sealed books for tests."""

from __future__ import annotations

from datetime import datetime

from domain.points.seal_key import seal_key
from ledger.packed import unpack_ids
from ledger.posting import TransferKind
from ledger.seal_transfers import seal_transfers
from storage import fetch
from tests.builders.ledger import Book, a_book, earn, some_wallets, spend, take_back
from tests.clock import NOW


async def seal_all(now: datetime = NOW) -> int:
    """Everything is sealed; how many seals that took."""
    return await seal_transfers(seal_key(), now)


async def a_sealed_book(wallets: int = 3) -> Book:
    """A book with earnings, purchases and a refund, in two seals."""
    book = await a_book()
    everybody = await some_wallets(book, wallets, points=50)
    bought = [await spend(book, wallet, 20) for wallet in everybody]
    await take_back(bought[0], TransferKind.REFUND)
    await seal_all()
    for wallet in everybody[:2]:
        await earn(book, wallet, 300)
    await seal_all()
    return book


async def sealed_ids() -> list[list[int]]:
    """The transfers of each seal."""
    rows = await fetch("SELECT transfer_ids FROM seals ORDER BY number")
    return [list(unpack_ids(row[0])) for row in rows]

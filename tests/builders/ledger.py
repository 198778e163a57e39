"""Books, wallets and postings for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from ledger.accounts import AccountKind, AccountRef, create_programme, find_accounts, open_wallets
from ledger.posting import NewTransfer, Source, TransferKind, post
from ledger.reversal import reverse
from storage import Reader, Transaction, fetch, write
from tests.clock import NOW

numbers = count(1)
holders = count(1_000_001)


@dataclass(frozen=True, slots=True)
class Book:
    """A programme with its system accounts."""

    code: str
    issuance: AccountRef
    redemption: AccountRef
    expiry: AccountRef
    adjustment: AccountRef


async def a_book(budget: int | None = None) -> Book:
    """A programme of its own."""
    code = f"book-{next(numbers)}"

    async def body(tx: Transaction) -> Book:
        await create_programme(tx, code, "示例积分", "Asia/Shanghai", budget, NOW)
        return await the_book(tx, code)

    return await write(body)


async def the_book(reader: Reader, code: str) -> Book:
    """The book of a programme that is there."""
    kinds = (AccountKind.ISSUANCE, AccountKind.REDEMPTION, AccountKind.EXPIRY, AccountKind.ADJUSTMENT)
    return Book(code, *[(await find_accounts(reader, code, kind, [])).system for kind in kinds])


async def a_wallet(book: Book, points: int = 0) -> AccountRef:
    """A wallet of the book, with so many points, of somebody who has no other."""
    return (await some_wallets(book, 1, points))[0]


async def some_wallets(book: Book, quantity: int, points: int = 0) -> list[AccountRef]:
    """Wallets of as many people, each with so many points."""
    people = [next(holders) for _ in range(quantity)]

    async def body(tx: Transaction) -> list[AccountRef]:
        for holder_id in people:
            await open_wallets(tx, holder_id, NOW)
        wallets = (await find_accounts(tx, book.code, AccountKind.ISSUANCE, people)).wallets
        if points:
            await post(tx, [earning(tx, book, wallet, points) for wallet in wallets.values()], NOW)
        return [wallets[holder_id] for holder_id in people]

    return await write(body)


def moving(
    tx: Transaction, book: Book, kind: TransferKind, amount: int, debit: AccountRef, credit: AccountRef
) -> NewTransfer:
    """A transfer to be posted."""
    return NewTransfer(
        id=tx.new_id(),
        programme=book.code,
        kind=kind,
        amount=amount,
        debit=debit,
        credit=credit,
        memo="示例",
        occurred_at=NOW,
        source=None if kind is TransferKind.ADJUST else Source("Test", 1),
    )


def earning(tx: Transaction, book: Book, wallet: AccountRef, points: int) -> NewTransfer:
    """Points for a wallet."""
    return moving(tx, book, TransferKind.EARN, points, book.issuance, wallet)


def spending(tx: Transaction, book: Book, wallet: AccountRef, points: int) -> NewTransfer:
    """Points from a wallet."""
    return moving(tx, book, TransferKind.REDEEM, points, wallet, book.redemption)


async def posted(make: Callable[[Transaction], Sequence[NewTransfer]], now: datetime = NOW) -> list[int]:
    """What `make` gives is posted in a transaction of its own; the transfers' ids."""

    async def body(tx: Transaction) -> list[int]:
        transfers = make(tx)
        await post(tx, transfers, now)
        return [transfer.id for transfer in transfers]

    return await write(body)


async def earn(book: Book, wallet: AccountRef, points: int, now: datetime = NOW) -> int:
    """The wallet earned points; the transfer's id."""
    return (await posted(lambda tx: [earning(tx, book, wallet, points)], now))[0]


async def earn_for(book: Book, wallet: AccountRef, points: int, occurred_at: datetime, now: datetime) -> int:
    """The wallet earned points for what happened earlier than it was posted; the transfer's id."""
    return (await posted(lambda tx: [replace(earning(tx, book, wallet, points), occurred_at=occurred_at)], now))[0]


async def spend(book: Book, wallet: AccountRef, points: int, now: datetime = NOW) -> int:
    """The wallet spent points; the transfer's id."""
    return (await posted(lambda tx: [spending(tx, book, wallet, points)], now))[0]


async def take_back(transfer_id: int, kind: TransferKind = TransferKind.REVERSAL, now: datetime = NOW) -> int:
    """The transfer is reversed; the reversal's id."""

    async def body(tx: Transaction) -> int:
        return await reverse(tx, transfer_id, "记错了", now, kind=kind)

    return await write(body)


async def balance_of(wallet: AccountRef) -> int:
    """The points that the wallet shows."""
    balance: int = (await fetch("SELECT credits - debits FROM accounts WHERE id = ?", wallet.id))[0][0]
    return balance

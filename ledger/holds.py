"""Holds: points of a wallet set aside for one purpose until a deadline, and what becomes of them.

A hold takes from `available` and not from `balance`. It is resolved at most once: posted (some or all of it is spent, the
rest is free again), voided, or expired. The order of locks: the hold, then its wallet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.accounts import AccountKind, AccountRef
from ledger.posting import (
    MAX_POINTS,
    SPENDS,
    NewTransfer,
    Source,
    TransferKind,
    WalletChange,
    insert_entries,
    insert_transfers,
    refusal_of,
)
from ledger.refusals import HoldResolved
from storage import Transaction
from storage.instants import to_micros


class HoldStatus(StrEnum):
    """HELD until it is resolved, once."""

    HELD = "HELD"
    POSTED = "POSTED"
    VOIDED = "VOIDED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A hold to be placed: `amount` points of the wallet `debit`, meant for `credit`, until `expires_at`."""

    id: int
    programme: str
    amount: int
    debit: AccountRef
    credit: AccountRef
    memo: str
    expires_at: datetime
    source: Source | None = None
    placed_by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What is spent of a hold: `amount` None is all of it; `source` None is the hold's own."""

    transfer_id: int
    amount: int | None = None
    kind: TransferKind = TransferKind.REDEEM
    source: Source | None = None
    posted_by_id: int | None = None


# Spending is guarded by what is available, so two holds of the same points cannot both be placed.
SET_ASIDE = f"""UPDATE accounts SET held = held + ? WHERE id = ? AND status = 'OPEN' AND credits - debits - held >= ?
    AND held <= {MAX_POINTS} - ?"""
INSERT = """INSERT INTO holds (id, programme, debit_id, credit_id, amount, memo, source_kind, source_id, placed_at, placed_by_id,
    expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


async def place_hold(tx: Transaction, hold: NewHold, now: datetime) -> None:
    """The points are set aside. Raises AccountNotOpen, InsufficientPoints."""
    assert 0 < hold.amount <= MAX_POINTS
    assert hold.debit.is_wallet, "only wallets have holds"
    assert hold.expires_at > now, "a hold has time to be posted"
    if not await tx.execute(SET_ASIDE, hold.amount, hold.debit.id, hold.amount, hold.amount):
        raise await refusal_of(tx, WalletChange(hold.debit.id, debit=hold.amount, needs=hold.amount, openness=SPENDS))
    source = (hold.source.kind, hold.source.id) if hold.source else (None, None)
    await tx.execute(
        INSERT,
        *(hold.id, hold.programme, hold.debit.id, hold.credit.id, hold.amount, hold.memo, *source),
        *(to_micros(now), hold.placed_by_id, to_micros(hold.expires_at)),
    )


@dataclass(frozen=True, slots=True)
class HeldPoints:
    """A hold as it was found."""

    id: int
    programme: str
    amount: int
    debit: AccountRef
    credit: AccountRef
    memo: str
    source: Source | None


RESOLVE = """UPDATE holds SET status = ?, resolved_at = ?, resolved_by_id = ? WHERE id = ? AND status = 'HELD'
    RETURNING amount, debit_id"""
FIND = """SELECT h.id, h.programme, h.amount, h.debit_id, h.credit_id, c.kind, h.memo, h.source_kind, h.source_id,
    h.status, h.expires_at FROM holds h JOIN accounts c ON c.id = h.credit_id WHERE h.id = ?"""
LOCK = {"postgres": " FOR NO KEY UPDATE OF h", "sqlite": ""}
FREE = "UPDATE accounts SET held = held - ? WHERE id = ?"
# Points that a reversal took back meanwhile are not there to be spent: the balance has to cover it, whatever else is held.
SPEND = """UPDATE accounts SET held = held - ?, debits = debits + ?, entry_count = entry_count + 1
    WHERE id = ? AND status = 'OPEN' AND credits - debits >= ? RETURNING credits - debits, entry_count"""
MARK = "UPDATE holds SET status = ?, resolved_at = ?, resolved_by_id = ?, transfer_id = ? WHERE id = ?"


async def post_hold(tx: Transaction, hold_id: int, posting: Posting, now: datetime) -> None:
    """The hold, or a part of it, is spent by the transfer `posting.transfer_id`; what is left of it is free again.

    From its deadline on a hold cannot be posted, whether or not it was marked as expired yet.
    Raises HoldResolved, AccountNotOpen, InsufficientPoints where a reversal took the points back meanwhile.
    """
    held = await lock_hold(tx, hold_id, now)
    amount = held.amount if posting.amount is None else posting.amount
    assert 0 < amount <= held.amount, "no more is posted than is held"
    row = await tx.fetch_one(SPEND, held.amount, amount, held.debit.id, amount)
    if row is None:
        raise await refusal_of(
            tx, WalletChange(held.debit.id, debit=amount, needs=amount, frees=held.amount, openness=SPENDS)
        )
    transfer = NewTransfer(
        id=posting.transfer_id,
        programme=held.programme,
        kind=posting.kind,
        amount=amount,
        debit=held.debit,
        credit=held.credit,
        memo=held.memo,
        occurred_at=now,
        source=posting.source or held.source,
        posted_by_id=posting.posted_by_id,
    )
    balance, entry_count = row
    wallet = WalletChange(held.debit.id, balance=balance + amount, position=entry_count - 1)
    await insert_transfers(tx, [transfer], now)
    await insert_entries(tx, [transfer], {held.debit.id: wallet}, now)
    await tx.execute(MARK, HoldStatus.POSTED, to_micros(now), posting.posted_by_id, transfer.id, hold_id)


async def lock_hold(tx: Transaction, hold_id: int, now: datetime) -> HeldPoints:
    """Raises HoldResolved, also for one whose deadline is over."""
    row = await tx.fetch_one(FIND + LOCK[tx.dialect], hold_id)
    assert row, "a hold that is named is there"
    id_, programme, amount, debit_id, credit_id, credit_kind, memo, source_kind, source_id, status, expires_at = row
    if status != HoldStatus.HELD:
        raise HoldResolved(status=status)
    if expires_at <= to_micros(now):
        raise HoldResolved(status=HoldStatus.EXPIRED)
    return HeldPoints(
        id_,
        programme,
        amount,
        AccountRef(debit_id, AccountKind.WALLET),
        AccountRef(credit_id, AccountKind(credit_kind)),
        memo,
        Source(source_kind, source_id) if source_kind else None,
    )


async def void_hold(tx: Transaction, hold_id: int, now: datetime, resolved_by_id: int | None = None) -> None:
    """The points are free again. Raises HoldResolved."""
    if not await free(tx, hold_id, HoldStatus.VOIDED, now, resolved_by_id):
        status = await tx.fetch_value("SELECT status FROM holds WHERE id = ?", hold_id)
        assert status, "a hold that is named is there"
        raise HoldResolved(status=status)


async def expire_holds(tx: Transaction, hold_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of the holds that nobody resolved and whose deadline is over are free again; the wallets' ids."""
    due = [row[0] for hold_id in sorted(hold_ids) for row in await tx.fetch(DUE, hold_id, to_micros(now))]
    freed = [await free(tx, hold_id, HoldStatus.EXPIRED, now, None) for hold_id in due]
    return [wallet_id for wallet_id in freed if wallet_id is not None]


DUE = "SELECT id FROM holds WHERE id = ? AND status = 'HELD' AND expires_at <= ?"


async def free(
    tx: Transaction, hold_id: int, status: HoldStatus, now: datetime, resolved_by_id: int | None
) -> int | None:
    """The wallet whose points are free again; None where the hold was resolved before."""
    row = await tx.fetch_one(RESOLVE, status, to_micros(now), resolved_by_id, hold_id)
    if row is None:
        return None
    amount, wallet_id = row
    await tx.execute(FREE, amount, wallet_id)
    return int(wallet_id)

"""Posting a correction: between a wallet and the programme's ADJUSTMENT account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.refusals import NotFound
from ledger.accounts import AccountKind, AccountRef, find_accounts
from ledger.posting import NewTransfer, Source, TransferKind, post
from storage import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjustment:
    """So many points for (above zero) or from a resident. `source` is what others had to decide on, if they had to."""

    transfer_id: int
    programme: str
    resident_id: int
    amount: int
    reason: str
    posted_by_id: int
    source: Source | None = None


async def post_adjustment(tx: Transaction, new: NewAdjustment, now: datetime) -> None:
    """It is in the book, and the wallet's holder is told.

    Raises InvalidInput (programme), NotFound (residentId), AccountNotOpen, InvalidInput (the wallet would hold too much),
    InsufficientPoints.
    """
    adjustment, wallet = await find_sides(tx, new.programme, new.resident_id)
    debit, credit = (adjustment, wallet) if new.amount > 0 else (wallet, adjustment)
    transfer = NewTransfer(
        id=new.transfer_id,
        programme=new.programme,
        kind=TransferKind.ADJUST,
        amount=abs(new.amount),
        debit=debit,
        credit=credit,
        memo=new.reason,
        occurred_at=now,
        source=new.source,
        posted_by_id=new.posted_by_id,
    )
    await post(tx, [transfer], now)
    tx.announce(f"wallet:{wallet.id}")


async def find_sides(tx: Transaction, programme: str, resident_id: int) -> tuple[AccountRef, AccountRef]:
    """The programme's ADJUSTMENT account and the resident's wallet. Raises InvalidInput, NotFound."""
    accounts = await find_accounts(tx, programme, AccountKind.ADJUSTMENT, [resident_id])
    if resident_id not in accounts.wallets:
        raise NotFound(path=("residentId",))
    return accounts.system, accounts.wallets[resident_id]

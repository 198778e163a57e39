"""Paying attendances: the same way whether they count at once or after somebody approved them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.volunteering.held_shift import HeldShift
from ledger.accounts import AccountKind, AccountRef, find_accounts
from ledger.posting import NewTransfer, Source, TransferKind, post
from storage import Transaction

SOURCE = "Attendance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """So many points, one at least, for an attendance."""

    attendance_id: int
    transfer_id: int
    account: AccountRef
    points: int
    occurred_at: datetime


async def pay(tx: Transaction, shift: HeldShift, payments: Sequence[Payment], payer_id: int, now: datetime) -> None:
    """The points are in the wallets. Raises BudgetExhausted, AccountNotOpen (it is closed), InvalidInput (it is full)."""
    if not payments:
        return
    issuance = (await find_accounts(tx, shift.rule.programme, AccountKind.ISSUANCE, [])).system
    await post(tx, [transfer_of(shift, payment, issuance, payer_id, now) for payment in payments], now)
    for payment in payments:
        tx.announce(f"wallet:{payment.account.id}")


def transfer_of(shift: HeldShift, payment: Payment, issuance: AccountRef, payer_id: int, now: datetime) -> NewTransfer:
    return NewTransfer(
        id=payment.transfer_id,
        programme=shift.rule.programme,
        kind=TransferKind.EARN,
        amount=payment.points,
        debit=issuance,
        credit=payment.account,
        memo=shift.title,
        occurred_at=min(payment.occurred_at, now),  # who is still there is written down until the shift's end
        source=Source(SOURCE, payment.attendance_id),
        posted_by_id=payer_id,
    )


COUNT = "UPDATE activities SET attendance_count = attendance_count + ? WHERE id = ?"


async def count_attendances(tx: Transaction, activity_id: int, more: int) -> None:
    """So many attendances more (or less, below zero) count. The caller holds the activity."""
    if more:
        await tx.execute(COUNT, more, activity_id)

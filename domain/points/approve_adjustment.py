"""Approving an adjustment: the second pair of eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.points.held_adjustment import HeldAdjustment, hold_to_decide
from domain.points.post_adjustment import NewAdjustment, post_adjustment
from ledger.accounts import A_WALLET
from ledger.idempotency import Intent, claim
from ledger.posting import Source
from ledger.reversal import reverse
from storage import Transaction, write
from storage.instants import to_micros

SOURCE = "Adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAdjustmentWish:
    """Which adjustment is right, once for this key."""

    adjustment_id: int
    idempotency_key: str


APPROVE = (
    """UPDATE adjustments SET decision = 'APPROVED', decided_by_id = ?, decided_at = ?, transfer_id = ? WHERE id = ?"""
)


async def approve_adjustment(caller: Caller, wish: ApproveAdjustmentWish, now: datetime) -> int:
    """The adjustment is posted with the reason of whoever proposed it. Its id.

    By administrators of a whole district, never by who proposed it nor for oneself. Asking again with the same key answers the
    same. Raises Unauthenticated, InvalidInput and KeyReused (the key), Forbidden, NotFound, SecondPersonRequired,
    AlreadyDecided, AlreadyReversed, AccountNotOpen (the wallet is closed), InvalidInput (it would hold too much),
    InsufficientPoints.
    """
    decider_id = caller.signed_in()
    intent = Intent(decider_id, wish.idempotency_key, "approve_adjustment", {"adjustmentId": wish.adjustment_id})

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.adjustment_id, now) is None:
            held = await hold_to_decide(tx, caller, wish.adjustment_id)
            transfer_id = await carry_out(tx, held, decider_id, now)
            await tx.execute(APPROVE, decider_id, to_micros(now), transfer_id, held.id)
        return wish.adjustment_id

    return await write(body)


WALLET = f"SELECT id FROM accounts WHERE programme = ? AND holder_id = ? AND {A_WALLET}"


async def carry_out(tx: Transaction, held: HeldAdjustment, decider_id: int, now: datetime) -> int:
    """The transfer's id. Raises AlreadyReversed."""
    if held.reverses_id is not None:
        tx.announce(f"wallet:{await tx.fetch_value(WALLET, held.programme, held.resident_id)}")
        return await reverse(tx, held.reverses_id, held.reason, now, posted_by_id=decider_id)
    new = NewAdjustment(
        transfer_id=tx.new_id(),
        programme=held.programme,
        resident_id=held.resident_id,
        amount=held.amount,
        reason=held.reason,
        posted_by_id=decider_id,
        source=Source(SOURCE, held.id),
    )
    await post_adjustment(tx, new, now)
    return new.transfer_id

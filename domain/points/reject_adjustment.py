"""Rejecting an adjustment that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.points.held_adjustment import hold_to_decide
from domain.text import REASON_LENGTH, clean_text
from ledger.idempotency import Intent, claim
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectAdjustmentWish:
    """Which adjustment is not right, and why, once for this key."""

    adjustment_id: int
    reason: str
    idempotency_key: str


REJECT = """UPDATE adjustments SET decision = 'REJECTED', decided_by_id = ?, decided_at = ?, reject_reason = ? WHERE id = ?"""


async def reject_adjustment(caller: Caller, wish: RejectAdjustmentWish, now: datetime) -> int:
    """Nothing is posted. The adjustment's id.

    By whoever might have approved it. Asking again with the same key answers the same. Raises Unauthenticated, InvalidInput
    (the reason), InvalidInput and KeyReused (the key), Forbidden, NotFound, SecondPersonRequired, AlreadyDecided.
    """
    decider_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    asked = {"adjustmentId": wish.adjustment_id, "reason": reason}
    intent = Intent(decider_id, wish.idempotency_key, "reject_adjustment", asked)

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.adjustment_id, now) is None:
            held = await hold_to_decide(tx, caller, wish.adjustment_id)
            await tx.execute(REJECT, decider_id, to_micros(now), reason, held.id)
        return wish.adjustment_id

    return await write(body)

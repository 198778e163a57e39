"""Rejecting a claim that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.claims.held_claim import hold_to_decide
from domain.claims.step_down import step_down
from domain.people.caller import Caller
from domain.text import REASON_LENGTH, clean_text
from ledger.idempotency import Intent, claim
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectClaimWish:
    """Which claim is not right, and why: its resident, and who attested it, will read it."""

    claim_id: int
    reason: str
    idempotency_key: str


REJECT = "UPDATE claims SET status = 'REJECTED', decided_by_id = ?, decided_at = ?, reject_reason = ? WHERE id = ?"


async def reject_claim(caller: Caller, wish: RejectClaimWish, now: datetime) -> int:
    """The claim pays nothing, and its figure may be claimed again. The claim's id.

    By whoever might have approved it. Asking again with the same key answers the same. Raises Unauthenticated, InvalidInput
    (the reason), InvalidInput and KeyReused (the key), NotFound, Forbidden, SecondPersonRequired, AlreadyDecided.
    """
    decider_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    asked = {"claimId": wish.claim_id, "reason": reason}
    intent = Intent(decider_id, wish.idempotency_key, "reject_claim", asked)

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.claim_id, now) is None:
            held = await hold_to_decide(tx, decider_id, wish.claim_id)
            await tx.execute(REJECT, decider_id, to_micros(now), reason, held.id)
            await step_down(tx, held)
        return wish.claim_id

    return await write(body)

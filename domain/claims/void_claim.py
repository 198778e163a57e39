"""Taking back a claim that was paid by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.claims.held_claim import CLAIM, HeldClaim, hold_claim
from domain.claims.states import STANDS, ClaimState
from domain.claims.step_down import step_down
from domain.people.caller import Caller
from domain.refusals import AlreadyReversed, Conflict, Forbidden
from domain.text import REASON_LENGTH, clean_text
from ledger.idempotency import Intent, claim, set_answer
from ledger.reversal import reverse
from storage import Transaction, write
from storage.instants import to_micros

NOT_YET_KNOWN: list[int] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidClaimWish:
    """Which claim was a mistake, and why: the resident and auditors will read it."""

    claim_id: int
    reason: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class VoidedClaim:
    """The claim, and the transfer that took its points back."""

    claim_id: int
    transfer_id: int


async def void_claim(caller: Caller, wish: VoidClaimWish, now: datetime) -> VoidedClaim:
    """The claim counts no longer, its points are taken back, even where they are spent, and its figure may be claimed again.

    By administrators over the host. Later claims that were paid are voided first, for they were counted from this one. Asking
    again with the same key answers the same. Raises Unauthenticated, InvalidInput (the reason), InvalidInput and KeyReused (the
    key), NotFound, Forbidden, AlreadyReversed, Conflict (it was not paid; a later one was).
    """
    voider_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    intent = Intent(voider_id, wish.idempotency_key, "void_claim", {"claimId": wish.claim_id, "reason": reason})

    async def body(tx: Transaction) -> VoidedClaim:
        first_answer = await claim(tx, intent, NOT_YET_KNOWN, now)
        if first_answer is not None:
            return VoidedClaim(*first_answer)
        held = await hold_claim(tx, voider_id, wish.claim_id)
        transfer_id = await transfer_to_reverse(tx, held)
        reversal_id = await take_back(tx, held, transfer_id, reason, voider_id, now)
        await step_down(tx, held)
        await set_answer(tx, intent, [held.id, reversal_id])
        return VoidedClaim(held.id, reversal_id)

    return await write(body)


# Paid claims that count from this one, whose figure nobody else's claim of theirs reached (docs/decisions/0024).
COUNTS_FROM_IT = f"""EXISTS (SELECT 1 FROM claims n WHERE n.programme = c.programme AND n.resident_id = c.resident_id
    AND n.status = 'APPROVED' AND n.previous_figure = ?) AND NOT EXISTS (SELECT 1 FROM claims o
    WHERE o.programme = c.programme AND o.resident_id = c.resident_id AND o.{STANDS} AND o.figure = ? AND o.id <> ?)"""
LATER = f"""SELECT c.figure, c.seen_on FROM claims c WHERE c.programme = ? AND c.resident_id = ? AND c.status = 'APPROVED'
    AND c.figure > ? AND {COUNTS_FROM_IT} ORDER BY c.figure DESC LIMIT 1"""


async def transfer_to_reverse(tx: Transaction, held: HeldClaim) -> int:
    """The transfer that paid the claim. Raises Forbidden, AlreadyReversed, Conflict."""
    if not held.may_void:
        raise Forbidden
    if held.status is ClaimState.VOIDED:
        raise AlreadyReversed(path=CLAIM)
    if held.transfer_id is None:
        raise Conflict(reason="claim_not_paid", path=CLAIM)
    figure = held.figure
    later = await tx.fetch_one(LATER, held.programme, held.resident_id, figure, figure, figure, held.id)
    if later is not None:
        values: dict[str, object] = {"figure": later[0], "day": later[1]}
        raise Conflict(reason="claim_later_paid", values=values, path=CLAIM)
    return held.transfer_id


VOID = "UPDATE claims SET status = 'VOIDED', voided_by_id = ?, voided_at = ?, void_reason = ? WHERE id = ?"
WALLET = "SELECT t.debit_id FROM transfers t WHERE t.id = ?"


async def take_back(
    tx: Transaction, held: HeldClaim, transfer_id: int, reason: str, voider_id: int, now: datetime
) -> int:
    """The reversal's id. Raises AlreadyReversed."""
    reversal_id = await reverse(tx, transfer_id, reason, now, posted_by_id=voider_id)
    await tx.execute(VOID, voider_id, to_micros(now), reason, held.id)
    tx.announce(f"wallet:{await tx.fetch_value(WALLET, reversal_id)}")
    return reversal_id

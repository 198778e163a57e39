"""Taking a correction back: once, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.points.adjust_points import Adjusted
from domain.points.locks import LOCK
from domain.points.propose_adjustment import Correction, needs_second_person, propose
from domain.refusals import AlreadyReversed, Conflict, NotFound
from domain.text import clean_text
from ledger.accounts import AccountKind, AccountRef
from ledger.idempotency import Intent, claim, set_answer
from ledger.posting import TransferKind
from ledger.reversal import reverse
from storage import Transaction, write

TRANSFER = ("transferId",)
NOT_YET_KNOWN: list[None] = [None, None]
# What has a cause is taken back with it: the reasons name the mutation.
TAKEN_BACK_WITH = {
    "Attendance": "reverse_by_void_attendance",
    "TicketOrder": "reverse_by_refund_order",
    "Claim": "reverse_by_void_claim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseTransferWish:
    """Which correction was a mistake, and why, once for this key."""

    transfer_id: int
    reason: str
    idempotency_key: str


async def reverse_transfer(caller: Caller, wish: ReverseTransferWish, now: datetime) -> Adjusted:
    """A correction is undone by a transfer the other way round, even where its points are spent; the new transfer.

    By administrators of a whole district; where adjust_points would need a second administrator for as many points, so does
    this. Asking again with the same key answers the same. Raises Unauthenticated, InvalidInput (reason, then idempotencyKey),
    KeyReused, Forbidden, NotFound, AlreadyReversed, Conflict (it is no correction; it waits for a second administrator).
    """
    viewer_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason")
    asked = {"transferId": wish.transfer_id, "reason": reason}
    intent = Intent(viewer_id, wish.idempotency_key, "reverse_transfer", asked)

    async def body(tx: Transaction) -> Adjusted:
        first_answer = await claim(tx, intent, NOT_YET_KNOWN, now)
        if first_answer is not None:
            return Adjusted(*first_answer)
        await require_book_administrator(tx, caller)
        correction = await hold_correction(tx, wish.transfer_id, reason)
        if await needs_second_person(tx, viewer_id, correction, now):
            adjusted = Adjusted(adjustment_id=await propose(tx, viewer_id, correction, now))
        else:
            adjusted = Adjusted(await reverse(tx, wish.transfer_id, reason, now, posted_by_id=viewer_id))
            tx.announce(f"wallet:{correction.wallet.id}")
        await set_answer(tx, intent, [adjusted.transfer_id, adjusted.adjustment_id])
        return adjusted

    return await write(body)


HOLD = """SELECT t.kind, t.source_kind, t.programme, t.amount, d.kind, COALESCE(d.merged_into_id, d.id),
    d.holder_id, c.kind, COALESCE(c.merged_into_id, c.id), c.holder_id
    FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id WHERE t.id = ?"""
REVERSED = "SELECT id FROM transfers WHERE reverses_id = ?"
WAITS = "SELECT id FROM adjustments WHERE reverses_id = ? AND decision = 'PENDING'"


async def hold_correction(tx: Transaction, transfer_id: int, reason: str) -> Correction:
    """What takes the transfer back, whose row stays locked. Raises NotFound, AlreadyReversed, Conflict."""
    row = await tx.fetch_one(HOLD + (LOCK[tx.dialect] and f"{LOCK[tx.dialect]} OF t"), transfer_id)
    if row is None:
        raise NotFound(path=TRANSFER)
    kind, source_kind, programme, amount, *sides = row
    if await tx.fetch_value(REVERSED, transfer_id) is not None:
        raise AlreadyReversed(path=TRANSFER)
    check_reversible(kind, source_kind, (sides[0], sides[3]))
    if await tx.fetch_value(WAITS, transfer_id) is not None:
        raise Conflict(reason="reversal_waits", path=TRANSFER)
    was_given = sides[3] == AccountKind.WALLET
    wallet_id, holder_id = sides[4:] if was_given else sides[1:3]
    return Correction(
        programme=programme,
        resident_id=holder_id,
        wallet=AccountRef(wallet_id, AccountKind.WALLET),
        amount=-amount if was_given else amount,
        reason=reason,
        reverses_id=transfer_id,
    )


def check_reversible(kind: str, source_kind: str | None, sides: tuple[str, str]) -> None:
    """Raises Conflict, whose words say what to do instead."""
    if kind in (TransferKind.REVERSAL, TransferKind.REFUND):
        raise Conflict(reason="reversal_not_reversed", path=TRANSFER)
    if source_kind in TAKEN_BACK_WITH:
        raise Conflict(reason=TAKEN_BACK_WITH[source_kind], path=TRANSFER)
    if kind != TransferKind.ADJUST or AccountKind.ADJUSTMENT not in sides:
        raise Conflict(reason="transfer_no_correction", path=TRANSFER)

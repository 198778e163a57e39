"""Correcting a resident's points by hand: with a reason, kept for good; above a limit by two administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.points.post_adjustment import NewAdjustment, find_sides, post_adjustment
from domain.points.propose_adjustment import Correction, needs_second_person, propose
from domain.refusals import InvalidInput
from domain.text import clean_text
from ledger.idempotency import Intent, claim, set_answer
from storage import Transaction, write

LARGEST_ADJUSTMENT = 1_000_000_000  # points; more is a slip of the finger


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustPointsWish:
    """So many points for (above zero) or from (below zero) a resident, once for this key."""

    resident_id: int
    programme: str = "xuexi"
    amount: int
    reason: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What came of a correction: the transfer that did it, or the adjustment that waits for a second administrator."""

    transfer_id: int | None = None
    adjustment_id: int | None = None


async def adjust_points(caller: Caller, wish: AdjustPointsWish, now: datetime) -> Adjusted:
    """The resident's wallet is changed against the programme's ADJUSTMENT account, with the reason as memo.

    By administrators of a whole district. Above the limit (domain/points/adjustment_limit.py), and for oneself, nothing is
    posted yet: a second administrator decides. Asking again with the same key answers the same. Raises Unauthenticated,
    InvalidInput (amount, then reason, then idempotencyKey), KeyReused, Forbidden, InvalidInput (programme), NotFound
    (residentId), AccountNotOpen, InvalidInput (the wallet would hold too much), InsufficientPoints when more is taken than the
    wallet holds.
    """
    viewer_id = caller.signed_in()
    check_amount(wish.amount)
    reason = clean_text(wish.reason, "reason")
    given = {"residentId": wish.resident_id, "programme": wish.programme, "amount": wish.amount, "reason": wish.reason}
    intent = Intent(viewer_id, wish.idempotency_key, "adjust_points", given)

    async def body(tx: Transaction) -> Adjusted:
        transfer_id = tx.new_id()
        first_answer = await claim(tx, intent, [transfer_id, None], now)
        if first_answer is not None:
            return Adjusted(*first_answer)
        await require_book_administrator(tx, caller)
        _, wallet = await find_sides(tx, wish.programme, wish.resident_id)
        correction = Correction(
            programme=wish.programme,
            resident_id=wish.resident_id,
            wallet=wallet,
            amount=wish.amount,
            reason=reason,
        )
        if await needs_second_person(tx, viewer_id, correction, now):
            adjustment_id = await propose(tx, viewer_id, correction, now)
            await set_answer(tx, intent, [None, adjustment_id])
            return Adjusted(adjustment_id=adjustment_id)
        await post_adjustment(tx, at_once(correction, transfer_id, viewer_id), now)
        return Adjusted(transfer_id=transfer_id)

    return await write(body)


def at_once(correction: Correction, transfer_id: int, posted_by_id: int) -> NewAdjustment:
    """The correction as one administrator posts it alone."""
    return NewAdjustment(
        transfer_id=transfer_id,
        programme=correction.programme,
        resident_id=correction.resident_id,
        amount=correction.amount,
        reason=correction.reason,
        posted_by_id=posted_by_id,
    )


def check_amount(amount: int) -> None:
    """Raises InvalidInput."""
    if amount == 0:
        raise InvalidInput(reason="adjustment_zero", path=("amount",))
    if abs(amount) > LARGEST_ADJUSTMENT:
        raise InvalidInput(reason="adjustment_too_large", values={"limit": LARGEST_ADJUSTMENT}, path=("amount",))

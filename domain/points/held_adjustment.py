"""An adjustment that a second administrator decides on."""

from __future__ import annotations

from dataclasses import dataclass

from domain.people.caller import Caller
from domain.people.merged import kept_sql
from domain.people.rights import require_book_administrator
from domain.points.decision import Decision
from domain.points.locks import LOCK
from domain.refusals import AlreadyDecided, NotFound, SecondPersonRequired
from storage import Transaction

ADJUSTMENT = ("adjustmentId",)


@dataclass(frozen=True, slots=True)
class HeldAdjustment:
    """An adjustment that waits, and whose row is locked."""

    id: int
    programme: str
    resident_id: int
    amount: int
    reason: str
    reverses_id: int | None


HOLD = f"""SELECT id, programme, resident_id, amount, reason, reverses_id, {kept_sql("proposed_by_id")}, decision
    FROM adjustments WHERE id = ?"""


async def hold_to_decide(tx: Transaction, caller: Caller, adjustment_id: int) -> HeldAdjustment:
    """Raises Unauthenticated, Forbidden, NotFound, SecondPersonRequired, AlreadyDecided."""
    decider_id = caller.signed_in()
    await require_book_administrator(tx, caller)
    row = await tx.fetch_one(HOLD + LOCK[tx.dialect], adjustment_id)
    if row is None:
        raise NotFound(path=ADJUSTMENT)
    *asked, proposed_by_id, decision = row
    held = HeldAdjustment(*asked)
    if decider_id in (proposed_by_id, held.resident_id):
        raise SecondPersonRequired(path=ADJUSTMENT)
    if decision != Decision.PENDING:
        raise AlreadyDecided(path=ADJUSTMENT)
    return held

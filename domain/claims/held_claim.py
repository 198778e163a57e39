"""A claim in the hands of somebody who decides on it: nobody else changes what its resident claims until the act is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.claims.locks import lock_figures
from domain.claims.states import ClaimState
from domain.claims.visibility import decides_claim, sees_claim, voids_claim
from domain.people.merged import kept_sql
from domain.refusals import AlreadyDecided, Forbidden, NotFound, SecondPersonRequired
from domain.viewer_sql import for_viewer
from storage import Transaction

CLAIM = ("claimId",)


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """What deciding and voiding look at. `attested_by_id`: who did, as whom they go on."""

    id: int
    programme: str
    resident_id: int
    figure: int
    previous_figure: int
    seen_on: date
    status: ClaimState
    attested_by_id: int
    transfer_id: int | None
    may_decide: bool
    may_void: bool

    @property
    def increase(self) -> int:
        """The points that it pays."""
        return self.figure - self.previous_figure


WHOSE = (
    f"""SELECT c.programme, c.resident_id, CASE WHEN {sees_claim("c")} THEN 1 ELSE 0 END FROM claims c WHERE c.id = ?"""
)
SELECT = f"""SELECT c.id, c.programme, c.resident_id, c.figure, c.previous_figure, c.seen_on, c.status,
    {kept_sql("c.attested_by_id")}, c.transfer_id, CASE WHEN {decides_claim("c")} THEN 1 ELSE 0 END,
    CASE WHEN {voids_claim("c")} THEN 1 ELSE 0 END FROM claims c WHERE c.id = ?"""


async def hold_claim(tx: Transaction, viewer_id: int, claim_id: int) -> HeldClaim:
    """The claim as it is once its resident's figure is ours. Raises NotFound."""
    sql, viewers = for_viewer(WHOSE, viewer_id)
    whose = await tx.fetch_one(sql, *viewers, claim_id)
    if whose is None or not whose[2]:
        raise NotFound(path=CLAIM)
    await lock_figures(tx, whose[0], [whose[1]])
    sql, viewers = for_viewer(SELECT, viewer_id)  # read anew: what was read before the lock may be old
    row = await tx.fetch_one(sql, *viewers, claim_id)
    assert row, "a claim is never deleted"
    id_, programme, resident_id, figure, previous, seen_on, status, attested_by_id, transfer_id, decides, voids = row
    return HeldClaim(
        *(id_, programme, resident_id, figure, previous, date.fromisoformat(seen_on), ClaimState(status)),
        *(attested_by_id, transfer_id, bool(decides), bool(voids)),
    )


async def hold_to_decide(tx: Transaction, decider_id: int, claim_id: int) -> HeldClaim:
    """A claim that waits. Raises NotFound, Forbidden, SecondPersonRequired, AlreadyDecided."""
    held = await hold_claim(tx, decider_id, claim_id)
    if not held.may_decide:
        raise Forbidden
    if decider_id in (held.attested_by_id, held.resident_id):
        raise SecondPersonRequired(path=CLAIM)
    if held.status is not ClaimState.PENDING:
        raise AlreadyDecided(path=CLAIM)
    return held

"""What happens to a resident's figure when a claim no longer stands (docs/decisions/0017)."""

from __future__ import annotations

from domain.claims.held_claim import HeldClaim
from domain.claims.states import STANDS
from storage import Transaction

# The next claim waits, so nothing was paid for it yet: it takes over what this one had counted.
TAKE_OVER = """UPDATE claims SET previous_figure = ?, increase = figure - ?
    WHERE programme = ? AND resident_id = ? AND previous_figure = ? AND status = 'PENDING'"""
LOWER = f"""UPDATE attested_figures SET figure = ?, seen_on = (SELECT c.seen_on FROM claims c WHERE c.programme = ?
    AND c.resident_id = ? AND c.figure = ? AND c.{STANDS}) WHERE programme = ? AND resident_id = ? AND figure = ?"""


async def step_down(tx: Transaction, held: HeldClaim) -> None:
    """The claim, which stands no longer, counts for nothing: the next one counts from where it began, or the figure goes back."""
    whose = (held.programme, held.resident_id)
    if await tx.execute(TAKE_OVER, held.previous_figure, held.previous_figure, *whose, held.figure):
        return
    before = held.previous_figure
    lowered = await tx.execute(LOWER, before, *whose, before, *whose, held.figure)
    assert lowered == 1, "a figure is that of the last claim that stands"

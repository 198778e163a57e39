"""What happens to a resident's figure when a claim no longer stands (docs/decisions/0017)."""

from __future__ import annotations

from domain.claims.held_claim import HeldClaim
from domain.claims.states import STANDS
from storage import Transaction

# What still stands below it: mostly the claim that it counted from.
BELOW = f"""SELECT c.figure, c.seen_on FROM claims c WHERE c.programme = ? AND c.resident_id = ? AND c.figure <= ? AND c.{STANDS}
    ORDER BY c.figure DESC LIMIT 1"""
# The next claim waits, so nothing was paid for it yet: it takes over what this one had counted.
TAKE_OVER = """UPDATE claims SET previous_figure = ?, increase = figure - ?
    WHERE programme = ? AND resident_id = ? AND previous_figure = ? AND status = 'PENDING'"""
LOWER = "UPDATE attested_figures SET figure = ?, seen_on = ? WHERE programme = ? AND resident_id = ? AND figure = ?"


async def step_down(tx: Transaction, held: HeldClaim) -> None:
    """The claim, which stands no longer, counts for nothing: the next one counts from where it began, or the figure goes back.

    Where two people were merged, another claim may reach as far, or farther: then nothing changes.
    """
    whose = (held.programme, held.resident_id)
    figure, seen_on = await tx.fetch_one(BELOW, *whose, held.figure) or (0, None)
    if await tx.execute(TAKE_OVER, figure, figure, *whose, held.figure):
        return
    await tx.execute(LOWER, figure, seen_on, *whose, held.figure)

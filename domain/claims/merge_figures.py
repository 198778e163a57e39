"""Two residents who turn out to be one person: no figure that was paid to one of them is paid to the other."""

from __future__ import annotations

from domain.claims.locks import LOCK
from storage import Transaction

HOLD = "SELECT id FROM attested_figures WHERE resident_id IN (?, ?) ORDER BY programme, resident_id"
# The figure of the two that is farther; the day on which it was seen goes with it.
RAISE = """UPDATE attested_figures SET figure = m.figure, seen_on = m.seen_on
    FROM (SELECT programme, figure, seen_on FROM attested_figures WHERE resident_id = ?) AS m
    WHERE attested_figures.resident_id = ? AND attested_figures.programme = m.programme AND m.figure > attested_figures.figure"""
DROP = """DELETE FROM attested_figures WHERE resident_id = ? AND programme IN (
    SELECT k.programme FROM attested_figures k WHERE k.resident_id = ?)"""


async def hold_figures(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """Nobody else changes what the two claim until the end of this transaction."""
    await tx.fetch(HOLD + LOCK[tx.dialect], kept_id, merged_id)


async def merge_figures(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """In every programme the next claim counts from the farther of the two figures. They are held, and nothing waits."""
    await tx.execute(RAISE, merged_id, kept_id)
    await tx.execute(DROP, merged_id, kept_id)
    await tx.execute("UPDATE attested_figures SET resident_id = ? WHERE resident_id = ?", kept_id, merged_id)

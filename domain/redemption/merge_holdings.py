"""Two residents who turn out to be one person: their tickets count against one limit."""

from __future__ import annotations

from domain.redemption.locks import row_lock
from storage import Transaction

HOLD = "SELECT h.id FROM offer_holdings h WHERE h.resident_id IN (?, ?) ORDER BY h.id "
ADD = """UPDATE offer_holdings SET tickets = offer_holdings.tickets + m.tickets
    FROM (SELECT offer_id, tickets FROM offer_holdings WHERE resident_id = ?) AS m
    WHERE offer_holdings.resident_id = ? AND offer_holdings.offer_id = m.offer_id"""
DROP = """DELETE FROM offer_holdings WHERE resident_id = ? AND offer_id IN (
    SELECT k.offer_id FROM offer_holdings k WHERE k.resident_id = ?)"""


async def hold_holdings(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """Nobody else takes tickets for the two, or gives them back, until the end of this transaction."""
    await tx.fetch(HOLD + row_lock(tx.dialect, "h"), kept_id, merged_id)


async def merge_holdings(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """What both hold of an offer counts together, also where that is more than one resident may have."""
    await tx.execute(ADD, merged_id, kept_id)
    await tx.execute(DROP, merged_id, kept_id)
    await tx.execute("UPDATE offer_holdings SET resident_id = ? WHERE resident_id = ?", kept_id, merged_id)

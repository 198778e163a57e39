"""What there is of an offer: a resident's limit and a session's tickets, taken and given back."""

from __future__ import annotations

from domain.redemption.eligibility import QUANTITY
from domain.refusals import LimitPerResident, SoldOut
from storage import Transaction

TAKE_HOLDING = """INSERT INTO offer_holdings (id, offer_id, resident_id, tickets) VALUES (?, ?, ?, ?)
    ON CONFLICT (offer_id, resident_id) DO UPDATE SET tickets = offer_holdings.tickets + excluded.tickets
    WHERE offer_holdings.tickets + excluded.tickets <= ?"""


async def take_holding(tx: Transaction, offer_id: int, resident_id: int, quantity: int, limit: int) -> None:
    """So many tickets more count against the resident's limit. Raises LimitPerResident."""
    assert quantity <= limit, "the first row is guarded by the facts: an offer's limit never changes"
    if await tx.execute(TAKE_HOLDING, tx.new_id(), offer_id, resident_id, quantity, limit):
        return
    used = await tx.fetch_value(
        "SELECT tickets FROM offer_holdings WHERE offer_id = ? AND resident_id = ?", offer_id, resident_id
    )
    raise LimitPerResident(limit=limit, used=used, path=QUANTITY)


async def take_stock(tx: Transaction, session_id: int, quantity: int) -> None:
    """So many tickets fewer are left. Raises SoldOut."""
    sql = "UPDATE offer_sessions SET remaining = remaining - ? WHERE id = ? AND remaining >= ?"
    if not await tx.execute(sql, quantity, session_id, quantity):
        raise SoldOut(path=QUANTITY)


async def give_back_holding(tx: Transaction, offer_id: int, resident_id: int, quantity: int) -> None:
    """So many tickets fewer count against the resident's limit."""
    sql = "UPDATE offer_holdings SET tickets = tickets - ? WHERE offer_id = ? AND resident_id = ?"
    await tx.execute(sql, quantity, offer_id, resident_id)


async def give_back_stock(tx: Transaction, session_id: int, quantity: int) -> None:
    """So many tickets more are left."""
    await tx.execute("UPDATE offer_sessions SET remaining = remaining + ? WHERE id = ?", quantity, session_id)

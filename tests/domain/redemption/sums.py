"""Figures that tests compare: what is left, what is held, and whether all the sums agree with each other."""

from __future__ import annotations

from domain.people.caller import Caller
from storage import fetch
from tests.builders.redemption import Offer


async def balance_of(caller: Caller) -> int:
    """The points in the caller's wallet."""
    rows = await fetch("SELECT credits - debits FROM accounts WHERE holder_id = ?", caller.resident_id)
    return int(rows[0][0])


async def held_of(caller: Caller) -> int:
    """The points that are set aside in the caller's wallet."""
    return int((await fetch("SELECT held FROM accounts WHERE holder_id = ?", caller.resident_id))[0][0])


async def remaining_of(offer: Offer) -> int:
    """The tickets that are left."""
    return int((await fetch("SELECT remaining FROM offer_sessions WHERE id = ?", offer.session_id))[0][0])


async def holding_of(offer: Offer, caller: Caller) -> int:
    """The tickets that count against the caller's limit."""
    sql = "SELECT COALESCE(SUM(tickets), 0) FROM offer_holdings WHERE offer_id = ? AND resident_id = ?"
    return int((await fetch(sql, offer.id, caller.resident_id))[0][0])


# Each finds the rows where a kept figure and what it is made of differ.
RULES = {
    "stock": """SELECT s.id FROM offer_sessions s WHERE s.remaining <> s.stock - (SELECT COALESCE(SUM(o.quantity), 0)
        FROM ticket_orders o WHERE o.session_id = s.id AND o.status = 'PAID') - (SELECT COALESCE(SUM(r.quantity), 0)
        FROM reservations r WHERE r.session_id = s.id AND r.status = 'HELD')""",
    "holdings": """SELECT h.id FROM offer_holdings h WHERE h.tickets <> (SELECT COALESCE(SUM(o.quantity), 0)
        FROM ticket_orders o WHERE o.offer_id = h.offer_id AND o.resident_id = h.resident_id AND o.status = 'PAID')
        + (SELECT COALESCE(SUM(r.quantity), 0) FROM reservations r
        WHERE r.offer_id = h.offer_id AND r.resident_id = h.resident_id AND r.status = 'HELD')""",
    "held": """SELECT a.id FROM accounts a WHERE a.kind = 'WALLET' AND a.held <> (SELECT COALESCE(SUM(r.points), 0)
        FROM reservations r JOIN holds h ON h.id = r.hold_id WHERE h.debit_id = a.id AND r.status = 'HELD')""",
    "limits": """SELECT h.id FROM offer_holdings h JOIN ticket_offers f ON f.id = h.offer_id
        WHERE h.tickets > f.limit_per_resident""",
    "tickets": """SELECT o.id FROM ticket_orders o
        WHERE o.quantity <> (SELECT COUNT(*) FROM tickets k WHERE k.order_id = o.id)""",
    "refunds": """SELECT k.id FROM tickets k JOIN ticket_orders o ON o.id = k.order_id
        WHERE (k.status = 'REFUNDED') <> (o.status = 'REFUNDED')""",
    "wallets": """SELECT a.id FROM accounts a WHERE a.kind = 'WALLET' AND a.credits - a.debits <>
        (SELECT COALESCE(SUM(e.amount), 0) FROM entries e WHERE e.account_id = a.id)""",
    "below zero": "SELECT id FROM accounts WHERE kind = 'WALLET' AND credits < debits",
    "prices": """SELECT o.id FROM ticket_orders o JOIN transfers t ON t.id = o.transfer_id
        WHERE t.amount <> o.points_spent""",
    "entries": """SELECT n.id FROM ticket_entries n WHERE n.used <> (SELECT COUNT(*) FROM admissions d
        WHERE d.ticket_id = n.ticket_id AND COALESCE(d.attraction_id, 0) = n.place_id AND d.undone_at IS NULL)""",
    "admitted": """SELECT k.id FROM tickets k WHERE k.status <> 'REFUNDED' AND (k.status = 'ADMITTED') <>
        EXISTS (SELECT 1 FROM admissions d WHERE d.ticket_id = k.id AND d.undone_at IS NULL)""",
}


async def broken_sums() -> list[str]:
    """The rules of this room that the database breaks: none, ever."""
    return [rule for rule, sql in RULES.items() if await fetch(sql)]

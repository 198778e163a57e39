"""What was redeemed in the demo, and who was let in. Told again, it changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.demo.offers import FAIR, STRAWBERRIES, DemoOffer
from api.demo.people import GATE_STAFF
from api.demo.town import Demo
from domain.people.caller import Caller
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.redemption.scan import Scan
from domain.redemption.ticket_token import ticket_token
from storage import Row, fetch
from storage.instants import from_micros

VISITORS_OF_YESTERDAY, VISITORS_TO_COME, STRAWBERRY_FRIENDS = 8, 20, 5


async def visit_fair(demo: Demo) -> None:
    """Some were at the fair yesterday, others have tickets for the days to come."""
    yesterday, *later = await sessions_of(FAIR)
    # In the evening the day's own session is over.
    to_come = [session for session in later if from_micros(session[2]) > demo.now]
    opening = from_micros(yesterday[1])
    for number in range(VISITORS_OF_YESTERDAY):
        order_id = await redeem(demo, number, yesterday[0], FAIR.limit, opening - timedelta(days=1))
        await enter(demo, order_id, yesterday, opening + timedelta(minutes=number))
    for number in range(VISITORS_OF_YESTERDAY, VISITORS_OF_YESTERDAY + VISITORS_TO_COME):
        await redeem(demo, number, to_come[number % len(to_come)][0], 1 + number % FAIR.limit, demo.now)


async def pick_strawberries(demo: Demo) -> None:
    """Some of those who had points in the beginning spend them."""
    sessions = await sessions_of(STRAWBERRIES)
    sql = """SELECT holder_id FROM accounts WHERE kind = 'WALLET' AND programme = 'xuexi' AND credits >= ?
        ORDER BY holder_id"""
    holders = await fetch(sql, STRAWBERRIES.cost)
    for number, (holder_id,) in enumerate(holders[:STRAWBERRY_FRIENDS]):
        wish = RedeemTicketsWish(
            session_id=sessions[-1 - number % 3][0], quantity=1, idempotency_key=f"demo-strawberries-{number}"
        )
        await redeem_tickets(Caller(holder_id), wish, demo.now)


async def sessions_of(offer: DemoOffer) -> list[Row]:
    """The sessions of an offer in order: id, start, end."""
    sql = """SELECT s.id, s.starts_at, s.ends_at FROM offer_sessions s JOIN ticket_offers o ON o.id = s.offer_id
        WHERE o.title = ? ORDER BY s.position"""
    return list(await fetch(sql, offer.title))


async def redeem(demo: Demo, number: int, session_id: int, quantity: int, at: datetime) -> int:
    wish = RedeemTicketsWish(session_id=session_id, quantity=quantity, idempotency_key=f"demo-fair-{number}")
    return await redeem_tickets(demo.resident(number), wish, at)


async def enter(demo: Demo, order_id: int, session: Row, at: datetime) -> None:
    """Every ticket of an order is let in at the gate."""
    gate = demo.caller(GATE_STAFF.phones[0])
    for (serial,) in await fetch("SELECT serial FROM tickets WHERE order_id = ? ORDER BY id", order_id):
        token = ticket_token(serial, session[0], from_micros(session[1]), from_micros(session[2]))
        await admit_ticket(gate, Scan(token=token, gate="示例正门", scan_id=f"demo-{serial}"), at)

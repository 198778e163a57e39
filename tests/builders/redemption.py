"""Offers, orders, tickets and scans for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from domain.people.caller import Caller
from domain.redemption.cancel_reservation import CancelReservationWish, cancel_reservation
from domain.redemption.create_ticket_offer import (
    AttractionWish,
    CreateTicketOfferWish,
    SessionWish,
    create_ticket_offer,
)
from domain.redemption.pay_reservation import PayOwnReservationWish, pay_own_reservation
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.redemption.reserve_tickets import ReserveTicketsWish, reserve_tickets
from domain.redemption.scan import Scan
from domain.redemption.ticket_token import ticket_token
from storage import fetch
from storage.instants import from_micros
from tests.builders.keys import a_key
from tests.builders.people import a_caller, gate_staff_of, organiser_of
from tests.builders.places import an_organisation
from tests.clock import NOW, later

numbers = count(1)

# By default sales are open, and so are the gates: the session starts in an hour.
STARTS = later(hours=1)
ENDS = later(hours=6)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with one session."""

    id: int
    host_id: int
    session_id: int
    attraction_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket as its holder has it."""

    id: int
    order_id: int
    serial: str
    token: str


async def an_offer(
    *,
    host_id: int | None = None,
    cost: int = 0,
    minimum_balance: int = 0,
    limit_per_resident: int = 2,
    stock: int = 100,
    sales_open_at: datetime = NOW,
    sales_close_at: datetime = ENDS,
    refundable_until: datetime | None = STARTS,
    starts_at: datetime = STARTS,
    ends_at: datetime = ENDS,
    entries: Sequence[int | None] = (),
    publish: bool = True,
) -> Offer:
    """An offer by an organiser of its host, with one session, and an attraction for each of `entries`."""
    host_id = host_id or await an_organisation()
    organiser = await organiser_of(host_id)
    wish = CreateTicketOfferWish(
        title="示例新年游乐汇",
        summary="出示积分兑换门票",
        host_id=host_id,
        venue="少康湖",
        cost=cost,
        minimum_balance=minimum_balance,
        limit_per_resident=limit_per_resident,
        sales_open_at=sales_open_at,
        sales_close_at=sales_close_at,
        refundable_until=refundable_until,
        sessions=(SessionWish(starts_at=starts_at, ends_at=ends_at, stock=stock),),
        attractions=tuple(
            AttractionWish(name=f"示例项目{number}", entries=often) for number, often in enumerate(entries, start=1)
        ),
        publish=publish,
    )
    offer_id = await create_ticket_offer(organiser, wish, NOW)
    sessions = await fetch("SELECT id FROM offer_sessions WHERE offer_id = ?", offer_id)
    attractions = await fetch("SELECT id FROM attractions WHERE offer_id = ? ORDER BY position", offer_id)
    return Offer(offer_id, host_id, sessions[0][0], tuple(row[0] for row in attractions))


def a_redemption(offer: Offer, quantity: int = 1, key: str | None = None) -> RedeemTicketsWish:
    """The wish for tickets of an offer's session."""
    return RedeemTicketsWish(session_id=offer.session_id, quantity=quantity, idempotency_key=key or a_key())


async def an_order(offer: Offer, caller: Caller | None = None, quantity: int = 1) -> int:
    """Somebody redeemed tickets."""
    return await redeem_tickets(caller or await a_caller(), a_redemption(offer, quantity), NOW)


async def tickets_of(order_id: int) -> list[IssuedTicket]:
    """The tickets of an order."""
    rows = await fetch(
        """SELECT k.id, k.order_id, k.serial, k.session_id, s.starts_at, s.ends_at
           FROM tickets k JOIN offer_sessions s ON s.id = k.session_id WHERE k.order_id = ? ORDER BY k.id""",
        order_id,
    )
    return [
        IssuedTicket(id_, order, serial, ticket_token(serial, session, from_micros(starts), from_micros(ends)))
        for id_, order, serial, session, starts, ends in rows
    ]


async def a_ticket(offer: Offer, caller: Caller | None = None) -> IssuedTicket:
    """Somebody redeemed one ticket."""
    return (await tickets_of(await an_order(offer, caller)))[0]


def a_scan(
    ticket: IssuedTicket,
    *,
    gate: str = "东门",
    scan_id: str | None = None,
    attraction_id: int | None = None,
    scanned_at: datetime | None = None,
) -> Scan:
    """A scan of the ticket that was never made before, unless it is given an id."""
    scan_id = scan_id or f"scan-{next(numbers)}"
    return Scan(token=ticket.token, gate=gate, scan_id=scan_id, attraction_id=attraction_id, scanned_at=scanned_at)


async def staff_of(offer: Offer) -> Caller:
    """Somebody at the offer's gate."""
    return await gate_staff_of(offer.host_id)


def a_reservation_wish(offer: Offer, quantity: int = 1, key: str | None = None) -> ReserveTicketsWish:
    """The wish to set tickets of an offer's session aside."""
    return ReserveTicketsWish(session_id=offer.session_id, quantity=quantity, idempotency_key=key or a_key())


async def a_reservation(offer: Offer, caller: Caller | None = None, quantity: int = 1, now: datetime = NOW) -> int:
    """Somebody reserved tickets."""
    return await reserve_tickets(caller or await a_caller(), a_reservation_wish(offer, quantity), now)


async def paid(caller: Caller, reservation_id: int, now: datetime = NOW) -> int:
    """The resident paid their reservation; the order's id."""
    wish = PayOwnReservationWish(reservation_id=reservation_id, idempotency_key=a_key())
    return await pay_own_reservation(caller, wish, now)


async def cancelled(caller: Caller, reservation_id: int, now: datetime = NOW) -> int:
    """The reservation was given up."""
    wish = CancelReservationWish(reservation_id=reservation_id, idempotency_key=a_key())
    return await cancel_reservation(caller, wish, now)

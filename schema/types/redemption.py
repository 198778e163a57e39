"""Offers, reservations, orders and tickets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from domain.qr import qr_svg
from domain.redemption import models
from domain.redemption.eligibility import FACTS, FACTS_WITHOUT_DUE, LEFT, facts_of, reasons_not_to_redeem
from domain.redemption.reservation import STATUS_AT as RESERVATION_STATUS_AT
from domain.redemption.ticket_status import ADMITTED_COUNT, STATUS_AT
from domain.redemption.ticket_token import ticket_token
from domain.redemption.visibility import (
    keeps_the_gate,
    sees_offer,
    sees_order,
    sees_part_of_offer,
    sees_reservation,
    sees_ticket,
)
from schema.enums import OfferStatus, OrderStatus, ReservationStatus, TicketStatus
from schema.reads.arguments import argument
from schema.reads.asking import Asking
from schema.reads.declare import Node, column, computed, connection, heavily_computed, row_type, sql, to_many, to_one
from schema.reads.paging import Connection
from schema.reads.sources import Condition, condition
from schema.scalars import Points
from schema.types.eligibility import Eligibility, eligibility, read_with_row, values_of
from schema.types.gate import Admission
from schema.types.people import Resident
from schema.types.places import Organisation
from storage.instants import from_micros

if TYPE_CHECKING:
    from schema.types.ledger import Transfer

TOKEN_NEEDS = {
    "serial": "serial",
    "session_id": "session_id",
    "starts_at": "session.starts_at",
    "ends_at": "session.ends_at",
}


def token(serial: str, session_id: int, starts_at: int, ends_at: int) -> str:
    return ticket_token(serial, session_id, from_micros(starts_at), from_micros(ends_at))


def token_svg(serial: str, session_id: int, starts_at: int, ends_at: int) -> str:
    return qr_svg(token(serial, session_id, starts_at, ends_at))


def can_redeem(quantity: int, asking: Asking, **facts: Any) -> Eligibility:
    reasons = reasons_not_to_redeem(facts_of(values_of(FACTS, facts, asking)), quantity, asking.now)
    return eligibility(reasons, asking.language)


def has_reservation_status(status: ReservationStatus | None) -> Iterator[Condition]:
    if status is not None:
        yield condition(f"{RESERVATION_STATUS_AT.replace('{t}', '{other}')} = :status", status=status)


def reservations_where(status: ReservationStatus | None) -> Iterator[Condition]:
    yield condition(keeps_the_gate("{t}.offer_id"))
    yield from has_reservation_status(status)


@row_type(models.TicketOffer, visible=sees_offer("{t}"))
class TicketOffer(Node):
    """Something that points buy: entry to an event.

    A draft is seen only by the organisers and gate staff of its host.
    """

    title: str = column("What it is called.")
    summary: str = column("What visitors get, in some sentences.")
    status: OfferStatus = column("Where it is in its life.")
    host: Organisation = to_one("Who offers it.")
    venue: str = column("Where to go, in words.")
    programme: str = column("Whose points it takes: a programme's code.")
    cost: Points = column("Points for one ticket. Zero is allowed: the minimum balance then is the whole condition.")
    minimum_balance: Points = column("The wallet must show at least this before redeeming. Nothing of it is spent.")
    limit_per_resident: int = column("How many tickets one resident may have of this offer.")
    sales_open_at: datetime = column("From this instant on it can be redeemed.")
    sales_close_at: datetime = column("From this instant on it can no longer be redeemed.")
    refundable_until: datetime | None = column("Until when an order can be refunded. Null: exchanges are final.")
    sessions: list[OfferSession] = to_many(
        "When it takes place, earliest first.", "offer_id", order=("starts_at", "position")
    )
    attractions: list[Attraction] = to_many("What a ticket opens besides the main gate.", "offer_id", order="position")


@row_type(models.OfferSession, visible=sees_part_of_offer("{t}"))
class OfferSession(Node):
    """When an offer takes place, with a stock of tickets of its own."""

    offer: TicketOffer = to_one("The offer it belongs to.")
    starts_at: datetime = column("When it begins. The gates open two hours before.")
    ends_at: datetime = column("When it ends; tickets expire then.")
    stock: int = column("How many tickets there are in all.")
    remaining: int = sql("How many tickets are left: neither redeemed nor reserved.", LEFT)
    admitted_count: int = sql("How many tickets were let in so far.", ADMITTED_COUNT)
    viewer_can_redeem: Eligibility = computed(
        "May the signed-in person redeem so many tickets now? What redeemTickets would answer.",
        needs=read_with_row(FACTS_WITHOUT_DUE),
        by=can_redeem,
        args={"quantity": argument(int, "How many tickets.", default=1)},
    )
    viewer_reservation: Reservation | None = to_one(
        "The signed-in person's reservation that stands, if any.",
        on="{other}.session_id = {t}.id AND {other}.resident_id = :viewer AND {other}.status = 'HELD' "
        "AND {other}.reserved_until > :now",
    )
    reservations: Connection[Reservation] = connection(
        "In the order in which they were made. Gate staff of the host only; empty for everyone else.",
        "session_id",
        order="created_at",
        where=reservations_where,
        args={"status": argument(ReservationStatus | None, "Only those.")},
    )


@row_type(models.Attraction, visible=sees_part_of_offer("{t}"))
class Attraction(Node):
    """A place or show that the ticket opens."""

    name: str = column("What it is called.")
    entries: int | None = column("How often one ticket opens it; null is without limit.")


@row_type(models.Reservation, visible=sees_reservation("{t}"))
class Reservation(Node):
    """Tickets set aside for a resident until a deadline, with the points that they will cost.

    Seen by its resident, the host's gate staff, and readers of the book.
    """

    resident: Resident = to_one("Whose it is.")
    session: OfferSession = to_one("What for.")
    quantity: int = column("How many tickets.")
    points: Points = column("What they cost together. While it is HELD, part of the wallet's `held`.")
    status: ReservationStatus = sql(
        "What became of it. EXPIRED from expiresAt on, if it was not resolved before.", RESERVATION_STATUS_AT
    )
    expires_at: datetime = column("From this instant on it can no longer be paid.", "reserved_until")
    order: TicketOrder | None = to_one("The order that it became; null unless it was paid.")
    created_at: datetime = column("When it was made.")


@row_type(models.TicketOrder, visible=sees_order("{t}"))
class TicketOrder(Node):
    """One redemption: tickets for points. Seen by its resident, the host's gate staff, and readers of the book."""

    resident: Resident = to_one("Who has the tickets.")
    session: OfferSession = to_one("What for.")
    status: OrderStatus = column("What became of it.")
    points_spent: Points = column("What all its tickets cost together. A refund does not change it.")
    tickets: list[Ticket] = to_many(
        "Its tickets. Empty for a reader of the book, who may see the order and not what opens the gate.",
        "order_id",
        order="id",
    )
    transfer: Annotated[Transfer, strawberry.lazy("schema.types.ledger")] | None = to_one(
        "The transfer that paid it; null when it cost nothing."
    )
    refund_transfer: Annotated[Transfer, strawberry.lazy("schema.types.ledger")] | None = to_one(
        "The transfer that gave the points back; null while it is not refunded."
    )
    reservation: Reservation | None = to_one(
        "What it was before it was paid; null where it was redeemed at once.", on="{other}.order_id = {t}.id"
    )
    created_at: datetime = column("When it was redeemed.")


LATEST_ADMISSIONS = """{other}.id IN (SELECT la.id FROM admissions la WHERE la.ticket_id = {other}.ticket_id
    ORDER BY la.scanned_at DESC, la.id DESC LIMIT 100)"""


@row_type(models.Ticket, visible=sees_ticket("{t}"))
class Ticket(Node):
    """One ticket, for one person. Seen by its owner and the host's gate staff."""

    serial: str = column("Short, for reading aloud: 'K7QM-2X9D'.")
    status: TicketStatus = sql("What it is good for now.", STATUS_AT)
    order: TicketOrder = to_one("The order it belongs to.")
    session: OfferSession = to_one("When it can be used.")
    token: str = computed(
        "A JWS (EdDSA) that a gate verifies without a network, with the keys at /.well-known/jwks.json.",
        needs=TOKEN_NEEDS,
        by=token,
    )
    qr_svg: str = heavily_computed("An SVG of the token as a QR code.", needs=TOKEN_NEEDS, by=token_svg)
    admissions: list[Admission] = to_many(
        "When and where it was let in, earliest first; also the scans that staff took back (undoneAt). The latest 100.",
        "ticket_id",
        where=LATEST_ADMISSIONS,
        order="scanned_at",
    )

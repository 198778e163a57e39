"""Offers, orders and tickets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from domain.qr import qr_svg
from domain.redemption import models
from domain.redemption.eligibility import FACTS, facts_of, reasons_not_to_redeem
from domain.redemption.ticket_status import ADMITTED_COUNT, STATUS_AT
from domain.redemption.ticket_token import ticket_token
from domain.redemption.visibility import sees_offer, sees_order, sees_part_of_offer, sees_ticket
from schema.enums import OfferStatus, OrderStatus, TicketStatus
from schema.reads.arguments import argument
from schema.reads.asking import Asking
from schema.reads.declare import Node, column, computed, heavily_computed, row_type, sql, to_many, to_one
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
    remaining: int = column("How many tickets are left.")
    admitted_count: int = sql("How many tickets were let in so far.", ADMITTED_COUNT)
    viewer_can_redeem: Eligibility = computed(
        "May the signed-in person redeem so many tickets now? What redeemTickets would answer.",
        needs=read_with_row(FACTS),
        by=can_redeem,
        args={"quantity": argument(int, "How many tickets.", default=1)},
    )


@row_type(models.Attraction, visible=sees_part_of_offer("{t}"))
class Attraction(Node):
    """A place or show that the ticket opens."""

    name: str = column("What it is called.")
    entries: int | None = column("How often one ticket opens it; null is without limit.")


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
    created_at: datetime = column("When it was redeemed.")


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
        "When and where it was let in, earliest first; also the scans that staff took back (undoneAt).",
        "ticket_id",
        order="scanned_at",
    )

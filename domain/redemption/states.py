"""States of offers, reservations, orders and tickets. The names are what the database and the API hold."""

from __future__ import annotations

from enum import StrEnum


class OfferStatus(StrEnum):
    """Where an offer is in its life."""

    DRAFT = "DRAFT"
    ON_SALE = "ON_SALE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"


class ReservationStatus(StrEnum):
    """HELD until it is resolved, once. Who asks sees EXPIRED from its deadline on, whether or not it was marked so yet."""

    HELD = "HELD"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class OrderStatus(StrEnum):
    """What became of an order."""

    PAID = "PAID"
    REFUNDED = "REFUNDED"


class TicketStatus(StrEnum):
    """What a ticket is good for. EXPIRED is never stored: a VALID ticket becomes it when its session is over."""

    VALID = "VALID"
    ADMITTED = "ADMITTED"
    REFUNDED = "REFUNDED"
    EXPIRED = "EXPIRED"

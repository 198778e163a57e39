"""Offers, reservations, orders, tickets and admissions."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class TicketOffer(Model):
    """Something that points buy."""

    id = fields.BigIntField(primary_key=True, generated=False)
    title = fields.TextField()
    summary = fields.TextField()
    status = fields.TextField()
    host_id = fields.BigIntField()
    venue = fields.TextField()
    programme = fields.TextField()
    cost = fields.BigIntField()
    minimum_balance = fields.BigIntField()
    limit_per_resident = fields.BigIntField()
    sales_open_at = InstantField()
    sales_close_at = InstantField()
    refundable_until = InstantField(null=True)
    announced = fields.BigIntField()
    created_by_id = fields.BigIntField()
    created_at = InstantField()

    class Meta:
        table = "ticket_offers"


class OfferSession(Model):
    """When the offer takes place, and how many tickets are left."""

    id = fields.BigIntField(primary_key=True, generated=False)
    offer_id = fields.BigIntField()
    starts_at = InstantField()
    ends_at = InstantField()
    stock = fields.BigIntField()
    remaining = fields.BigIntField()
    position = fields.BigIntField()

    class Meta:
        table = "offer_sessions"


class Attraction(Model):
    """What a ticket opens; `entries` is how often, None without limit."""

    id = fields.BigIntField(primary_key=True, generated=False)
    offer_id = fields.BigIntField()
    name = fields.TextField()
    entries = fields.BigIntField(null=True)
    position = fields.BigIntField()

    class Meta:
        table = "attractions"


class OfferHolding(Model):
    """How many tickets of an offer a resident holds."""

    id = fields.BigIntField(primary_key=True, generated=False)
    offer_id = fields.BigIntField()
    resident_id = fields.BigIntField()
    tickets = fields.BigIntField()

    class Meta:
        table = "offer_holdings"


class Reservation(Model):
    """Tickets set aside until `reserved_until`. Resolved once: PAID (by `order`), CANCELLED or EXPIRED."""

    id = fields.BigIntField(primary_key=True, generated=False)
    offer_id = fields.BigIntField()
    session_id = fields.BigIntField()
    resident_id = fields.BigIntField()
    quantity = fields.BigIntField()
    points = fields.BigIntField()
    hold_id = fields.BigIntField(null=True)
    reserved_until = InstantField()
    created_by_id = fields.BigIntField()
    created_at = InstantField()
    status = fields.TextField(default="HELD")
    order_id = fields.BigIntField(null=True)
    resolved_at = InstantField(null=True)
    resolved_by_id = fields.BigIntField(null=True)
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "reservations"


class TicketOrder(Model):
    """One redemption: so many tickets for so many points."""

    id = fields.BigIntField(primary_key=True, generated=False)
    offer_id = fields.BigIntField()
    session_id = fields.BigIntField()
    resident_id = fields.BigIntField()
    status = fields.TextField()
    quantity = fields.BigIntField()
    points_spent = fields.BigIntField()
    transfer_id = fields.BigIntField(null=True)
    refund_transfer_id = fields.BigIntField(null=True)
    created_by_id = fields.BigIntField()
    created_at = InstantField()
    refunded_at = InstantField(null=True)
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "ticket_orders"


class Ticket(Model):
    """One ticket. That it is out of date is not stored: it follows from its session."""

    id = fields.BigIntField(primary_key=True, generated=False)
    order_id = fields.BigIntField()
    offer_id = fields.BigIntField()
    session_id = fields.BigIntField()
    resident_id = fields.BigIntField()
    serial = fields.TextField()
    status = fields.TextField()
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "tickets"


class TicketEntry(Model):
    """How often a ticket was let in at a place: an attraction, or 0 for the main gate."""

    id = fields.BigIntField(primary_key=True, generated=False)
    ticket_id = fields.BigIntField()
    place_id = fields.BigIntField()
    used = fields.BigIntField()

    class Meta:
        table = "ticket_entries"


class Admission(Model):
    """A scan that let somebody in."""

    id = fields.BigIntField(primary_key=True, generated=False)
    ticket_id = fields.BigIntField()
    session_id = fields.BigIntField()
    attraction_id = fields.BigIntField(null=True)
    gate = fields.TextField()
    scan_id = fields.TextField()
    scanned_at = InstantField()
    recorded_at = InstantField()
    recorded_by_id = fields.BigIntField()
    conflict = fields.BigIntField(default=0)
    undone_at = InstantField(null=True)
    undone_by_id = fields.BigIntField(null=True)
    undo_reason = fields.TextField(null=True)

    class Meta:
        table = "admissions"

"""What clients may send about offers, orders, tickets and the gate."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.redemption.scan import GATE_LENGTH, SCAN_ID_LENGTH
from domain.text import NAME_LENGTH, TEXT_LENGTH
from schema.inputs.keys import IDEMPOTENCY_KEY
from schema.inputs.optional import LeftOutIsNull, optional
from schema.scalars import Points


@strawberry.input(description="When an offer takes place, and for how many.")
class OfferSessionInput:
    """A session of a new offer."""

    starts_at: datetime = strawberry.field(description="When it begins. The gates open two hours before.")
    ends_at: datetime = strawberry.field(description="When it ends; tickets expire then.")
    stock: int = strawberry.field(description="How many tickets there are.")


@strawberry.input(description="A place or show that the ticket opens.")
class AttractionInput:
    """An attraction of a new offer."""

    name: str = strawberry.field(description=f"What it is called, 1 to {NAME_LENGTH} characters.")
    entries: int | None = strawberry.field(
        default=1, description="How often one ticket opens it; null is without limit."
    )


@strawberry.input(description="A new offer.")
class CreateTicketOfferInput(LeftOutIsNull):
    """See the act create_ticket_offer."""

    title: str = strawberry.field(description=f"What it is called, 1 to {NAME_LENGTH} characters.")
    summary: str = strawberry.field(description=f"What visitors get, 1 to {TEXT_LENGTH} characters.")
    host_id: strawberry.ID = strawberry.field(
        description="The organisation that offers it. The caller must be its organiser."
    )
    venue: str = strawberry.field(description=f"Where to go, in words, 1 to {NAME_LENGTH} characters.")
    programme: str = strawberry.field(default="xuexi", description="Whose points it takes: a programme's code.")
    cost: Points = strawberry.field(description="Points for one ticket; zero is allowed.")
    minimum_balance: Points = strawberry.field(
        default=Points(0), description="What the wallet must show; nothing of it is spent."
    )
    limit_per_resident: int = strawberry.field(default=2, description="How many tickets one resident may have.")
    sales_open_at: datetime = strawberry.field(description="From this instant on it can be redeemed.")
    sales_close_at: datetime = strawberry.field(description="From this instant on it can no longer be redeemed.")
    refundable_until: datetime | None = optional("Until when an order can be refunded; null: exchanges are final.")
    sessions: list[OfferSessionInput] = strawberry.field(description="1 to 100.")
    attractions: list[AttractionInput] = strawberry.field(default_factory=list, description="50 at most.")
    publish: bool = strawberry.field(
        default=False, description="true: put it on sale at once. false: keep it as a draft."
    )


@strawberry.input(description="An offer, by its id.")
class TicketOfferIdInput:
    """For publishing, pausing and closing."""

    offer_id: strawberry.ID = strawberry.field(description="Which offer.")


@strawberry.input(description="Tickets for the caller's points.")
class RedeemTicketsInput:
    """See the act redeem_tickets."""

    session_id: strawberry.ID = strawberry.field(description="For which session.")
    quantity: int = strawberry.field(description="How many tickets, 1 up to the offer's limitPerResident.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Tickets for the points of a resident who stands in front of the gate staff.")
class RedeemAtGateInput:
    """See the act redeem_at_gate."""

    member_code: str = strawberry.field(
        description="The token of the code on the resident's phone, at most 60 seconds old."
    )
    session_id: strawberry.ID = strawberry.field(description="For which session.")
    quantity: int = strawberry.field(description="How many tickets, 1 up to the offer's limitPerResident.")
    gate: str = strawberry.field(description=f"The gate's name, 1 to {GATE_LENGTH} characters.")
    admit: bool = strawberry.field(default=True, description="Let them in at once.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Tickets to be set aside for the caller, and paid a little later.")
class ReserveTicketsInput:
    """See the act reserve_tickets."""

    session_id: strawberry.ID = strawberry.field(description="For which session.")
    quantity: int = strawberry.field(description="How many tickets, 1 up to the offer's limitPerResident.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Which reservation is paid at the gate: exactly one of the two.", one_of=True)
class ReservationShownInput(LeftOutIsNull):
    """Found in the list, or shown."""

    reservation_id: strawberry.ID | None = optional("Picked from the session's reservations.")
    member_code: str | None = optional(
        "The token of the code on the resident's phone, at most 60 seconds old: their reservation for the session."
    )


@strawberry.input(description="A reservation of a resident who stands in front of the gate staff.")
class PayReservationInput:
    """See the act pay_reservation."""

    session_id: strawberry.ID = strawberry.field(description="The session for which the gate admits.")
    reservation: ReservationShownInput = strawberry.field(description="Which reservation for that session.")
    gate: str = strawberry.field(description=f"The gate's name, 1 to {GATE_LENGTH} characters.")
    admit: bool = strawberry.field(default=True, description="Let them in at once.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A reservation, by its id.")
class ReservationIdInput:
    """For paying one's own and for cancelling."""

    reservation_id: strawberry.ID = strawberry.field(description="Which reservation.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An order to be given back.")
class RefundOrderInput:
    """See the act refund_order."""

    order_id: strawberry.ID = strawberry.field(description="Which order.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(
    description="scanId is the gate device's own id for this scan: sending it again changes nothing and answers the same."
)
class ScanInput(LeftOutIsNull):
    """A gate device read a ticket."""

    token: str = strawberry.field(description="What the QR code says.")
    attraction_id: strawberry.ID | None = optional("Which attraction; null is the main gate.")
    gate: str = strawberry.field(description=f"The gate's name, 1 to {GATE_LENGTH} characters.")
    scan_id: str = strawberry.field(
        description=f"The device's own id for this scan, unique for the session and gate, 1 to {SCAN_ID_LENGTH} characters."
    )
    scanned_at: datetime | None = optional(
        "When it was scanned; null: now. admitTicket takes a scan of these five minutes, by our clock; older ones are for "
        "syncAdmissions."
    )


@strawberry.input(description="One scan, made now.")
class AdmitTicketInput:
    """See the act admit_ticket."""

    scan: ScanInput = strawberry.field(description="The scan.")


@strawberry.input(
    description="1 to 500 scans made while offline. People were let in already: each scan is kept, and a clash is marked as a "
    "conflict."
)
class SyncAdmissionsInput:
    """See the act sync_admissions."""

    scans: list[ScanInput] = strawberry.field(description="1 to 500, in any order; sending them again changes nothing.")


@strawberry.input(description="A scan to be taken back.")
class UndoAdmissionInput:
    """See the act undo_admission."""

    admission_id: strawberry.ID = strawberry.field(description="Which admission, recorded at most 15 minutes ago.")
    reason: str = strawberry.field(description=f"Why, one line of 1 to {NAME_LENGTH} characters.")

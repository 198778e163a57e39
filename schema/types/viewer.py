"""The signed-in person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import strawberry

from domain.people import member_code, models
from domain.qr import qr_svg
from domain.redemption.ticket_status import STATUS_AT
from schema.enums import ClaimState, ReservationStatus, SignUpStatus, TicketStatus
from schema.reads.arguments import argument
from schema.reads.asking import Asking
from schema.reads.declare import computed, connection, row_type, to_many, to_one
from schema.reads.paging import Connection
from schema.reads.sources import Condition, condition
from schema.types.claims import Claim, claims_where
from schema.types.ledger import Wallet
from schema.types.people import Resident, RoleGrant
from schema.types.privacy import Consent, PhoneReading
from schema.types.redemption import Reservation, Ticket, TicketOrder, has_reservation_status
from schema.types.sessions import STANDS, Session
from schema.types.volunteering import SignUp

TICKET_STATUS_AT = STATUS_AT.replace("{t}", "{other}")


def sign_ups_where(status: SignUpStatus | None) -> Iterator[Condition]:
    if status is not None:
        yield condition("{other}.status = :status", status=status)


def tickets_where(status: TicketStatus | None) -> Iterator[Condition]:
    if status is not None:
        yield condition(f"{TICKET_STATUS_AT} = :status", status=status)


@strawberry.type(
    description="A code to show at the gate or to an organiser. It changes every 30 seconds and proves who is holding the phone."
)
class MemberCode:
    """Answered from a ShownCode."""

    token: str = strawberry.field(description="The code as text.")
    expires_at: datetime = strawberry.field(description="When the next code takes its place.")
    qr_svg: str = strawberry.field(description="An SVG of the QR code.")


@dataclass(frozen=True)
class ShownCode:
    """What a MemberCode is read from: the picture is drawn only when it is asked for."""

    token: str
    expires_at: datetime

    @property
    def qr_svg(self) -> str:
        return qr_svg(self.token)


def code_of_viewer(resident_id: int, asking: Asking) -> ShownCode:
    code = member_code.make_member_code(resident_id, asking.now)
    return ShownCode(code.token, code.expires_at)


@row_type(models.Resident, visible="{t}.id = :viewer")
class Viewer:
    """The signed-in person."""

    resident: Resident = to_one("As others know them.", "id")
    roles: list[RoleGrant] = to_many(
        "The roles they hold.", "resident_id", where="{other}.revoked_at IS NULL", order=("role", "granted_at")
    )
    wallet: Wallet = to_one(
        "Their points in a programme.",
        # the kind is what accounts_wallet_once, a partial index, is found by
        on="{other}.holder_id = {t}.id AND {other}.programme = COALESCE(:programme, 'xuexi') AND {other}.kind = 'WALLET' "
        "AND {other}.merged_into_id IS NULL",
        args={"programme": argument(str | None, "The programme's code.", default="xuexi")},
    )
    sign_ups: Connection[SignUp] = connection(
        "What they signed up for, latest first.",
        "resident_id",
        order="-created_at",
        where=sign_ups_where,
        args={"status": argument(SignUpStatus | None, "Only those.")},
    )
    orders: Connection[TicketOrder] = connection(
        "What they redeemed, latest first.", "resident_id", order="-created_at"
    )
    reservations: Connection[Reservation] = connection(
        "What they reserved, latest first.",
        "resident_id",
        order="-created_at",
        where=has_reservation_status,
        args={"status": argument(ReservationStatus | None, "Only those.")},
    )
    tickets: Connection[Ticket] = connection(
        "Their tickets, latest first.",
        "resident_id",
        order="-id",
        where=tickets_where,
        args={"status": argument(TicketStatus | None, "Only those.")},
    )
    claims: Connection[Claim] = connection(
        "What staff attested of their points pages elsewhere, latest first.",
        "resident_id",
        order="-attested_at",
        where=claims_where,
        args={
            "programme": argument(str | None, "Only those of this programme, by its code."),
            "state": argument(ClaimState | None, "Only those."),
        },
    )
    consents: Connection[Consent] = connection(
        "What they agreed to, latest first; those that they took back included.", "resident_id", order="-given_at"
    )
    phone_readings: Connection[PhoneReading] = connection(
        "Who of the staff was shown their whole number, when and why, latest first.", "resident_id", order="-read_at"
    )
    sessions: Connection[Session] = connection(
        "Where they are signed in, latest first.", "resident_id", order="-created_at", where=STANDS
    )
    member_code: MemberCode = computed(
        "A code to show at the gate or to an organiser.", needs={"resident_id": "id"}, by=code_of_viewer
    )

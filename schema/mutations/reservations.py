"""Reservations: made, paid, cancelled."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.redemption.cancel_reservation import CancelReservationWish, cancel_reservation
from domain.redemption.pay_reservation import (
    ById,
    ByMemberCode,
    PayOwnReservationWish,
    PayReservationWish,
    pay_own_reservation,
    pay_reservation,
)
from domain.redemption.reserve_tickets import ReserveTicketsWish, reserve_tickets
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.redemption import (
    PayReservationInput,
    ReservationIdInput,
    ReservationShownInput,
    ReserveTicketsInput,
)
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.mutations.redemption import TicketOrderPayload
from schema.reads.references import reference
from schema.types.redemption import Reservation, TicketOrder


@strawberry.type(description="A reservation after it was made or cancelled.")
class ReservationPayload:
    """The reservation as it is now."""

    reservation: Reservation | None = strawberry.field(default=None, description="The reservation as it is now.")
    errors: list[UserError] = no_errors()


def shown_of(wanted: ReservationShownInput) -> ById | ByMemberCode:
    if wanted.reservation_id is not None:
        return ById(require_id(wanted.reservation_id, "Reservation", "reservation", "reservationId"))
    assert wanted.member_code is not None, "exactly one of the two is given"
    return ByMemberCode(wanted.member_code)


@strawberry.type
class ReservationMutations:
    """The room redemption: what is set aside first."""

    @mutation(
        "Tickets are set aside for the caller for 30 minutes, or until the session ends if that is sooner, and the points they "
        "cost are held; one reservation at a time for a session. Errors: as redeemTickets, and CONFLICT where one stands.",
        ReservationPayload,
    )
    async def reserve_tickets(self, info: Info, wanted: Annotated[ReserveTicketsInput, INPUT]) -> ReservationPayload:
        wish = ReserveTicketsWish(
            session_id=require_id(wanted.session_id, "OfferSession", "sessionId"),
            quantity=wanted.quantity,
            idempotency_key=wanted.idempotency_key,
        )
        reservation_id = await reserve_tickets(info.context.caller, wish, info.context.now)
        return ReservationPayload(reservation=reference(Reservation, reservation_id))

    @mutation(
        "Gate staff, for a resident who stands in front of them: what was held is spent, and the tickets are theirs. Errors: "
        "UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, CODE_EXPIRED, ALREADY_RESOLVED, "
        "ACCOUNT_NOT_OPEN, INSUFFICIENT_POINTS (points were taken back meanwhile), TICKET_NOT_YET_VALID.",
        TicketOrderPayload,
    )
    async def pay_reservation(self, info: Info, wanted: Annotated[PayReservationInput, INPUT]) -> TicketOrderPayload:
        wish = PayReservationWish(
            session_id=require_id(wanted.session_id, "OfferSession", "sessionId"),
            reservation=shown_of(wanted.reservation),
            gate=wanted.gate,
            admit=wanted.admit,
            idempotency_key=wanted.idempotency_key,
        )
        order_id = await pay_reservation(info.context.caller, wish, info.context.now)
        return TicketOrderPayload(order=reference(TicketOrder, order_id))

    @mutation(
        "The resident pays their own reservation: what was held is spent, and the tickets are theirs. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, ALREADY_RESOLVED, ACCOUNT_NOT_OPEN, "
        "INSUFFICIENT_POINTS (points were taken back meanwhile).",
        TicketOrderPayload,
    )
    async def pay_own_reservation(self, info: Info, wanted: Annotated[ReservationIdInput, INPUT]) -> TicketOrderPayload:
        wish = PayOwnReservationWish(
            reservation_id=require_id(wanted.reservation_id, "Reservation", "reservationId"),
            idempotency_key=wanted.idempotency_key,
        )
        order_id = await pay_own_reservation(info.context.caller, wish, info.context.now)
        return TicketOrderPayload(order=reference(TicketOrder, order_id))

    @mutation(
        "The resident, or gate staff of the host: points and tickets are free again. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "IDEMPOTENCY_KEY_REUSED, NOT_FOUND, FORBIDDEN, ALREADY_RESOLVED.",
        ReservationPayload,
    )
    async def cancel_reservation(self, info: Info, wanted: Annotated[ReservationIdInput, INPUT]) -> ReservationPayload:
        wish = CancelReservationWish(
            reservation_id=require_id(wanted.reservation_id, "Reservation", "reservationId"),
            idempotency_key=wanted.idempotency_key,
        )
        reservation_id = await cancel_reservation(info.context.caller, wish, info.context.now)
        return ReservationPayload(reservation=reference(Reservation, reservation_id))

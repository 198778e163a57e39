"""Paying what was reserved: the points that are held become an order with its tickets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.people.caller import Caller
from domain.people.member_code import verify_member_code
from domain.people.merged import kept_one
from domain.redemption.eligibility import reasons_of_account
from domain.redemption.let_in import let_in, require_gate
from domain.redemption.place_order import (
    SOURCE,
    SYSTEM_RANDOM_BITS,
    NewOrder,
    insert_order,
    insert_tickets,
)
from domain.redemption.reservation import (
    ITS_RESIDENT,
    RESERVATION,
    KeptReservation,
    lock_standing,
    mark_paid,
    require_reservation,
)
from domain.redemption.sale import Sale, find_sale
from domain.redemption.scan import GATE_LENGTH
from domain.redemption.serial import RandomBits
from domain.refusals import NotFound, Path
from domain.text import clean_name
from ledger.holds import Posting, post_hold
from ledger.idempotency import Intent, claim
from ledger.posting import Source
from storage import Transaction, write


@dataclass(frozen=True, slots=True)
class ById:
    """Found in the gate's list."""

    reservation_id: int


@dataclass(frozen=True, slots=True)
class ByMemberCode:
    """That of whoever shows the code."""

    member_code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayReservationWish:
    """Which reservation for a session, at which gate; `admit`: they go in at once."""

    session_id: int
    reservation: ById | ByMemberCode
    gate: str
    admit: bool = True
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOwnReservationWish:
    """Which of one's reservations, once for this key."""

    reservation_id: int
    idempotency_key: str


async def pay_reservation(
    caller: Caller, wish: PayReservationWish, now: datetime, random_bits: RandomBits = SYSTEM_RANDOM_BITS
) -> int:
    """The resident has the tickets, paid with what was held, and is let in if that was asked: all of it, or nothing.

    By the host's gate staff. The order's id. Asking again with the same key answers the first order, though the member code is
    out of date by then. Raises Unauthenticated, InvalidInput (gate, key), KeyReused, NotFound and Forbidden (the session),
    InvalidInput and CodeExpired (the member code), NotFound (the reservation), ReservationResolved, AccountNotOpen,
    InsufficientPoints, TicketNotYetValid.
    """
    staff_id = caller.signed_in()
    gate = clean_name(wish.gate, "gate", limit=GATE_LENGTH)
    asked = {"sessionId": wish.session_id, "reservation": said(wish.reservation), "gate": gate, "admit": wish.admit}
    intent = Intent(staff_id, wish.idempotency_key, "pay_reservation", asked)

    async def body(tx: Transaction) -> int:
        order_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, order_id, now)
        if first_answer is not None:
            return first_answer
        await require_gate(tx, caller, wish.session_id)
        reservation_id, path = await find_reservation(tx, wish, now)
        reservation = await lock_standing(tx, reservation_id, now, path)
        order = order_for(reservation, order_id, staff_id)
        sale, ticket_ids = await settle(tx, reservation, order, now, random_bits)
        if wish.admit:
            await let_in(tx, sale, order, ticket_ids, gate, now)
        return order_id

    return await write(body)


async def pay_own_reservation(
    caller: Caller, wish: PayOwnReservationWish, now: datetime, random_bits: RandomBits = SYSTEM_RANDOM_BITS
) -> int:
    """The caller has the tickets, paid with what was held: all of it, or nothing. The order's id.

    Asking again with the same key answers the first order. Raises Unauthenticated, InvalidInput, KeyReused, NotFound,
    Forbidden, ReservationResolved, AccountNotOpen, InsufficientPoints.
    """
    resident_id = caller.signed_in()
    asked = {"reservationId": wish.reservation_id}
    intent = Intent(resident_id, wish.idempotency_key, "pay_own_reservation", asked)

    async def body(tx: Transaction) -> int:
        order_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, order_id, now)
        if first_answer is not None:
            return first_answer
        await require_reservation(tx, resident_id, wish.reservation_id, ITS_RESIDENT)
        reservation = await lock_standing(tx, wish.reservation_id, now, RESERVATION)
        await settle(tx, reservation, order_for(reservation, order_id, resident_id), now, random_bits)
        return order_id

    return await write(body)


def said(reservation: ById | ByMemberCode) -> dict[str, object]:
    """What was asked for, as an Intent keeps it."""
    if isinstance(reservation, ById):
        return {"reservationId": reservation.reservation_id}
    return {"memberCode": reservation.member_code}


OF_SESSION = "SELECT id FROM reservations WHERE id = ? AND session_id = ?"
# The one that stands, or else the last one: what became of it is then the answer.
OF_RESIDENT = """SELECT id FROM reservations WHERE resident_id = ? AND session_id = ?
    ORDER BY CASE status WHEN 'HELD' THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 1"""


async def find_reservation(tx: Transaction, wish: PayReservationWish, now: datetime) -> tuple[int, Path]:
    """The reservation's id, and which part of the input named it. Raises InvalidInput, CodeExpired, NotFound."""
    if isinstance(wish.reservation, ById):
        path = ("reservation", "reservationId")
        found = await tx.fetch_value(OF_SESSION, wish.reservation.reservation_id, wish.session_id)
    else:
        path = ("reservation", "memberCode")
        resident_id = await kept_one(tx, verify_member_code(wish.reservation.member_code, now, *path))
        found = await tx.fetch_value(OF_RESIDENT, resident_id, wish.session_id)
    if found is None:
        raise NotFound(path=path)
    return found, path


def order_for(reservation: KeptReservation, order_id: int, payer_id: int) -> NewOrder:
    return NewOrder(
        id=order_id, resident_id=reservation.resident_id, quantity=reservation.quantity, placed_by_id=payer_id
    )


async def settle(
    tx: Transaction, reservation: KeptReservation, order: NewOrder, now: datetime, random_bits: RandomBits
) -> tuple[Sale, list[int]]:
    """The order takes the reservation's place: its stock and limit are taken already. The sale, and the tickets' ids.

    What would keep a new order from being placed by now (sales closed, offer paused) keeps nothing that was promised.
    Raises AccountNotOpen, InsufficientPoints.
    """
    sale = await find_sale(tx, reservation.session_id, reservation.resident_id)
    assert sale, "what was reserved is there"
    for reason in reasons_of_account(sale.facts):
        raise reason
    transfer_id = await post_held(tx, reservation, order, now)
    await insert_order(tx, sale, order, transfer_id, now)
    ticket_ids = await insert_tickets(tx, sale, order, random_bits)
    await mark_paid(tx, reservation, order.id, order.placed_by_id, now)
    return sale, ticket_ids


async def post_held(tx: Transaction, reservation: KeptReservation, order: NewOrder, now: datetime) -> int | None:
    """The transfer's id, None where the tickets cost nothing. Raises AccountNotOpen, InsufficientPoints."""
    if reservation.hold_id is None:
        return None
    posting = Posting(transfer_id=tx.new_id(), source=Source(SOURCE, order.id), posted_by_id=order.placed_by_id)
    await post_hold(tx, reservation.hold_id, posting, now)
    tx.announce(f"wallet:{reservation.wallet_id}")
    return posting.transfer_id

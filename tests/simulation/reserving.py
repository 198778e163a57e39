"""Tickets set aside, as residents and people at the gate may want them, pay for them, and give them up."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.people.member_code import make_member_code
from domain.redemption import pay_reservation as paying
from domain.redemption.cancel_reservation import CancelReservationWish, cancel_reservation
from domain.redemption.expire_reservations import expire_reservations
from domain.redemption.pay_reservation import PayOwnReservationWish, PayReservationWish, pay_own_reservation
from domain.redemption.reserve_tickets import ReserveTicketsWish, reserve_tickets
from tests.simulation.model import DONE, Model, Refused
from tests.simulation.redeeming import Redeem, RedeemAtGate, check_sale, is_fresh, let_in
from tests.simulation.things import Order, Reservation
from tests.simulation.town import Town

STANDS_FOR = timedelta(minutes=30)
GATE = -1


@dataclass(frozen=True, slots=True)
class Reserve:
    """A resident sets tickets aside."""

    key: str
    who: int
    offer: int
    quantity: int

    @property
    def intent(self) -> Hashable:
        return self.who, self.key

    async def ask(self, town: Town, now: datetime) -> int:
        session_id = town.offers[self.offer].session_id
        wish = ReserveTicketsWish(session_id=session_id, quantity=self.quantity, idempotency_key=self.key)
        return await reserve_tickets(town.resident(self.who), wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        if any((other.who, other.offer) == (self.who, self.offer) for other in model.holding(now)):
            raise Refused("CONFLICT")
        price = check_sale(model, self.who, self.offer, self.quantity, now)
        until = min(now + STANDS_FOR, model.town.offers[self.offer].session.ends_at)
        model.reservations[self.key] = Reservation(self.who, self.offer, self.quantity, price, until)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


@dataclass(frozen=True, slots=True)
class Pay:
    """Somebody pays a reservation on their phone: whose it is, or another who may not even know of it."""

    key: str
    who: int
    reservation: str

    @property
    def intent(self) -> Hashable:
        return self.who, self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wish = PayOwnReservationWish(reservation_id=town.heard[self.reservation], idempotency_key=self.key)
        return await pay_own_reservation(town.resident(self.who), wish, now, town.random_bits)

    def happen(self, model: Model, now: datetime) -> str:
        reservation = model.reservations[self.reservation]
        if reservation.who != self.who:
            raise Refused("NOT_FOUND")
        settle(model, self.key, reservation, now)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


@dataclass(frozen=True, slots=True)
class PayAtGate:
    """Somebody shows their member code at the gate, and pays what they reserved there."""

    key: str
    who: int
    offer: int
    shown_at: datetime
    admit: bool

    @property
    def intent(self) -> Hashable:
        return "gate", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wish = PayReservationWish(
            session_id=town.offers[self.offer].session_id,
            reservation=paying.ByMemberCode(make_member_code(town.residents[self.who], self.shown_at).token),
            gate="东门",
            admit=self.admit,
            idempotency_key=self.key,
        )
        return await paying.pay_reservation(town.gate_staff, wish, now, town.random_bits)

    def happen(self, model: Model, now: datetime) -> str:
        if not is_fresh(self.shown_at, now):
            raise Refused("CODE_EXPIRED")
        theirs = [r for r in model.reservations.values() if (r.who, r.offer) == (self.who, self.offer)]
        if not theirs:
            raise Refused("NOT_FOUND")
        settle(model, self.key, next((r for r in theirs if r.status == "HELD"), theirs[0]), now)
        if self.admit:
            let_in(model, self.key, now)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


@dataclass(frozen=True, slots=True)
class Cancel:
    """A reservation is given up: by whose it is, by another resident, or by the GATE."""

    key: str
    who: int
    reservation: str

    @property
    def intent(self) -> Hashable:
        return "gate" if self.who == GATE else self.who, self.key

    async def ask(self, town: Town, now: datetime) -> int:
        caller = town.gate_staff if self.who == GATE else town.resident(self.who)
        wish = CancelReservationWish(reservation_id=town.heard[self.reservation], idempotency_key=self.key)
        return await cancel_reservation(caller, wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        reservation = model.reservations[self.reservation]
        if self.who not in (reservation.who, GATE):
            raise Refused("NOT_FOUND")
        if not reservation.stands(now):
            raise Refused("ALREADY_RESOLVED")
        reservation.status = "CANCELLED"
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.reservation: answer}


@dataclass(frozen=True, slots=True)
class ExpireReservations:
    """The server looks for reservations that are out of time, and marks them: a transaction for each. Nobody waits for it.

    The story sees which were marked, for others come across them too.
    """

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> int:
        return await expire_reservations(now)

    def happen(self, model: Model, now: datetime) -> str:
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {}


#: Wishes of which tickets come.
BUYING = (Redeem, RedeemAtGate, Pay, PayAtGate)


def settle(model: Model, key: str, reservation: Reservation, now: datetime) -> None:
    """An order takes its place. Sales may be closed by now; what was promised stands. Raises Refused."""
    offer = model.town.offers[reservation.offer].wish
    if not reservation.stands(now):
        raise Refused("ALREADY_RESOLVED")
    if (offer.cost or offer.minimum_balance) and model.status(offer.programme, reservation.who) != "OPEN":
        raise Refused("ACCOUNT_NOT_OPEN")
    if reservation.points and model.wallets[offer.programme, reservation.who] < reservation.points:
        raise Refused("INSUFFICIENT_POINTS")  # a mistake was taken back meanwhile
    reservation.status, reservation.order = "PAID", key
    model.move("REDEEM", offer.programme, reservation.who, -reservation.points)
    model.orders[key] = Order(reservation.who, reservation.offer, reservation.quantity, reservation.points)

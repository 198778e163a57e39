"""Tickets for points, as residents and people at the gate may want them, and giving them back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.people.member_code import make_member_code
from domain.redemption.redeem_at_gate import RedeemAtGateWish, redeem_at_gate
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.redemption.refund_order import RefundOrderWish, refund_order
from tests.simulation.model import DONE, MAIN_GATE, Model, Refused, tickets_of
from tests.simulation.things import Admission, Order
from tests.simulation.town import Town

HALF_MINUTE = 30


@dataclass(frozen=True, slots=True)
class Redeem:
    """A resident spends points on tickets."""

    key: str
    who: int
    offer: int
    quantity: int

    @property
    def intent(self) -> Hashable:
        return self.who, self.key

    async def ask(self, town: Town, now: datetime) -> int:
        session_id = town.offers[self.offer].session_id
        wish = RedeemTicketsWish(session_id=session_id, quantity=self.quantity, idempotency_key=self.key)
        return await redeem_tickets(town.resident(self.who), wish, now, town.random_bits)

    def happen(self, model: Model, now: datetime) -> str:
        sell(model, self, now)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


@dataclass(frozen=True, slots=True)
class RedeemAtGate:
    """Somebody shows their member code at the gate, and may go in at once."""

    key: str
    who: int
    offer: int
    quantity: int
    shown_at: datetime
    admit: bool

    @property
    def intent(self) -> Hashable:
        return "gate", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wish = RedeemAtGateWish(
            member_code=make_member_code(town.residents[self.who], self.shown_at).token,
            session_id=town.offers[self.offer].session_id,
            quantity=self.quantity,
            gate="东门",
            admit=self.admit,
            idempotency_key=self.key,
        )
        return await redeem_at_gate(town.gate_staff, wish, now, town.random_bits)

    def happen(self, model: Model, now: datetime) -> str:
        if not is_fresh(self.shown_at, now):
            raise Refused("CODE_EXPIRED")
        sell(model, self, now)
        if self.admit:
            let_in(model, self.key, now)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


@dataclass(frozen=True, slots=True)
class Refund:
    """Somebody gives an order's tickets back: its owner, or another who may not even know of it."""

    key: str
    who: int
    order: str

    @property
    def intent(self) -> Hashable:
        return self.who, self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wish = RefundOrderWish(order_id=town.heard[self.order], idempotency_key=self.key)
        return await refund_order(town.resident(self.who), wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        order = model.orders[self.order]
        offer = model.town.offers[order.offer].wish
        if order.who != self.who:
            raise Refused("NOT_FOUND")
        if order.refunded:
            raise Refused("ALREADY_REVERSED")
        if offer.refundable_until is None or now >= offer.refundable_until:
            raise Refused("NOT_OPEN")
        if any(model.ticket_status(ticket) == "ADMITTED" for ticket in tickets_of(self.order, order.quantity)):
            raise Refused("TICKET_ALREADY_ADMITTED")
        order.refunded = True
        model.come_in("REFUND", offer.programme, order.who, order.points)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


def is_fresh(shown_at: datetime, now: datetime) -> bool:
    """Whether a member code that was made then is still good."""
    return abs(now.timestamp() // HALF_MINUTE - shown_at.timestamp() // HALF_MINUTE) <= 1


def sell(model: Model, wish: Redeem | RedeemAtGate, now: datetime) -> None:
    """The tickets are sold. Raises Refused."""
    price = check_sale(model, wish.who, wish.offer, wish.quantity, now)
    model.move("REDEEM", model.town.offers[wish.offer].wish.programme, wish.who, -price)
    model.orders[wish.key] = Order(wish.who, wish.offer, wish.quantity, price)


def check_sale(model: Model, who: int, number: int, quantity: int, now: datetime) -> int:
    """The price. What reservations keep that are out of time is in nobody's way. Raises Refused."""
    session, offer = model.town.offers[number].session, model.town.offers[number].wish
    available, price = model.available(offer.programme, who, now), offer.cost * quantity
    if not offer.sales_open_at <= now < min(offer.sales_close_at, session.ends_at):
        raise Refused("NOT_OPEN")
    if model.taken(number, who, now) + quantity > offer.limit_per_resident:
        raise Refused("LIMIT_PER_RESIDENT")
    if model.taken(number, now=now) + quantity > session.stock:
        raise Refused("SOLD_OUT")
    if (offer.cost or offer.minimum_balance) and model.status(offer.programme, who) != "OPEN":
        raise Refused("ACCOUNT_NOT_OPEN")
    if 0 < offer.minimum_balance > available:
        raise Refused("BELOW_MINIMUM_BALANCE")
    if price and available < price:
        raise Refused("INSUFFICIENT_POINTS")
    return price


def let_in(model: Model, key: str, now: datetime) -> None:
    """The tickets of a new order are let in at once. Raises Refused."""
    order = model.orders[key]
    if now < model.town.offers[order.offer].session.starts_at - timedelta(hours=2):
        raise Refused("TICKET_NOT_YET_VALID")
    for ticket in tickets_of(key, order.quantity):
        model.admissions[f"{order.offer} 东门 ticket {ticket}"] = Admission(ticket, MAIN_GATE, now, now)

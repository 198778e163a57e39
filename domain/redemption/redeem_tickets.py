"""Spending points on tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.redemption.eligibility import SESSION
from domain.redemption.expire_reservations import once_more_without_due
from domain.redemption.place_order import SYSTEM_RANDOM_BITS, NewOrder, check_quantity, place_order
from domain.redemption.sale import find_sale
from domain.redemption.serial import RandomBits
from domain.refusals import NotFound
from ledger.idempotency import Intent, claim
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemTicketsWish:
    """So many tickets for one session, once for this key."""

    session_id: int
    quantity: int
    idempotency_key: str


async def redeem_tickets(
    caller: Caller, wish: RedeemTicketsWish, now: datetime, random_bits: RandomBits = SYSTEM_RANDOM_BITS
) -> int:
    """The caller has the tickets, paid with their points: all of it happened, or nothing. The order's id.

    Asking again with the same key answers the first order, whatever has changed meanwhile. Raises Unauthenticated,
    InvalidInput, KeyReused, NotFound, NotOpen, LimitPerResident, SoldOut, AccountNotOpen, BelowMinimumBalance,
    InsufficientPoints.
    """
    resident_id = caller.signed_in()
    check_quantity(wish.quantity)
    asked = {"sessionId": wish.session_id, "quantity": wish.quantity}
    intent = Intent(resident_id, wish.idempotency_key, "redeem_tickets", asked)

    async def body(tx: Transaction) -> int:
        order = NewOrder(id=tx.new_id(), resident_id=resident_id, quantity=wish.quantity, placed_by_id=resident_id)
        first_answer: int | None = await claim(tx, intent, order.id, now)
        if first_answer is not None:
            return first_answer
        sale = await find_sale(tx, wish.session_id, resident_id)
        if sale is None or not sale.visible:
            raise NotFound(path=SESSION)
        await place_order(tx, sale, order, now, random_bits)
        return order.id

    return await once_more_without_due(lambda: write(body), wish.session_id, caller.signed_in, now)

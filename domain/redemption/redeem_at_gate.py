"""Tickets for a resident who stands at the gate and shows their member code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.people.caller import Caller
from domain.people.member_code import verify_member_code
from domain.people.merged import kept_one
from domain.redemption.expire_reservations import once_more_without_due
from domain.redemption.let_in import let_in, require_gate
from domain.redemption.place_order import SYSTEM_RANDOM_BITS, NewOrder, check_quantity, place_order
from domain.redemption.sale import find_sale
from domain.redemption.scan import GATE_LENGTH
from domain.redemption.serial import RandomBits
from domain.text import clean_name
from ledger.idempotency import Intent, claim
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAtGateWish:
    """So many tickets for whoever shows the member code; `admit`: they go in at once, through `gate`."""

    member_code: str = field(repr=False)
    session_id: int
    quantity: int
    gate: str
    admit: bool = True
    idempotency_key: str


async def redeem_at_gate(
    caller: Caller, wish: RedeemAtGateWish, now: datetime, random_bits: RandomBits = SYSTEM_RANDOM_BITS
) -> int:
    """The resident has the tickets, paid with their points, and is let in if that was asked: all of it, or nothing.

    The order's id. Asking again with the same key and the same member code answers the first order, though the code is out
    of date by then. Raises Unauthenticated, InvalidInput (quantity, gate, key), KeyReused, NotFound, Forbidden, InvalidInput
    and CodeExpired (the member code), NotOpen, LimitPerResident, SoldOut, AccountNotOpen, BelowMinimumBalance,
    InsufficientPoints, TicketNotYetValid.
    """
    staff_id = caller.signed_in()
    check_quantity(wish.quantity)
    gate = clean_name(wish.gate, "gate", limit=GATE_LENGTH)
    asked = {
        "memberCode": wish.member_code,
        "sessionId": wish.session_id,
        "quantity": wish.quantity,
        "gate": gate,
        "admit": wish.admit,
    }
    intent = Intent(staff_id, wish.idempotency_key, "redeem_at_gate", asked)

    async def body(tx: Transaction) -> int:
        order_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, order_id, now)
        if first_answer is not None:
            return first_answer
        await require_gate(tx, caller, wish.session_id)
        resident_id = await kept_one(tx, verify_member_code(wish.member_code, now, "memberCode"))
        sale = await find_sale(tx, wish.session_id, resident_id)
        assert sale, "whose gate is kept is there"
        order = NewOrder(id=order_id, resident_id=resident_id, quantity=wish.quantity, placed_by_id=staff_id)
        ticket_ids = await place_order(tx, sale, order, now, random_bits)
        if wish.admit:
            await let_in(tx, sale, order, ticket_ids, gate, now)
        return order_id

    def resident_id() -> int:
        return verify_member_code(wish.member_code, now, "memberCode")

    return await once_more_without_due(lambda: write(body), wish.session_id, resident_id, now)

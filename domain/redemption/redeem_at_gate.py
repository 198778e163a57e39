"""Tickets for a resident who stands at the gate and shows their member code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.people.caller import Caller
from domain.people.member_code import verify_member_code
from domain.people.rights import Role, require_role_over_organisation
from domain.redemption.eligibility import SESSION
from domain.redemption.place_order import SYSTEM_RANDOM_BITS, NewOrder, Sale, check_quantity, find_sale, place_order
from domain.redemption.scan import GATE_LENGTH
from domain.redemption.serial import RandomBits
from domain.redemption.standing import MAIN_GATE
from domain.redemption.ticket_status import GATES_OPEN_BEFORE
from domain.refusals import NotFound, TicketNotYetValid
from domain.text import clean_name
from ledger.idempotency import Intent, claim
from storage import Transaction, write
from storage.instants import to_micros


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
        resident_id = verify_member_code(wish.member_code, now, "memberCode")
        sale = await find_sale(tx, wish.session_id, resident_id)
        assert sale, "whose gate is kept is there"
        order = NewOrder(id=order_id, resident_id=resident_id, quantity=wish.quantity, placed_by_id=staff_id)
        ticket_ids = await place_order(tx, sale, order, now, random_bits)
        if wish.admit:
            await let_in(tx, sale, order, ticket_ids, gate, now)
        return order_id

    return await write(body)


async def require_gate(tx: Transaction, caller: Caller, session_id: int) -> None:
    """Raises NotFound, Forbidden."""
    sale = await find_sale(tx, session_id, caller.signed_in())
    if sale is None or not sale.visible:
        raise NotFound(path=SESSION)
    await require_role_over_organisation(tx, caller, Role.GATE_STAFF, sale.host_id)


INSERT_ENTRY = "INSERT INTO ticket_entries (id, ticket_id, place_id, used) VALUES (?, ?, ?, 1)"
INSERT_ADMISSION = """INSERT INTO admissions (id, ticket_id, session_id, gate, scan_id, scanned_at, recorded_at, recorded_by_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


async def let_in(
    tx: Transaction, sale: Sale, order: NewOrder, ticket_ids: Sequence[int], gate: str, now: datetime
) -> None:
    """The new tickets were let in at the main gate. Nobody knows them yet, so nothing is guarded. Raises TicketNotYetValid."""
    if now < sale.starts_at - GATES_OPEN_BEFORE:
        raise TicketNotYetValid(path=("admit",))
    at = to_micros(now)
    await tx.execute_many(INSERT_ENTRY, [(tx.new_id(), ticket_id, MAIN_GATE) for ticket_id in ticket_ids])
    admissions = [
        (tx.new_id(), ticket_id, sale.session_id, gate, f"ticket-{ticket_id}", at, at, order.placed_by_id)
        for ticket_id in ticket_ids
    ]
    await tx.execute_many(INSERT_ADMISSION, admissions)
    await tx.execute("UPDATE tickets SET status = 'ADMITTED' WHERE order_id = ?", order.id)
    tx.announce(f"session:{sale.session_id}")

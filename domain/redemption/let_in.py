"""Letting in at once whoever has just got their tickets at the gate: for redeeming there and for paying a reservation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import Role, require_role_over_organisation
from domain.redemption.eligibility import SESSION
from domain.redemption.place_order import NewOrder
from domain.redemption.sale import Sale, find_sale
from domain.redemption.standing import MAIN_GATE
from domain.redemption.ticket_status import GATES_OPEN_BEFORE
from domain.refusals import NotFound, TicketNotYetValid
from storage import Transaction
from storage.instants import to_micros


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

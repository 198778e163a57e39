"""Giving tickets back for their points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.redemption.locks import row_lock
from domain.redemption.states import OrderStatus, TicketStatus
from domain.redemption.supply import give_back_holding, give_back_stock
from domain.redemption.visibility import keeps_the_gate, sees_order
from domain.refusals import AlreadyReversed, Forbidden, NotFound, NotOpen, TicketAlreadyAdmitted
from domain.viewer_sql import for_viewer
from ledger.idempotency import Intent, claim
from ledger.posting import TransferKind
from ledger.reversal import reverse
from storage import Transaction, write
from storage.instants import from_micros, to_micros

ORDER = ("orderId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrderWish:
    """Which order, once for this key."""

    order_id: int
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order whose row is ours until the commit. `wallet_id` is None where nothing was paid."""

    id: int
    offer_id: int
    session_id: int
    resident_id: int
    status: str
    quantity: int
    transfer_id: int | None
    title: str
    refundable_until: datetime | None
    wallet_id: int | None


async def refund_order(caller: Caller, wish: RefundOrderWish, now: datetime) -> int:
    """Points, places and the resident's limit are given back, the tickets are REFUNDED: all of it, or nothing. The order's id.

    By its owner, or by the host's gate staff for somebody who stands before them. Asking again with the same key answers the
    same. Raises Unauthenticated, InvalidInput, KeyReused, NotFound, Forbidden, AlreadyReversed, NotOpen,
    TicketAlreadyAdmitted when one of its tickets was used.
    """
    viewer_id = caller.signed_in()
    intent = Intent(viewer_id, wish.idempotency_key, "refund_order", {"orderId": wish.order_id})

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.order_id, now) is None:
            order = await lock_order(tx, viewer_id, wish.order_id)
            check_refundable(order, now)
            await refund_tickets(tx, order)
            await give_back_holding(tx, order.offer_id, order.resident_id, order.quantity)
            transfer_id = await pay_back(tx, order, viewer_id, now)
            await close_order(tx, order, transfer_id, now)
            await give_back_stock(tx, order.session_id, order.quantity)
        return wish.order_id

    return await write(body)


SELECT_ORDER = f"""SELECT r.id, r.offer_id, r.session_id, r.resident_id, r.status, r.quantity, r.transfer_id, f.title,
    f.refundable_until, COALESCE(w.merged_into_id, w.id), CASE WHEN {sees_order("r")} THEN 1 ELSE 0 END,
    CASE WHEN r.resident_id = :viewer OR {keeps_the_gate("r.offer_id")} THEN 1 ELSE 0 END
    FROM ticket_orders r JOIN ticket_offers f ON f.id = r.offer_id LEFT JOIN transfers t ON t.id = r.transfer_id
    LEFT JOIN accounts w ON w.id = t.debit_id
    WHERE r.id = ?"""


async def lock_order(tx: Transaction, viewer_id: int, order_id: int) -> PlacedOrder:
    """Raises NotFound, Forbidden."""
    sql, viewers = for_viewer(SELECT_ORDER, viewer_id)
    row = await tx.fetch_one(f"{sql} {row_lock(tx.dialect, 'r')}", *viewers, order_id)
    if row is None or not row[10]:
        raise NotFound(path=ORDER)
    if not row[11]:
        raise Forbidden
    id_, offer_id, session_id, resident_id, status, quantity, transfer_id, title, until, wallet_id = row[:10]
    refundable_until = None if until is None else from_micros(until)
    return PlacedOrder(
        id_, offer_id, session_id, resident_id, status, quantity, transfer_id, title, refundable_until, wallet_id
    )


def check_refundable(order: PlacedOrder, now: datetime) -> None:
    """Raises AlreadyReversed, NotOpen."""
    if order.status == OrderStatus.REFUNDED:
        raise AlreadyReversed(reason="order_refunded", path=ORDER)
    if order.refundable_until is None:
        raise NotOpen(reason="not_refundable", path=ORDER)
    if now >= order.refundable_until:
        raise NotOpen(reason="refund_closed", path=ORDER)


FIRST_STANDING = """SELECT d.id, d.gate, d.scanned_at FROM admissions d JOIN tickets k ON k.id = d.ticket_id WHERE k.order_id = ?
    AND d.undone_at IS NULL ORDER BY d.scanned_at, d.gate, d.scan_id LIMIT 1"""


async def refund_tickets(tx: Transaction, order: PlacedOrder) -> None:
    """All of the order's tickets, or none: a gate that scans one of them waits here, or we wait for it.

    Raises TicketAlreadyAdmitted.
    """
    sql = f"SELECT status FROM tickets WHERE order_id = ? ORDER BY id {row_lock(tx.dialect)}"
    if any(row[0] != TicketStatus.VALID for row in await tx.fetch(sql, order.id)):
        first = await tx.fetch_one(FIRST_STANDING, order.id)
        assert first, "a ticket that is neither good nor refunded was let in"
        id_, gate, scanned_at = first
        raise TicketAlreadyAdmitted(
            admission_id=id_, gate=gate, scanned_at=from_micros(scanned_at), reason="tickets_used", path=ORDER
        )
    await tx.execute("UPDATE tickets SET status = 'REFUNDED' WHERE order_id = ?", order.id)


async def pay_back(tx: Transaction, order: PlacedOrder, posted_by_id: int, now: datetime) -> int | None:
    if order.transfer_id is None:
        return None
    tx.announce(f"wallet:{order.wallet_id}")
    return await reverse(tx, order.transfer_id, order.title, now, kind=TransferKind.REFUND, posted_by_id=posted_by_id)


async def close_order(tx: Transaction, order: PlacedOrder, transfer_id: int | None, now: datetime) -> None:
    sql = "UPDATE ticket_orders SET status = 'REFUNDED', refunded_at = ?, refund_transfer_id = ? WHERE id = ?"
    await tx.execute(sql, to_micros(now), transfer_id, order.id)

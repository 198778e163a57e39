"""Points go, stock goes, tickets come: the part that redeeming on the phone and redeeming at the gate share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from domain.redemption.eligibility import quantity_too_small, reasons_not_to_redeem
from domain.redemption.locks import row_lock
from domain.redemption.sale import Sale
from domain.redemption.serial import RandomBits, make_serial
from domain.redemption.states import OrderStatus, TicketStatus
from domain.redemption.supply import take_holding, take_stock
from domain.refusals import BelowMinimumBalance
from ledger.posting import NewTransfer, Source, TransferKind, post
from storage import Transaction
from storage.instants import to_micros

SOURCE = "TicketOrder"
SERIAL_ATTEMPTS = 5
SYSTEM_RANDOM_BITS: RandomBits = secrets.randbits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be placed. Its id is made first, so that the idempotency key can keep it as its answer."""

    id: int
    resident_id: int
    quantity: int
    placed_by_id: int


def check_quantity(quantity: int) -> None:
    """Raises InvalidInput. That it is too much for one resident is LimitPerResident, for the offer's limit is the most."""
    if quantity < 1:
        raise quantity_too_small()


async def place_order(
    tx: Transaction, sale: Sale, order: NewOrder, now: datetime, random_bits: RandomBits = SYSTEM_RANDOM_BITS
) -> list[int]:
    """The order is paid and its tickets are valid; their ids. Locks in the order of domain/redemption/locks.py.

    The facts are read without locks and name the first reason in its order; what can race is guarded again by the
    statement that changes it. Raises NotOpen, LimitPerResident, SoldOut, AccountNotOpen,
    BelowMinimumBalance, InsufficientPoints.
    """
    for reason in reasons_not_to_redeem(sale.facts, order.quantity, now):
        raise reason
    await take_holding(tx, sale.offer_id, order.resident_id, order.quantity, sale.facts.limit_per_resident)
    await keep_minimum_balance(tx, sale)
    transfer_id = await pay(tx, sale, order, now)
    await insert_order(tx, sale, order, transfer_id, now)
    ticket_ids = await insert_tickets(tx, sale, order, random_bits)
    await take_stock(tx, sale.session_id, order.quantity)
    return ticket_ids


async def keep_minimum_balance(tx: Transaction, sale: Sale) -> None:
    """The wallet shows the minimum now and stays locked, so that nothing is spent between the look and the tickets.

    Raises BelowMinimumBalance.
    """
    required = sale.facts.minimum_balance
    if required == 0:
        return
    sql = f"SELECT credits - debits - held FROM accounts WHERE id = ? {row_lock(tx.dialect)}"
    available = await tx.fetch_value(sql, sale.facts.account_id)
    if available < required:
        raise BelowMinimumBalance(available=available, required=required)


async def pay(tx: Transaction, sale: Sale, order: NewOrder, now: datetime) -> int | None:
    """The transfer's id, None where the tickets cost nothing. Raises InsufficientPoints."""
    if sale.price_of(order.quantity) == 0:
        return None
    transfer = payment_of(sale, order, tx.new_id(), now)
    await post(tx, [transfer], now)
    tx.announce(f"wallet:{transfer.debit.id}")
    return transfer.id


def payment_of(sale: Sale, order: NewOrder, transfer_id: int, now: datetime) -> NewTransfer:
    """The transfer that pays an order which costs something."""
    return NewTransfer(
        id=transfer_id,
        programme=sale.programme,
        kind=TransferKind.REDEEM,
        amount=sale.price_of(order.quantity),
        debit=sale.wallet,
        credit=sale.redemption,
        memo=sale.title,
        occurred_at=now,
        source=Source(SOURCE, order.id),
        posted_by_id=order.placed_by_id,
    )


INSERT_ORDER = """INSERT INTO ticket_orders (id, offer_id, session_id, resident_id, status, quantity, points_spent, transfer_id,
    created_by_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


async def insert_order(tx: Transaction, sale: Sale, order: NewOrder, transfer_id: int | None, now: datetime) -> None:
    price = sale.price_of(order.quantity)
    row = (order.id, sale.offer_id, sale.session_id, order.resident_id, OrderStatus.PAID.value, order.quantity, price,
           transfer_id, order.placed_by_id, to_micros(now))  # fmt: skip
    await tx.execute(INSERT_ORDER, *row)


TICKET = "(?, ?, ?, ?, ?, ?, ?)"
INSERT_TICKETS = """INSERT INTO tickets (id, order_id, offer_id, session_id, resident_id, serial, status) VALUES {rows}
    ON CONFLICT (serial) DO NOTHING RETURNING id"""


async def insert_tickets(tx: Transaction, sale: Sale, order: NewOrder, random_bits: RandomBits) -> list[int]:
    """The tickets' ids. Who draws a serial that is taken draws again."""
    ids: list[int] = []
    for _ in range(SERIAL_ATTEMPTS):
        missing = order.quantity - len(ids)
        parts = (order.id, sale.offer_id, sale.session_id, order.resident_id)
        values = [(tx.new_id(), *parts, make_serial(random_bits), TicketStatus.VALID.value) for _ in range(missing)]
        sql = INSERT_TICKETS.format(rows=", ".join([TICKET] * missing))
        ids += [row[0] for row in await tx.fetch(sql, *(value for row in values for value in row))]
        if len(ids) == order.quantity:
            return ids
    raise AssertionError("the source of randomness gives the same serials again and again")

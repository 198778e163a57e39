"""Points go, stock goes, tickets come: the part that redeeming on the phone and redeeming at the gate share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from domain.redemption.eligibility import (
    FACTS,
    QUANTITY,
    RedeemFacts,
    facts_of,
    quantity_too_small,
    reasons_not_to_redeem,
)
from domain.redemption.locks import row_lock
from domain.redemption.serial import RandomBits, make_serial
from domain.redemption.states import OrderStatus, TicketStatus
from domain.redemption.visibility import sees_part_of_offer
from domain.refusals import BelowMinimumBalance, LimitPerResident, SoldOut
from domain.viewer_sql import for_viewer
from ledger.accounts import AccountKind, AccountRef
from ledger.posting import NewTransfer, Source, TransferKind, post
from storage import Reader, Transaction
from storage.instants import from_micros, to_micros

SOURCE = "TicketOrder"
SERIAL_ATTEMPTS = 5
SYSTEM_RANDOM_BITS: RandomBits = secrets.randbits


@dataclass(frozen=True, slots=True)
class Sale:
    """A session with its offer, as one resident meets it. `visible`: they may know of it."""

    facts: RedeemFacts
    session_id: int
    offer_id: int
    host_id: int
    programme: str
    title: str
    starts_at: datetime
    redemption_account_id: int
    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be placed. Its id is made first, so that the idempotency key can keep it as its answer."""

    id: int
    resident_id: int
    quantity: int
    placed_by_id: int


SELECT_SALE = f"""SELECT {", ".join(FACTS.values())}, s.id, f.id, f.host_id, f.programme, f.title, s.starts_at,
    (SELECT c.id FROM accounts c WHERE c.programme = f.programme AND c.kind = 'REDEMPTION' AND c.kind <> 'WALLET'),
    CASE WHEN {sees_part_of_offer("s")} THEN 1 ELSE 0 END
    FROM offer_sessions s JOIN ticket_offers f ON f.id = s.offer_id WHERE s.id = ?""".replace("{t}", "s")


async def find_sale(reader: Reader, session_id: int, resident_id: int) -> Sale | None:
    """The session and its offer in one statement, or None."""
    sql, viewers = for_viewer(SELECT_SALE, resident_id)
    row = await reader.fetch_one(sql, *viewers, session_id)
    if row is None:
        return None
    id_, offer_id, host_id, programme, title, starts_at, redemption_id, visible = row[len(FACTS) :]
    facts = facts_of(row[: len(FACTS)])
    return Sale(facts, id_, offer_id, host_id, programme, title, from_micros(starts_at), redemption_id, bool(visible))


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
    await take_holding(tx, sale, order)
    await keep_minimum_balance(tx, sale)
    transfer_id = await pay(tx, sale, order, now)
    await insert_order(tx, sale, order, transfer_id, now)
    ticket_ids = await insert_tickets(tx, sale, order, random_bits)
    await take_stock(tx, sale, order)
    return ticket_ids


TAKE_HOLDING = """INSERT INTO offer_holdings (id, offer_id, resident_id, tickets) VALUES (?, ?, ?, ?)
    ON CONFLICT (offer_id, resident_id) DO UPDATE SET tickets = offer_holdings.tickets + excluded.tickets
    WHERE offer_holdings.tickets + excluded.tickets <= ?"""


async def take_holding(tx: Transaction, sale: Sale, order: NewOrder) -> None:
    """Raises LimitPerResident."""
    limit = sale.facts.limit_per_resident
    assert order.quantity <= limit, "the first row is guarded by the facts: an offer's limit never changes"
    if await tx.execute(TAKE_HOLDING, tx.new_id(), sale.offer_id, order.resident_id, order.quantity, limit):
        return
    used = await tx.fetch_value(
        "SELECT tickets FROM offer_holdings WHERE offer_id = ? AND resident_id = ?", sale.offer_id, order.resident_id
    )
    raise LimitPerResident(limit=limit, used=used, path=QUANTITY)


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
    price = sale.facts.cost * order.quantity
    if price == 0:
        return None
    assert sale.facts.account_id, "whoever can pay has a wallet"
    transfer = NewTransfer(
        id=tx.new_id(),
        programme=sale.programme,
        kind=TransferKind.REDEEM,
        amount=price,
        debit=AccountRef(sale.facts.account_id, AccountKind.WALLET),
        credit=AccountRef(sale.redemption_account_id, AccountKind.REDEMPTION),
        memo=sale.title,
        occurred_at=now,
        source=Source(SOURCE, order.id),
        posted_by_id=order.placed_by_id,
    )
    await post(tx, [transfer], now)
    tx.announce(f"wallet:{sale.facts.account_id}")
    return transfer.id


INSERT_ORDER = """INSERT INTO ticket_orders (id, offer_id, session_id, resident_id, status, quantity, points_spent, transfer_id,
    created_by_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


async def insert_order(tx: Transaction, sale: Sale, order: NewOrder, transfer_id: int | None, now: datetime) -> None:
    price = sale.facts.cost * order.quantity
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


async def take_stock(tx: Transaction, sale: Sale, order: NewOrder) -> None:
    """Raises SoldOut."""
    sql = "UPDATE offer_sessions SET remaining = remaining - ? WHERE id = ? AND remaining >= ?"
    if not await tx.execute(sql, order.quantity, sale.session_id, order.quantity):
        raise SoldOut(path=QUANTITY)

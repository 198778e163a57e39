"""Setting tickets aside, to be paid a little later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.redemption.eligibility import SESSION, reasons_not_to_redeem
from domain.redemption.expire_reservations import once_more_without_due
from domain.redemption.place_order import check_quantity, keep_minimum_balance
from domain.redemption.reservation import RESERVED_FOR, SOURCE
from domain.redemption.sale import Sale, find_sale
from domain.redemption.supply import take_holding, take_stock
from domain.refusals import Conflict, NotFound
from ledger.holds import NewHold, place_hold
from ledger.idempotency import Intent, claim
from ledger.posting import Source
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveTicketsWish:
    """So many tickets for one session, once for this key."""

    session_id: int
    quantity: int
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReservation:
    """A reservation to be made. It stands until `reserved_until`."""

    id: int
    resident_id: int
    quantity: int
    reserved_until: datetime


async def reserve_tickets(caller: Caller, wish: ReserveTicketsWish, now: datetime) -> int:
    """Tickets and the points they cost are set aside for the caller: all of it happened, or nothing. The reservation's id.

    It stands for 30 minutes, or until the session ends if that is sooner; sales that close meanwhile, and an offer that is
    paused, do not end it. Asking again with the same key answers the first reservation. Raises Unauthenticated, InvalidInput,
    KeyReused, NotFound, Conflict (another one for this session stands), NotOpen, LimitPerResident, SoldOut, AccountNotOpen,
    BelowMinimumBalance, InsufficientPoints.
    """
    resident_id = caller.signed_in()
    check_quantity(wish.quantity)
    asked = {"sessionId": wish.session_id, "quantity": wish.quantity}
    intent = Intent(resident_id, wish.idempotency_key, "reserve_tickets", asked)

    async def body(tx: Transaction) -> int:
        reservation_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, reservation_id, now)
        if first_answer is not None:
            return first_answer
        sale = await find_sale(tx, wish.session_id, resident_id)
        if sale is None or not sale.visible:
            raise NotFound(path=SESSION)
        new = NewReservation(
            id=reservation_id,
            resident_id=resident_id,
            quantity=wish.quantity,
            reserved_until=min(now + RESERVED_FOR, sale.facts.session_ends_at),
        )
        await set_aside(tx, sale, new, now)
        return reservation_id

    return await once_more_without_due(lambda: write(body), wish.session_id, caller.signed_in, now)


STANDING = "SELECT id FROM reservations WHERE session_id = ? AND resident_id = ? AND status = 'HELD'"


async def set_aside(tx: Transaction, sale: Sale, new: NewReservation, now: datetime) -> None:
    """Locks in the order of domain/redemption/locks.py. The facts are read without locks, as in place_order.

    Raises Conflict, NotOpen, LimitPerResident, SoldOut, AccountNotOpen, BelowMinimumBalance, InsufficientPoints.
    """
    if await tx.fetch_value(STANDING, sale.session_id, new.resident_id) is not None:
        raise Conflict(reason="reservation_stands", path=SESSION)
    for reason in reasons_not_to_redeem(sale.facts, new.quantity, now):
        raise reason
    await take_holding(tx, sale.offer_id, new.resident_id, new.quantity, sale.facts.limit_per_resident)
    await keep_minimum_balance(tx, sale)
    hold_id = await hold_points(tx, sale, new, now)
    await insert_reservation(tx, sale, new, hold_id, now)
    await take_stock(tx, sale.session_id, new.quantity)


async def hold_points(tx: Transaction, sale: Sale, new: NewReservation, now: datetime) -> int | None:
    """The hold's id, None where the tickets cost nothing. Raises AccountNotOpen, InsufficientPoints."""
    price = sale.price_of(new.quantity)
    if price == 0:
        return None
    hold = NewHold(
        id=tx.new_id(),
        programme=sale.programme,
        amount=price,
        debit=sale.wallet,
        credit=sale.redemption,
        memo=sale.title,
        expires_at=new.reserved_until,
        source=Source(SOURCE, new.id),
        placed_by_id=new.resident_id,
    )
    await place_hold(tx, hold, now)
    tx.announce(f"wallet:{hold.debit.id}")
    return hold.id


INSERT = """INSERT INTO reservations (id, offer_id, session_id, resident_id, quantity, points, hold_id, reserved_until,
    created_by_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (session_id, resident_id) WHERE status = 'HELD' DO NOTHING"""


async def insert_reservation(
    tx: Transaction, sale: Sale, new: NewReservation, hold_id: int | None, now: datetime
) -> None:
    """Raises Conflict when the resident made another one for this session at the same moment."""
    what = new.id, sale.offer_id, sale.session_id, new.resident_id, new.quantity, sale.price_of(new.quantity), hold_id
    if not await tx.execute(INSERT, *what, to_micros(new.reserved_until), new.resident_id, to_micros(now)):
        raise Conflict(reason="reservation_stands", path=SESSION)

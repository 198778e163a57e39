"""Reservations as they are kept: until when one stands, whose it is, and that it is resolved once.

A reservation takes tickets from the session's stock and from the resident's limit, and holds the points they will cost. It is
paid (an order takes its place, nothing moves twice), cancelled, or it expires (all of it is given back).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.redemption.locks import row_lock
from domain.redemption.states import ReservationStatus
from domain.redemption.supply import give_back_holding, give_back_stock
from domain.redemption.visibility import keeps_the_gate, sees_reservation
from domain.refusals import Forbidden, NotFound, Path, ReservationResolved
from domain.viewer_sql import for_viewer
from ledger.holds import expire_holds, void_hold
from storage import Transaction
from storage.instants import from_micros, to_micros

RESERVED_FOR = timedelta(minutes=30)  # the way to the gate, and the queue there
SOURCE = "Reservation"
RESERVATION = ("reservationId",)

# HELD, PAID, CANCELLED or EXPIRED, of the reservations row {t} at :now (microseconds).
STATUS_AT = "CASE WHEN {t}.status = 'HELD' AND {t}.reserved_until <= :now THEN 'EXPIRED' ELSE {t}.status END"

# What a person is told of one that is resolved.
WORDS = {
    ReservationStatus.PAID: "reservation_paid",
    ReservationStatus.CANCELLED: "reservation_cancelled",
    ReservationStatus.EXPIRED: "reservation_expired",
}

# Who may resolve the reservations row r.
ITS_RESIDENT = "r.resident_id = :viewer"
ITS_RESIDENT_OR_THE_GATE = f"({ITS_RESIDENT} OR {keeps_the_gate('r.offer_id')})"


@dataclass(frozen=True, slots=True)
class KeptReservation:
    """A reservation whose row is ours until the commit. `hold_id` and `wallet_id` are None where it costs nothing."""

    id: int
    offer_id: int
    session_id: int
    resident_id: int
    quantity: int
    hold_id: int | None
    wallet_id: int | None
    status: ReservationStatus
    reserved_until: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it stands no more, and nobody has marked it as expired yet."""
        return self.status is ReservationStatus.HELD and self.reserved_until <= now


SELECT = """SELECT r.id, r.offer_id, r.session_id, r.resident_id, r.quantity, r.hold_id, h.debit_id, r.status, r.reserved_until
    FROM reservations r LEFT JOIN holds h ON h.id = r.hold_id WHERE r.id = ?"""


async def lock_reservation(tx: Transaction, reservation_id: int) -> KeptReservation:
    """The reservation, which nobody else resolves until the end of this transaction."""
    row = await tx.fetch_one(f"{SELECT} {row_lock(tx.dialect, 'r')}", reservation_id)
    assert row, "a reservation that is named is there"
    id_, offer_id, session_id, resident_id, quantity, hold_id, wallet_id, status, until = row
    status, until = ReservationStatus(status), from_micros(until)
    return KeptReservation(id_, offer_id, session_id, resident_id, quantity, hold_id, wallet_id, status, until)


async def lock_standing(tx: Transaction, reservation_id: int, now: datetime, path: Path) -> KeptReservation:
    """The same, while it stands. Raises ReservationResolved, also for one whose deadline is over."""
    reservation = await lock_reservation(tx, reservation_id)
    status = ReservationStatus.EXPIRED if reservation.is_due(now) else reservation.status
    if status is not ReservationStatus.HELD:
        raise ReservationResolved(reason=WORDS[status], path=path)
    return reservation


async def require_reservation(tx: Transaction, viewer_id: int, reservation_id: int, may: str) -> None:
    """Raises NotFound, and Forbidden unless `may`, SQL over the row r, holds."""
    sql, viewers = for_viewer(
        f"""SELECT CASE WHEN {sees_reservation("r")} THEN 1 ELSE 0 END, CASE WHEN {may} THEN 1 ELSE 0 END
            FROM reservations r WHERE r.id = ?""",
        viewer_id,
    )
    row = await tx.fetch_one(sql, *viewers, reservation_id)
    if row is None or not row[0]:
        raise NotFound(path=RESERVATION)
    if not row[1]:
        raise Forbidden


MARK = "UPDATE reservations SET status = ?, order_id = ?, resolved_at = ?, resolved_by_id = ? WHERE id = ?"


async def mark_paid(tx: Transaction, reservation: KeptReservation, order_id: int, payer_id: int, now: datetime) -> None:
    """An order took its place. Its hold is posted by whoever calls."""
    await tx.execute(MARK, ReservationStatus.PAID.value, order_id, to_micros(now), payer_id, reservation.id)


async def cancel(tx: Transaction, reservation: KeptReservation, canceller_id: int, now: datetime) -> None:
    """It stands no more; tickets and points are given back."""
    await tx.execute(MARK, ReservationStatus.CANCELLED.value, None, to_micros(now), canceller_id, reservation.id)
    await give_back_holding(tx, reservation.offer_id, reservation.resident_id, reservation.quantity)
    if reservation.hold_id is not None:
        await void_hold(tx, reservation.hold_id, now, canceller_id)
        tx.announce(f"wallet:{reservation.wallet_id}")
    await give_back_stock(tx, reservation.session_id, reservation.quantity)


async def expire(tx: Transaction, reservation: KeptReservation, now: datetime) -> None:
    """Its deadline is over; tickets and points are given back."""
    await tx.execute(MARK, ReservationStatus.EXPIRED.value, None, to_micros(now), None, reservation.id)
    await give_back_holding(tx, reservation.offer_id, reservation.resident_id, reservation.quantity)
    if reservation.hold_id is not None:
        await expire_holds(tx, [reservation.hold_id], now)
        tx.announce(f"wallet:{reservation.wallet_id}")
    await give_back_stock(tx, reservation.session_id, reservation.quantity)

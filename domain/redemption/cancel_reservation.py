"""Giving up what was reserved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.redemption.reservation import (
    ITS_RESIDENT_OR_THE_GATE,
    RESERVATION,
    cancel,
    lock_standing,
    require_reservation,
)
from ledger.idempotency import Intent, claim
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReservationWish:
    """Which reservation, once for this key."""

    reservation_id: int
    idempotency_key: str


async def cancel_reservation(caller: Caller, wish: CancelReservationWish, now: datetime) -> int:
    """Tickets, points and the resident's limit are free again: all of it, or nothing. The reservation's id.

    By its resident, or by the host's gate staff. Asking again with the same key answers the same. Raises Unauthenticated,
    InvalidInput, KeyReused, NotFound, Forbidden, ReservationResolved.
    """
    viewer_id = caller.signed_in()
    asked = {"reservationId": wish.reservation_id}
    intent = Intent(viewer_id, wish.idempotency_key, "cancel_reservation", asked)

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.reservation_id, now) is None:
            await require_reservation(tx, viewer_id, wish.reservation_id, ITS_RESIDENT_OR_THE_GATE)
            reservation = await lock_standing(tx, wish.reservation_id, now, RESERVATION)
            await cancel(tx, reservation, viewer_id, now)
        return wish.reservation_id

    return await write(body)

"""Reservations whose deadline is over: what they kept is given back. Now and then all of them, and at once where it is wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from domain.redemption.reservation import expire, lock_reservation
from domain.refusals import BelowMinimumBalance, Conflict, InsufficientPoints, LimitPerResident, SoldOut
from storage import Transaction, fetch, write
from storage.instants import to_micros

T = TypeVar("T")

BATCH = 100
DUE = "SELECT id FROM reservations WHERE status = 'HELD' AND reserved_until <= ?"
FIRST = f"ORDER BY reserved_until, id LIMIT {BATCH}"

# What a due reservation may be the cause of: it keeps tickets, counts against a limit, holds points, and stands in the way of
# another one for the same session.
MENDED_BY_EXPIRY = (LimitPerResident, SoldOut, BelowMinimumBalance, InsufficientPoints, Conflict)


async def expire_reservations(now: datetime) -> int:
    """Every reservation that was due at `now` is EXPIRED; how many this call marked. Asking again marks none.

    Each is a transaction of its own, so that nobody waits long, and servers that do so at once do not get in each other's way.
    """
    expired = 0
    while due := await fetch(f"{DUE} {FIRST}", to_micros(now)):
        expired += await expire_each([row[0] for row in due], now)
        if len(due) < BATCH:
            break
    return expired


async def once_more_without_due(
    act: Callable[[], Awaitable[T]], session_id: int, resident_id: Callable[[], int], now: datetime
) -> T:
    """What the act answers. Where it is refused for want of what due reservations of that session or resident keep, those
    expire first and it is tried once more: nobody waits for the next round, and an act that succeeds asks nothing more.
    """
    try:
        return await act()
    except MENDED_BY_EXPIRY:
        sql = f"{DUE} AND (session_id = ? OR resident_id = ?) {FIRST}"
        due = await fetch(sql, to_micros(now), session_id, resident_id())
        if not due:
            raise
    await expire_each([row[0] for row in due], now)
    return await act()


async def expire_due_of(resident_id: int, now: datetime) -> int:
    """What of a resident's reservations was due at `now` is EXPIRED; how many this call marked."""
    due = await fetch(f"{DUE} AND resident_id = ? {FIRST}", to_micros(now), resident_id)
    return await expire_each([row[0] for row in due], now)


async def expire_each(reservation_ids: Sequence[int], now: datetime) -> int:
    """How many of them nobody else had resolved by then."""
    return sum([await expire_one(reservation_id, now) for reservation_id in reservation_ids])


async def expire_one(reservation_id: int, now: datetime) -> bool:
    async def body(tx: Transaction) -> bool:
        reservation = await lock_reservation(tx, reservation_id)
        if not reservation.is_due(now):
            return False
        await expire(tx, reservation, now)
        return True

    return await write(body)

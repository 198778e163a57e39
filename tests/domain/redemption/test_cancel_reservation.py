"""Giving up what was reserved: all of it comes back, once."""

from __future__ import annotations

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.cancel_reservation import CancelReservationWish, cancel_reservation
from domain.refusals import Forbidden, NotFound, Refusal, ReservationResolved, Unauthenticated
from storage import current_database, fetch, read, write
from tests.builders.people import a_caller, an_auditor, organiser_of
from tests.builders.redemption import a_reservation, an_offer, cancelled, paid, staff_of
from tests.clock import NOW, later
from tests.domain.redemption.sums import balance_of, broken_sums, held_of, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")


async def test_points_places_and_limit_are_free_again() -> None:
    offer, caller = await an_offer(cost=10, stock=2), await a_caller(points=20)
    await cancelled(caller, await a_reservation(offer, caller, 2))
    assert (await balance_of(caller), await held_of(caller)) == (20, 0)
    assert (await remaining_of(offer), await holding_of(offer, caller)) == (2, 0)
    await a_reservation(offer, caller, 2)
    assert await broken_sums() == []
    assert await read(audit_everything) == []


async def test_gate_staff_cancel_for_somebody_else() -> None:
    offer = await an_offer(minimum_balance=1)
    staff, reservation_id = await staff_of(offer), await a_reservation(offer, await a_caller(points=1))
    await cancelled(staff, reservation_id)
    rows = await fetch("SELECT status, resolved_by_id FROM reservations WHERE id = ?", reservation_id)
    assert tuple(rows[0]) == ("CANCELLED", staff.resident_id)
    assert await read(audit_everything) == []


async def test_also_from_a_frozen_wallet() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=1)
    reservation_id = await a_reservation(offer, caller)
    await write(lambda tx: tx.execute("UPDATE accounts SET status = 'FROZEN' WHERE holder_id = ?", caller.resident_id))
    await cancelled(caller, reservation_id)
    assert await held_of(caller) == 0


async def test_a_retry_changes_nothing_and_answers_the_same() -> None:
    offer, caller = await an_offer(stock=1), await a_caller()
    wish = CancelReservationWish(reservation_id=await a_reservation(offer, caller), idempotency_key="give up")
    first = await cancel_reservation(caller, wish, NOW)
    assert await cancel_reservation(caller, wish, later(days=1)) == first
    assert await remaining_of(offer) == 1


async def test_what_is_resolved_is_not_cancelled() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=2)
    first = await a_reservation(offer, caller)
    await paid(caller, first)
    second = await a_reservation(offer, caller)
    for reservation_id, now, reason in (
        (first, NOW, "reservation_paid"),
        (second, later(minutes=30), "reservation_expired"),
    ):
        with pytest.raises(ReservationResolved) as refused:
            await cancelled(caller, reservation_id, now)
        assert (refused.value.reason, refused.value.path) == (reason, ("reservationId",))


async def test_whose_it_is_not_does_not_cancel_it() -> None:
    offer = await an_offer()
    reservation_id = await a_reservation(offer)
    table: list[tuple[type[Refusal], Caller]] = [
        (Unauthenticated, ANONYMOUS),
        (NotFound, await a_caller()),
        (NotFound, await organiser_of(offer.host_id)),
        (Forbidden, await an_auditor()),
    ]
    for refusal, caller in table:
        with pytest.raises(refusal):
            await cancelled(caller, reservation_id)


async def test_who_watches_the_wallet_is_told() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=1)
    reservation_id = await a_reservation(offer, caller)
    ((wallet_id,),) = await fetch("SELECT id FROM accounts WHERE holder_id = ?", caller.resident_id)
    async with current_database().changes.subscribe(f"wallet:{wallet_id}") as changed:
        await cancelled(caller, reservation_id)
        assert changed.is_set()

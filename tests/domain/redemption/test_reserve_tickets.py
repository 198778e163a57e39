"""Tickets set aside: taken from stock, limit and points at once, and not paid yet."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS, Caller
from domain.redemption import expire_reservations
from domain.redemption.offer_status import pause_ticket_offer
from domain.redemption.reserve_tickets import ReserveTicketsWish, reserve_tickets
from domain.refusals import (
    AccountNotOpen,
    BelowMinimumBalance,
    Conflict,
    InsufficientPoints,
    InvalidInput,
    KeyReused,
    LimitPerResident,
    NotFound,
    NotOpen,
    Refusal,
    SoldOut,
    Unauthenticated,
)
from storage import current_database, fetch, read, write
from storage.instants import from_micros
from tests.builders.keys import a_key
from tests.builders.people import a_caller, organiser_of
from tests.builders.redemption import (
    ENDS,
    Offer,
    a_reservation,
    a_reservation_wish,
    an_offer,
    an_order,
)
from tests.clock import NOW, later
from tests.domain.redemption.sums import balance_of, broken_sums, held_of, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")


async def deadline_of(reservation_id: int) -> datetime:
    rows = await fetch("SELECT reserved_until FROM reservations WHERE id = ?", reservation_id)
    return from_micros(rows[0][0])


async def test_points_places_and_limit_are_set_aside_and_nothing_is_spent() -> None:
    offer, caller = await an_offer(cost=10, stock=5), await a_caller(points=25)
    await a_reservation(offer, caller, 2)
    assert (await balance_of(caller), await held_of(caller)) == (25, 20)
    assert (await remaining_of(offer), await holding_of(offer, caller)) == (3, 2)
    assert await fetch("SELECT id FROM ticket_orders") == await fetch("SELECT id FROM tickets") == []
    assert await broken_sums() == []
    assert await read(audit_everything) == []


async def test_what_costs_nothing_is_reserved_without_a_hold() -> None:
    offer, caller = await an_offer(minimum_balance=5), await a_caller(points=5)
    await a_reservation(offer, caller)
    assert await fetch("SELECT id FROM holds") == []
    assert (await held_of(caller), await remaining_of(offer)) == (0, 99)
    assert await read(audit_everything) == []


async def test_it_stands_for_half_an_hour_or_until_the_session_ends() -> None:
    offer = await an_offer(sales_close_at=later(minutes=5))
    assert await deadline_of(await a_reservation(offer)) == later(minutes=30), "sales may close meanwhile"
    ending = await an_offer(ends_at=later(hours=2), sales_close_at=later(hours=2))
    reservation_id = await a_reservation(ending, now=later(hours=1, minutes=50))
    assert await deadline_of(reservation_id) == later(hours=2)


async def test_one_key_sent_16_times_at_once_reserves_once() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=100)
    wish = a_reservation_wish(offer, 2)
    assert len(set(await asyncio.gather(*(reserve_tickets(caller, wish, NOW) for _ in range(16))))) == 1
    assert (await held_of(caller), await remaining_of(offer)) == (20, 98)


async def test_a_retry_after_its_deadline_answers_the_first_reservation() -> None:
    offer, caller = await an_offer(), await a_caller()
    wish = a_reservation_wish(offer)
    first = await reserve_tickets(caller, wish, NOW)
    assert await reserve_tickets(caller, wish, later(days=3)) == first


async def test_what_is_reserved_cannot_be_redeemed_by_somebody_else_nor_spent_on_something_else() -> None:
    offer, other, caller = await an_offer(cost=10, stock=2), await an_offer(cost=10), await a_caller(points=25)
    await a_reservation(offer, caller, 2)
    with pytest.raises(SoldOut):
        await an_order(offer, await a_caller(points=10))
    with pytest.raises(InsufficientPoints) as refused:
        await an_order(other, caller)
    assert (refused.value.available, refused.value.required) == (5, 10)


async def test_one_reservation_at_a_time_for_a_session() -> None:
    offer, caller = await an_offer(limit_per_resident=5), await a_caller()
    await a_reservation(offer, caller)
    with pytest.raises(Conflict) as refused:
        await a_reservation(offer, caller)
    assert (refused.value.reason, refused.value.path) == ("reservation_stands", ("sessionId",))
    await an_order(offer, caller)
    assert await holding_of(offer, caller) == 2


async def test_who_watches_the_wallet_is_told() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=1)
    ((wallet_id,),) = await fetch("SELECT id FROM accounts WHERE holder_id = ?", caller.resident_id)
    async with current_database().changes.subscribe(f"wallet:{wallet_id}") as changed:
        await a_reservation(offer, caller)
        assert changed.is_set()


async def outcome(caller: Caller, wish: ReserveTicketsWish) -> tuple[type[Refusal], tuple[str, ...] | None]:
    with pytest.raises(Refusal) as refused:
        await reserve_tickets(caller, wish, NOW)
    return type(refused.value), refused.value.path


async def test_every_refusal_in_order_of_precedence() -> None:
    poor, offer = await a_caller(points=5), await an_offer(cost=10)
    draft, gone = await an_offer(publish=False), await an_offer(stock=1, cost=10)
    await an_order(gone, await a_caller(points=10))
    paused = await an_offer(cost=10, stock=1)
    await an_order(paused, await a_caller(points=10))
    await pause_ticket_offer(await organiser_of(paused.host_id), paused.id)
    reserved = a_reservation_wish(await an_offer(), key="used")
    await reserve_tickets(poor, reserved, NOW)
    frozen = await a_caller(points=5)
    await write(lambda tx: tx.execute("UPDATE accounts SET status = 'FROZEN' WHERE holder_id = ?", frozen.resident_id))

    def wish(of: Offer, quantity: int = 1, key: str | None = None) -> ReserveTicketsWish:
        return ReserveTicketsWish(session_id=of.session_id, quantity=quantity, idempotency_key=key or a_key())

    table: list[tuple[type[Refusal], tuple[str, ...] | None, Caller, ReserveTicketsWish]] = [
        (Unauthenticated, None, ANONYMOUS, wish(draft, 0)),
        (InvalidInput, ("quantity",), poor, wish(draft, 0, "used")),
        (InvalidInput, ("idempotencyKey",), poor, wish(draft, 1, " ")),
        (KeyReused, ("idempotencyKey",), poor, wish(draft, 1, "used")),
        (NotFound, ("sessionId",), poor, wish(draft)),
        (Conflict, ("sessionId",), poor, ReserveTicketsWish(session_id=reserved.session_id, quantity=9, idempotency_key="x")),
        (NotOpen, ("sessionId",), poor, wish(paused, 9)),
        (LimitPerResident, ("quantity",), poor, wish(gone, 9)),
        (SoldOut, ("quantity",), poor, wish(gone)),
        (AccountNotOpen, None, frozen, wish(offer)),
        (BelowMinimumBalance, None, poor, wish(await an_offer(minimum_balance=6, cost=10))),
        (InsufficientPoints, None, poor, wish(offer)),
    ]  # fmt: skip
    for refusal, path, caller, asked in table:
        assert await outcome(caller, asked) == (refusal, path)


async def test_thirty_two_people_reserve_ten_places_at_once() -> None:
    offer = await an_offer(cost=3, stock=10)
    callers = [await a_caller(points=3) for _ in range(32)]
    came = await asyncio.gather(*(a_reservation(offer, caller) for caller in callers), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in came) == ["SoldOut"] * 22 + ["int"] * 10
    assert await remaining_of(offer) == 0
    assert sum([await held_of(caller) for caller in callers]) == 30
    assert await broken_sums() == []
    assert await read(audit_everything) == []


async def test_one_person_on_many_devices_reserves_once() -> None:
    offer, caller = await an_offer(cost=3, limit_per_resident=9), await a_caller(points=27)
    came = await asyncio.gather(*(a_reservation(offer, caller) for _ in range(9)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in came) == ["Conflict"] * 8 + ["int"]
    assert (await held_of(caller), await holding_of(offer, caller)) == (3, 1)
    assert await read(audit_everything) == []


async def test_an_act_that_succeeds_looks_for_no_due_reservations(monkeypatch: pytest.MonkeyPatch) -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=2)
    monkeypatch.delattr(expire_reservations, "fetch")
    await a_reservation(offer, caller)
    await an_order(offer, caller)


async def test_sales_that_are_over_reserve_nothing() -> None:
    for now in (ENDS, later(days=1)):
        with pytest.raises(NotOpen):
            await a_reservation(await an_offer(), now=now)

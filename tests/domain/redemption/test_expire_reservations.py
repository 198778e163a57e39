"""From its deadline on a reservation gives everything back: by the round that looks after them, or at once where it is wanted."""

from __future__ import annotations

import asyncio
import sqlite3

import asyncpg
import pytest

from domain.audit import audit_everything
from domain.people.member_code import make_member_code
from domain.redemption import expire_reservations as module
from domain.redemption.expire_reservations import expire_reservations
from domain.redemption.redeem_at_gate import RedeemAtGateWish, redeem_at_gate
from domain.redemption.redeem_tickets import redeem_tickets
from domain.redemption.reserve_tickets import reserve_tickets
from domain.refusals import SoldOut
from storage import current_database, fetch, read, write
from tests.builders.keys import a_key
from tests.builders.people import a_caller
from tests.builders.redemption import (
    a_redemption,
    a_reservation,
    a_reservation_wish,
    an_offer,
    cancelled,
    paid,
    staff_of,
)
from tests.clock import later
from tests.domain.redemption.sums import balance_of, broken_sums, held_of, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")

DEADLINE = later(minutes=30)


async def statuses() -> list[str]:
    return [row[0] for row in await fetch("SELECT status FROM reservations ORDER BY id")]


async def clean() -> None:
    assert await broken_sums() == []
    assert await read(audit_everything) == []


async def test_everything_is_given_back_from_the_deadline_on() -> None:
    offer, caller = await an_offer(cost=10, stock=2), await a_caller(points=20)
    await a_reservation(offer, caller, 2)
    assert await expire_reservations(later(minutes=30, microseconds=-1)) == 0
    assert await expire_reservations(DEADLINE) == 1
    assert await expire_reservations(DEADLINE) == 0
    assert (await balance_of(caller), await held_of(caller)) == (20, 0)
    assert (await remaining_of(offer), await holding_of(offer, caller), await statuses()) == (2, 0, ["EXPIRED"])
    await clean()


async def test_what_was_paid_or_cancelled_stays_so() -> None:
    offer, caller, other = await an_offer(cost=1), await a_caller(points=1), await a_caller(points=1)
    await paid(caller, await a_reservation(offer, caller))
    await cancelled(other, await a_reservation(offer, other))
    assert await expire_reservations(later(days=9)) == 0
    assert await statuses() == ["PAID", "CANCELLED"]


async def test_more_than_a_batch_are_all_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    monkeypatch.setattr(module, "FIRST", "ORDER BY reserved_until, id LIMIT 3")
    offer = await an_offer(minimum_balance=1)
    for _ in range(7):
        await a_reservation(offer, await a_caller(points=1))
    assert await expire_reservations(DEADLINE) == 7
    await clean()


async def test_two_servers_at_once_give_back_once() -> None:
    offer = await an_offer(cost=1)
    for _ in range(8):
        await a_reservation(offer, await a_caller(points=1))
    assert sum(await asyncio.gather(*(expire_reservations(DEADLINE) for _ in range(4)))) == 8
    assert await remaining_of(offer) == 100
    await clean()


async def test_who_watches_the_wallet_is_told() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=1)
    await a_reservation(offer, caller)
    ((wallet_id,),) = await fetch("SELECT id FROM accounts WHERE holder_id = ?", caller.resident_id)
    async with current_database().changes.subscribe(f"wallet:{wallet_id}") as changed:
        await expire_reservations(DEADLINE)
        assert changed.is_set()


async def test_nobody_waits_for_the_round_when_the_last_tickets_are_due() -> None:
    offer = await an_offer(stock=2)
    await a_reservation(offer)
    await a_reservation(offer)
    with pytest.raises(SoldOut):
        await redeem_tickets(await a_caller(), a_redemption(offer), later(minutes=29))
    await redeem_tickets(await a_caller(), a_redemption(offer), DEADLINE)
    await reserve_tickets(await a_caller(), a_reservation_wish(offer), DEADLINE)
    assert await remaining_of(offer) == 0
    await clean()


async def test_nor_when_the_limit_or_the_points_are_their_own_due_ones() -> None:
    offer, other, caller = await an_offer(limit_per_resident=1), await an_offer(cost=5), await a_caller(points=5)
    await a_reservation(offer, caller)
    await redeem_tickets(caller, a_redemption(offer), DEADLINE)
    await a_reservation(other, caller)
    third = await an_offer(cost=5, minimum_balance=5)
    await redeem_tickets(caller, a_redemption(third), DEADLINE)
    assert await statuses() == ["EXPIRED", "EXPIRED"]
    await clean()


async def test_nor_whoever_reserves_the_same_anew() -> None:
    offer, caller = await an_offer(cost=5), await a_caller(points=20)
    await a_reservation(offer, caller)
    await reserve_tickets(caller, a_reservation_wish(offer), DEADLINE)
    assert (await statuses(), await held_of(caller)) == (["EXPIRED", "HELD"], 5)


async def test_nor_at_the_gate() -> None:
    offer, resident = await an_offer(cost=5, stock=1), await a_caller(points=5)
    await a_reservation(offer, resident)
    wish = RedeemAtGateWish(
        member_code=make_member_code(resident.signed_in(), DEADLINE).token,
        session_id=offer.session_id,
        quantity=1,
        gate="东门",
        idempotency_key=a_key(),
    )
    await redeem_at_gate(await staff_of(offer), wish, DEADLINE)
    assert (await balance_of(resident), await remaining_of(offer)) == (0, 0)
    await clean()


async def test_due_ones_of_others_elsewhere_are_left_to_the_round() -> None:
    offer, elsewhere = await an_offer(stock=1), await an_offer()
    await a_reservation(elsewhere)
    await redeem_tickets(await a_caller(), a_redemption(offer), DEADLINE)
    with pytest.raises(SoldOut):
        await redeem_tickets(await a_caller(), a_redemption(offer), DEADLINE)
    assert await statuses() == ["HELD"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reservations SET status = 'HELD', resolved_at = NULL",
        "UPDATE reservations SET status = 'CANCELLED'",
        "DELETE FROM reservations",
    ],
)
async def test_the_database_refuses_to_resolve_one_twice(statement: str) -> None:
    await a_reservation(await an_offer())
    await expire_reservations(DEADLINE)
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute(statement))


@pytest.mark.parametrize("change", ["quantity = 2", "reserved_until = reserved_until + 1"])
async def test_the_database_refuses_to_change_what_was_reserved(change: str) -> None:
    await a_reservation(await an_offer())
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute(f"UPDATE reservations SET {change}"))

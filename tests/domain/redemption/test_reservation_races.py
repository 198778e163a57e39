"""Everything at once on the same reservation: it is resolved once, and all sums agree."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.people.member_code import make_member_code
from domain.redemption.expire_reservations import expire_reservations
from domain.redemption.pay_reservation import ByMemberCode, PayReservationWish, pay_reservation
from domain.refusals import Refusal
from storage import fetch, read
from tests.builders.keys import a_key
from tests.builders.people import a_caller
from tests.builders.redemption import (
    Offer,
    a_reservation,
    an_offer,
    an_order,
    cancelled,
    paid,
    staff_of,
)
from tests.clock import NOW, later
from tests.domain.redemption.sums import balance_of, broken_sums, held_of, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")

LAST, DEADLINE = later(minutes=29), later(minutes=30)


async def outcomes(calls: Iterable[Coroutine[Any, Any, object]]) -> Counter[str]:
    """How often each thing happened: 'done', or the code of a refusal. Anything else that is raised is a bug."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return Counter(answer.code if isinstance(answer, Refusal) else "done" for answer in answers)


def pay_at_gate(staff: Caller, offer: Offer, resident: Caller) -> Coroutine[Any, Any, int]:
    code = ByMemberCode(make_member_code(resident.signed_in(), LAST).token)
    wish = PayReservationWish(session_id=offer.session_id, reservation=code, gate="东门", idempotency_key=a_key())
    return pay_reservation(staff, wish, LAST)


async def clean() -> None:
    assert await broken_sums() == []
    assert await read(audit_everything) == []


async def test_a_reservation_is_resolved_once_whatever_is_tried_at_once() -> None:
    """Paid on the phone and at the gate, cancelled by both, expired by two servers whose clocks are ahead."""
    offer, resident = await an_offer(cost=5, stock=4), await a_caller(points=10)
    staff, reservation_id = await staff_of(offer), await a_reservation(offer, resident, 2)
    tries = [
        *(paid(resident, reservation_id, LAST) for _ in range(3)),
        *(pay_at_gate(staff, offer, resident) for _ in range(3)),
        *(cancelled(caller, reservation_id, LAST) for caller in (resident, staff, resident, staff)),
    ]
    mixed = [tries[index] for index in (6, 0, 3, 7, 1, 4, 8, 2, 5, 9)]
    counted = await outcomes([*mixed[:4], expire_reservations(DEADLINE), *mixed[4:], expire_reservations(DEADLINE)])
    ((status,),) = await fetch("SELECT status FROM reservations")
    assert counted == {"done": 2 + (status != "EXPIRED"), "ALREADY_RESOLVED": 9 + (status == "EXPIRED")}
    spent, taken = (10, 2) if status == "PAID" else (0, 0)
    assert (await balance_of(resident), await held_of(resident)) == (10 - spent, 0)
    assert (await remaining_of(offer), await holding_of(offer, resident)) == (4 - taken, taken)
    assert len(await fetch("SELECT id FROM tickets")) == taken
    await clean()


async def test_many_people_do_everything_at_once_and_nothing_is_lost() -> None:
    """Few places, few points, and acts that take the same rows in different orders: they would deadlock here."""
    offers = [await an_offer(cost=1, stock=7, limit_per_resident=3) for _ in range(2)]
    callers = [await a_caller(points=4) for _ in range(8)]
    reserved = [
        (caller, await a_reservation(offer, caller)) for caller in callers[:6] for offer in offers
    ]  # fmt: skip
    tries: list[Coroutine[Any, Any, object]] = []
    for turn, (caller, reservation_id) in enumerate(reserved):
        tries += [paid(caller, reservation_id, LAST)] if turn % 3 else [cancelled(caller, reservation_id, LAST)]
        tries += [
            an_order(offers[turn % 2], callers[turn % 8]),
            a_reservation(offers[1 - turn % 2], callers[-turn % 8]),
        ]
        tries += [expire_reservations(DEADLINE)] if turn % 4 == 0 else []
    counted = await outcomes(tries)
    known = {"done", "SOLD_OUT", "LIMIT_PER_RESIDENT", "INSUFFICIENT_POINTS", "CONFLICT", "ALREADY_RESOLVED"}
    assert set(counted) <= known
    assert counted["done"] >= 3
    await clean()
    await expire_reservations(DEADLINE)
    assert sum([await held_of(caller) for caller in callers]) == 0
    await clean()


async def test_the_last_place_goes_to_one_of_those_who_reserve_and_redeem() -> None:
    offer = await an_offer(cost=1, stock=3)
    callers = [await a_caller(points=1) for _ in range(16)]
    acts = [
        a_reservation(offer, caller) if turn % 2 else an_order(offer, caller) for turn, caller in enumerate(callers)
    ]
    assert await outcomes(acts) == {"done": 3, "SOLD_OUT": 13}
    assert await remaining_of(offer) == 0
    await clean()


async def test_of_a_due_place_that_many_want_nobody_gets_two() -> None:
    offer = await an_offer(cost=1, stock=2)
    for _ in range(2):
        await a_reservation(offer, await a_caller(points=1))
    callers = [await a_caller(points=1) for _ in range(8)]
    counted = await outcomes(a_reservation(offer, caller, now=DEADLINE) for caller in callers)
    assert counted == {"done": 2, "SOLD_OUT": 6}
    await clean()


async def test_cancelled_callers_leave_whole_reservations_or_none() -> None:
    offer = await an_offer(cost=1, stock=20)
    callers = [await a_caller(points=1) for _ in range(20)]
    tasks = [asyncio.ensure_future(a_reservation(offer, caller, now=NOW)) for caller in callers]
    for turn, task in enumerate(tasks):
        await asyncio.sleep(0)
        if turn % 3 == 0:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await an_order(await an_offer())
    await clean()

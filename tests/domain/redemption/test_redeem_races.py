"""Many at once: nothing is oversold, overspent or given twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.redemption.redeem_tickets import redeem_tickets
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.refusals import Refusal
from storage import fetch
from tests.builders.keys import a_key
from tests.builders.people import a_caller
from tests.builders.redemption import Offer, a_redemption, an_offer, an_order
from tests.clock import NOW
from tests.domain.redemption.sums import balance_of, broken_sums, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")


async def outcomes(calls: Iterable[Coroutine[Any, Any, object]]) -> Counter[str]:
    """How often each thing happened: 'done', or the code of a refusal. Anything else that is raised is a bug."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return Counter(answer.code if isinstance(answer, Refusal) else "done" for answer in answers)


def redeem(caller: Caller, offer: Offer, quantity: int = 1) -> Coroutine[Any, Any, int]:
    return redeem_tickets(caller, a_redemption(offer, quantity), NOW)


async def test_one_key_sent_32_times_at_once_makes_one_order_and_32_equal_answers() -> None:
    offer, caller = await an_offer(cost=10, limit_per_resident=100), await a_caller(points=1000)
    wish = a_redemption(offer, quantity=2)
    answers = await asyncio.gather(*(redeem_tickets(caller, wish, NOW) for _ in range(32)))
    assert len(set(answers)) == 1
    assert len(await fetch("SELECT id FROM ticket_orders")) == 1
    assert await balance_of(caller) == 980
    assert await broken_sums() == []


async def test_sixty_people_race_for_twenty_tickets() -> None:
    offer = await an_offer(stock=20)
    callers = [await a_caller() for _ in range(60)]
    assert await outcomes(redeem(caller, offer) for caller in callers) == {"done": 20, "SOLD_OUT": 40}
    assert await remaining_of(offer) == 0
    assert await broken_sums() == []


async def test_one_person_on_many_devices_keeps_the_limit() -> None:
    offer, caller = await an_offer(limit_per_resident=3), await a_caller()
    assert await outcomes(redeem(caller, offer) for _ in range(20)) == {"done": 3, "LIMIT_PER_RESIDENT": 17}
    assert await holding_of(offer, caller) == 3
    assert await broken_sums() == []


async def test_one_wallet_is_never_spent_twice() -> None:
    caller = await a_caller(points=55)
    offers = [await an_offer(cost=10, limit_per_resident=20) for _ in range(2)]
    counted = await outcomes(redeem(caller, offer) for _ in range(8) for offer in offers)
    assert counted == {"done": 5, "INSUFFICIENT_POINTS": 11}
    assert await balance_of(caller) == 5
    assert await broken_sums() == []


async def test_a_minimum_balance_is_not_passed_by_spending_it_at_the_same_time() -> None:
    """Each redemption costs 10 and asks to see 50: of 80 points only four can have been shown 50 or more.

    The offers are ten, so that only the wallet can make them wait for each other.
    """
    caller = await a_caller(points=80)
    offers = [await an_offer(cost=10, minimum_balance=50) for _ in range(10)]
    assert await outcomes(redeem(caller, offer) for offer in offers) == {"done": 4, "BELOW_MINIMUM_BALANCE": 6}
    assert await balance_of(caller) == 40


async def test_redeeming_and_refunding_crosswise_ends_with_sums_that_agree() -> None:
    """Acts that take the same rows in different orders would deadlock here."""
    offers = [await an_offer(cost=1, stock=30, limit_per_resident=30) for _ in range(2)]
    callers = [await a_caller(points=20) for _ in range(3)]
    orders = [(caller, await an_order(offer, caller, 2)) for caller in callers for offer in offers for _ in range(2)]
    refunds = [
        refund_order(caller, RefundOrderWish(order_id=order_id, idempotency_key=a_key()), NOW)
        for caller, order_id in orders
        for _ in range(2)
    ]
    redemptions = [redeem(caller, offer, 3) for caller in callers for offer in reversed(offers) for _ in range(3)]
    mixed = [call for pair in zip(refunds, redemptions, strict=False) for call in pair] + refunds[len(redemptions) :]
    counted = await outcomes(mixed)
    assert counted["ALREADY_REVERSED"] == len(orders)
    assert await broken_sums() == []


async def test_cancelled_callers_leave_whole_orders_or_none() -> None:
    offer = await an_offer(cost=1, stock=40)
    callers = [await a_caller(points=2) for _ in range(40)]
    tasks = [asyncio.ensure_future(redeem(caller, offer)) for caller in callers]
    for turn, task in enumerate(tasks):
        await asyncio.sleep(0)
        if turn % 3 == 0:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await an_order(await an_offer())
    assert await broken_sums() == []

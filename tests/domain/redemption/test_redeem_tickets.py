"""What redeeming does, and every reason not to, in the order of precedence."""

from __future__ import annotations

import dataclasses

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.offer_status import close_ticket_offer, pause_ticket_offer
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.refusals import (
    BelowMinimumBalance,
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
from storage import Transaction, current_database, fetch, write
from tests.builders.people import a_caller, organiser_of
from tests.builders.redemption import a_redemption, an_offer, an_order, staff_of, tickets_of
from tests.clock import NOW, later
from tests.domain.redemption.read_aloud import is_serial
from tests.domain.redemption.sums import balance_of, broken_sums, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, wish: RedeemTicketsWish) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await redeem_tickets(caller, wish, NOW)
    return caught.value


async def test_points_go_stock_goes_tickets_come() -> None:
    offer, caller = await an_offer(cost=30, stock=10), await a_caller(points=100)
    order_id = await redeem_tickets(caller, a_redemption(offer, quantity=2), NOW)
    order = await fetch("SELECT status, quantity, points_spent, resident_id FROM ticket_orders WHERE id = ?", order_id)
    assert [tuple(row) for row in order] == [("PAID", 2, 60, caller.resident_id)]
    assert await balance_of(caller) == 40
    assert await remaining_of(offer) == 8
    assert await holding_of(offer, caller) == 2
    tickets = await tickets_of(order_id)
    assert len({ticket.serial for ticket in tickets}) == 2
    assert all(is_serial(ticket.serial) for ticket in tickets)
    assert await broken_sums() == []


async def test_the_transfer_says_what_it_paid_for() -> None:
    offer, caller = await an_offer(cost=30), await a_caller(points=100)
    order_id = await an_order(offer, caller)
    rows = await fetch(
        """SELECT t.kind, t.amount, t.source_kind, t.source_id, t.memo FROM ticket_orders o
           JOIN transfers t ON t.id = o.transfer_id"""
    )
    assert [tuple(row) for row in rows] == [("REDEEM", 30, "TicketOrder", order_id, "示例新年游乐汇")]


async def test_a_price_of_zero_moves_no_points() -> None:
    offer, caller = await an_offer(cost=0), await a_caller(points=5)
    await redeem_tickets(caller, a_redemption(offer, quantity=2), NOW)
    assert await balance_of(caller) == 5
    assert await fetch("SELECT id FROM ticket_orders WHERE transfer_id IS NOT NULL") == []


async def test_the_same_key_redeems_once() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=100)
    wish = a_redemption(offer)
    assert await redeem_tickets(caller, wish, NOW) == await redeem_tickets(caller, wish, later(minutes=1))
    assert await balance_of(caller) == 90


async def test_the_first_answer_comes_again_after_everything_has_closed() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=10)
    wish = a_redemption(offer)
    order_id = await redeem_tickets(caller, wish, NOW)
    await close_ticket_offer(await organiser_of(offer.host_id), offer.id)
    assert await redeem_tickets(caller, wish, later(days=9)) == order_id


async def test_the_same_key_for_something_else_is_refused() -> None:
    offer, caller = await an_offer(), await a_caller()
    wish = a_redemption(offer)
    await redeem_tickets(caller, wish, NOW)
    refusal = await refusal_of(caller, dataclasses.replace(wish, quantity=2))
    assert isinstance(refusal, KeyReused)
    assert refusal.path == ("idempotencyKey",)


async def test_two_people_may_use_the_same_key() -> None:
    offer = await an_offer()
    wish = a_redemption(offer)
    orders = [await redeem_tickets(await a_caller(), wish, NOW) for _ in range(2)]
    assert len(set(orders)) == 2


async def test_a_refused_key_works_once_the_cause_is_mended() -> None:
    offer, caller = await an_offer(sales_open_at=later(minutes=5)), await a_caller()
    wish = a_redemption(offer)
    assert isinstance(await refusal_of(caller, wish), NotOpen)
    assert await redeem_tickets(caller, wish, later(minutes=5))


async def test_nobody_redeems_without_signing_in() -> None:
    assert isinstance(await refusal_of(ANONYMOUS, a_redemption(await an_offer())), Unauthenticated)


@pytest.mark.parametrize("quantity", [0, -1])
async def test_a_quantity_is_at_least_one(quantity: int) -> None:
    refusal = await refusal_of(await a_caller(), a_redemption(await an_offer(), quantity))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.reason, refusal.path) == ("quantity_too_small", ("quantity",))


@pytest.mark.parametrize("key", ["", " ", "k" * 201])
async def test_a_key_has_one_to_two_hundred_characters(key: str) -> None:
    wish = RedeemTicketsWish(session_id=(await an_offer()).session_id, quantity=1, idempotency_key=key)
    refusal = await refusal_of(await a_caller(), wish)
    assert isinstance(refusal, InvalidInput)
    assert refusal.path == ("idempotencyKey",)


async def test_an_unknown_session_is_not_found() -> None:
    refusal = await refusal_of(await a_caller(), RedeemTicketsWish(session_id=7, quantity=1, idempotency_key="k"))
    assert isinstance(refusal, NotFound)
    assert refusal.path == ("sessionId",)


async def test_a_draft_is_not_found_by_strangers_and_not_open_for_its_own_people() -> None:
    offer = await an_offer(publish=False)
    assert isinstance(await refusal_of(await a_caller(), a_redemption(offer)), NotFound)
    for insider in (await organiser_of(offer.host_id), await staff_of(offer)):
        refusal = await refusal_of(insider, a_redemption(offer))
        assert isinstance(refusal, NotOpen)
        assert refusal.reason == "offer_draft"


async def test_a_paused_offer_is_not_open() -> None:
    offer = await an_offer()
    await pause_ticket_offer(await organiser_of(offer.host_id), offer.id)
    refusal = await refusal_of(await a_caller(), a_redemption(offer))
    assert isinstance(refusal, NotOpen)
    assert refusal.reason == "offer_paused"


async def test_sales_open_at_their_time_and_close_at_theirs() -> None:
    caller = await a_caller()
    early = await refusal_of(caller, a_redemption(await an_offer(sales_open_at=later(microseconds=1))))
    late = await refusal_of(caller, a_redemption(await an_offer(sales_open_at=later(days=-1), sales_close_at=NOW)))
    over = await refusal_of(
        caller, a_redemption(await an_offer(sales_open_at=later(days=-1), starts_at=later(hours=-2), ends_at=NOW))
    )
    assert [refusal.reason for refusal in (early, late, over) if isinstance(refusal, NotOpen)] == [
        "sales_not_open_yet",
        "sales_closed",
        "session_over",
    ]


async def test_the_limit_counts_all_orders_of_the_offer() -> None:
    offer, caller = await an_offer(limit_per_resident=3), await a_caller()
    await an_order(offer, caller, quantity=2)
    refusal = await refusal_of(caller, a_redemption(offer, quantity=2))
    assert isinstance(refusal, LimitPerResident)
    assert (refusal.limit, refusal.used) == (3, 2)
    assert await redeem_tickets(caller, a_redemption(offer), NOW)


async def test_more_than_are_left_are_sold_out() -> None:
    offer = await an_offer(stock=1)
    assert isinstance(await refusal_of(await a_caller(), a_redemption(offer, quantity=2)), SoldOut)
    await an_order(offer)
    assert isinstance(await refusal_of(await a_caller(), a_redemption(offer)), SoldOut)
    assert await remaining_of(offer) == 0


async def test_the_minimum_balance_is_shown_and_not_spent() -> None:
    offer = await an_offer(minimum_balance=50)
    poor, rich = await a_caller(points=49), await a_caller(points=50)
    refusal = await refusal_of(poor, a_redemption(offer))
    assert isinstance(refusal, BelowMinimumBalance)
    assert (refusal.available, refusal.required) == (49, 50)
    await redeem_tickets(rich, a_redemption(offer), NOW)
    assert await balance_of(rich) == 50


async def test_nobody_spends_what_they_do_not_have() -> None:
    offer, caller = await an_offer(cost=30), await a_caller(points=59)
    refusal = await refusal_of(caller, a_redemption(offer, quantity=2))
    assert isinstance(refusal, InsufficientPoints)
    assert (refusal.available, refusal.required) == (59, 60)
    assert await balance_of(caller) == 59
    assert await remaining_of(offer) == 100


async def test_whoever_has_no_wallet_goes_on_as_somebody_else_and_is_signed_in_nowhere() -> None:
    offer, caller = await an_offer(cost=1), await a_caller()

    async def body(tx: Transaction) -> int:
        return await tx.execute("DELETE FROM accounts WHERE holder_id = ?", caller.resident_id)

    assert await write(body) == 1
    assert isinstance(await refusal_of(caller, a_redemption(offer)), Unauthenticated)


async def test_of_several_reasons_the_first_is_given() -> None:
    """NotOpen, LimitPerResident, SoldOut, BelowMinimumBalance, InsufficientPoints: one cause after the other is mended."""
    offer = await an_offer(cost=30, minimum_balance=10, stock=1, limit_per_resident=2, sales_open_at=later(minutes=1))
    caller = await a_caller()
    wish = a_redemption(offer, quantity=3)
    assert isinstance(await refusal_of(caller, wish), NotOpen)
    with pytest.raises(LimitPerResident):
        await redeem_tickets(caller, wish, later(minutes=2))
    with pytest.raises(SoldOut):
        await redeem_tickets(caller, a_redemption(offer, quantity=2), later(minutes=2))
    with pytest.raises(BelowMinimumBalance):
        await redeem_tickets(caller, a_redemption(offer), later(minutes=2))
    with pytest.raises(InsufficientPoints):
        await redeem_tickets(await a_caller(points=20), a_redemption(offer), later(minutes=2))


async def test_a_refusal_leaves_nothing_behind() -> None:
    offer = await an_offer(cost=30)
    await refusal_of(await a_caller(points=29), a_redemption(offer))
    counts = [
        len(await fetch(f"SELECT id FROM {table}"))
        for table in ("ticket_orders", "tickets", "offer_holdings", "idempotency_keys")
    ]
    assert counts == [0, 0, 0, 0]


async def test_a_serial_that_is_taken_is_drawn_again() -> None:
    offer = await an_offer()
    drawn = iter([1, 1, 2, 1, 3])
    first = await redeem_tickets(await a_caller(), a_redemption(offer, quantity=2), NOW, lambda _: next(drawn))
    second = await redeem_tickets(await a_caller(), a_redemption(offer), NOW, lambda _: next(drawn))
    serials = [ticket.serial for order in (first, second) for ticket in await tickets_of(order)]
    assert len(set(serials)) == 3


async def test_whoever_waits_for_the_wallet_is_told() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=10)
    account = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", caller.resident_id))[0][0]
    async with current_database().changes.subscribe(f"wallet:{account}") as changed:
        await an_order(offer, caller)
        assert changed.is_set()


async def test_a_redemption_takes_nine_statements_and_a_free_one_six(statements: list[str]) -> None:
    counts = []
    for cost in (10, 0):
        offer, caller = await an_offer(cost=cost), await a_caller(points=10)
        statements.clear()
        await redeem_tickets(caller, a_redemption(offer), NOW)
        counts.append(len(statements))
    assert counts == [9, 6]

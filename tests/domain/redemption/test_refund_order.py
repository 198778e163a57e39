"""Refunds: everything back, once, as long as it is allowed and nothing was used."""

from __future__ import annotations

import asyncio

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.admit_ticket import Admitted, admit_ticket
from domain.redemption.redeem_tickets import redeem_tickets
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from domain.refusals import (
    AlreadyReversed,
    Forbidden,
    InvalidInput,
    KeyReused,
    LimitPerResident,
    NotFound,
    NotOpen,
    Refusal,
    TicketAlreadyAdmitted,
    TicketRefunded,
    Unauthenticated,
)
from storage import current_database, fetch
from tests.builders.keys import a_key
from tests.builders.people import a_caller, an_auditor
from tests.builders.redemption import (
    STARTS,
    a_redemption,
    a_scan,
    a_ticket,
    an_offer,
    an_order,
    staff_of,
    tickets_of,
)
from tests.clock import NOW
from tests.domain.redemption.sums import balance_of, broken_sums, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")


def a_refund(order_id: int, key: str | None = None) -> RefundOrderWish:
    return RefundOrderWish(order_id=order_id, idempotency_key=key or a_key())


async def test_points_places_and_limit_come_back() -> None:
    offer, caller = await an_offer(cost=30, stock=2), await a_caller(points=70)
    order_id = await an_order(offer, caller, quantity=2)
    assert await refund_order(caller, a_refund(order_id), NOW) == order_id
    assert (await balance_of(caller), await remaining_of(offer), await holding_of(offer, caller)) == (70, 2, 0)
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["REFUNDED"] * 2
    assert [row[0] for row in await fetch("SELECT status FROM ticket_orders")] == ["REFUNDED"]
    assert await redeem_tickets(caller, a_redemption(offer, quantity=2), NOW)
    assert await broken_sums() == []


async def test_the_refund_reverses_the_payment() -> None:
    caller = await a_caller(points=30)
    order_id = await an_order(await an_offer(cost=30), caller)
    await refund_order(caller, a_refund(order_id), NOW)
    rows = await fetch(
        """SELECT t.kind, t.amount, t.reverses_id = o.transfer_id, t.source_kind, t.source_id
           FROM ticket_orders o JOIN transfers t ON t.id = o.refund_transfer_id"""
    )
    assert [tuple(row) for row in rows] == [("REFUND", 30, True, "TicketOrder", order_id)]


async def test_a_refund_of_what_cost_nothing_moves_no_points() -> None:
    offer, caller = await an_offer(), await a_caller()
    await refund_order(caller, a_refund(await an_order(offer, caller)), NOW)
    assert await fetch("SELECT id FROM transfers") == []
    assert await remaining_of(offer) == 100


async def test_gate_staff_may_refund_for_whoever_stands_before_them() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=10)
    await refund_order(await staff_of(offer), a_refund(await an_order(offer, caller)), NOW)
    assert await balance_of(caller) == 10


async def test_the_same_key_refunds_once() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=10)
    wish = a_refund(await an_order(offer, caller))
    answers = await asyncio.gather(*(refund_order(caller, wish, NOW) for _ in range(8)))
    assert set(answers) == {wish.order_id}
    assert await balance_of(caller) == 10
    assert await broken_sums() == []


async def test_refunded_twice_with_another_key_is_already_reversed() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=10)
    order_id = await an_order(offer, caller)
    answers = await asyncio.gather(
        *(refund_order(caller, a_refund(order_id), NOW) for _ in range(6)), return_exceptions=True
    )
    assert answers.count(order_id) == 1
    assert sum(isinstance(answer, AlreadyReversed) for answer in answers) == 5
    assert (await balance_of(caller), await remaining_of(offer)) == (10, 100)


async def test_a_refunded_ticket_does_not_pass() -> None:
    offer, caller = await an_offer(), await a_caller()
    ticket = await a_ticket(offer, caller)
    await refund_order(caller, a_refund(ticket.order_id), NOW)
    with pytest.raises(TicketRefunded):
        await admit_ticket(await staff_of(offer), a_scan(ticket), NOW)


async def test_after_an_undone_admission_a_refund_is_possible() -> None:
    offer, caller = await an_offer(), await a_caller()
    ticket, staff = await a_ticket(offer, caller), await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(ticket), NOW)
    with pytest.raises(TicketAlreadyAdmitted) as caught:
        await refund_order(caller, a_refund(ticket.order_id), NOW)
    assert caught.value.admission_id == admitted.admission_id
    await undo_admission(staff, UndoAdmissionWish(admission_id=admitted.admission_id, reason="扫错了"), NOW)
    await refund_order(caller, a_refund(ticket.order_id), NOW)


async def test_a_refund_and_a_gate_at_once_never_both_succeed() -> None:
    offer, caller = await an_offer(cost=1, limit_per_resident=10), await a_caller(points=10)
    staff = await staff_of(offer)
    for _ in range(10):
        ticket = await a_ticket(offer, caller)
        outcomes = await asyncio.gather(
            refund_order(caller, a_refund(ticket.order_id), NOW),
            admit_ticket(staff, a_scan(ticket), NOW),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, TicketRefunded | TicketAlreadyAdmitted) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, int | Admitted) for outcome in outcomes) == 1
    assert await broken_sums() == []


async def test_the_owner_is_told() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=10)
    order_id = await an_order(offer, caller)
    account = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", caller.resident_id))[0][0]
    async with current_database().changes.subscribe(f"wallet:{account}") as changed:
        await refund_order(caller, a_refund(order_id), NOW)
        assert changed.is_set()


async def test_every_refusal_in_order_of_precedence() -> None:
    offer, owner = await an_offer(limit_per_resident=9), await a_caller()
    order_id, staff = await an_order(offer, owner), await staff_of(offer)
    gone, used = await an_order(offer, owner), await an_order(offer, owner, quantity=2)
    await refund_order(owner, a_refund(gone, "used"), NOW)
    await admit_ticket(staff, a_scan((await tickets_of(used))[1]), NOW)
    final = await an_order(await an_offer(refundable_until=None), owner)
    table: list[tuple[type[Refusal], Caller, RefundOrderWish]] = [
        (Unauthenticated, ANONYMOUS, a_refund(order_id)),
        (InvalidInput, await a_caller(), RefundOrderWish(order_id=7, idempotency_key="")),
        (KeyReused, owner, a_refund(7, "used")),
        (NotFound, owner, a_refund(7)),
        (NotFound, await a_caller(), a_refund(order_id)),
        (Forbidden, await an_auditor(), a_refund(gone)),
        (AlreadyReversed, owner, a_refund(gone)),
        (NotOpen, owner, a_refund(final)),
        (TicketAlreadyAdmitted, owner, a_refund(used)),
    ]
    for refusal, caller, wish in table:
        with pytest.raises(refusal):
            await refund_order(caller, wish, NOW)


async def test_refunds_end_at_their_time() -> None:
    caller = await a_caller()
    order_id = await an_order(await an_offer(), caller)
    with pytest.raises(NotOpen) as caught:
        await refund_order(caller, a_refund(order_id), STARTS)
    assert caught.value.reason == "refund_closed"


async def test_a_limit_that_is_reached_is_free_again_after_a_refund_only() -> None:
    offer, caller = await an_offer(limit_per_resident=1), await a_caller()
    order_id = await an_order(offer, caller)
    with pytest.raises(LimitPerResident):
        await an_order(offer, caller)
    await refund_order(caller, a_refund(order_id), NOW)
    assert await an_order(offer, caller)

"""Redeeming at the gate for somebody who shows a member code."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.member_code import make_member_code
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.redeem_at_gate import RedeemAtGateWish, redeem_at_gate
from domain.refusals import (
    CodeExpired,
    Forbidden,
    InsufficientPoints,
    InvalidInput,
    KeyReused,
    LimitPerResident,
    NotFound,
    NotOpen,
    Refusal,
    TicketAlreadyAdmitted,
    TicketNotYetValid,
    Unauthenticated,
)
from storage import current_database, fetch
from tests.builders.keys import a_key
from tests.builders.people import a_caller
from tests.builders.redemption import Offer, a_scan, an_offer, staff_of, tickets_of
from tests.clock import NOW, later
from tests.domain.redemption.sums import balance_of, broken_sums, remaining_of

pytestmark = pytest.mark.usefixtures("database")


def a_wish(offer: Offer, resident: Caller, quantity: int = 1) -> RedeemAtGateWish:
    code = make_member_code(resident.signed_in(), NOW).token
    return RedeemAtGateWish(
        member_code=code, session_id=offer.session_id, quantity=quantity, gate="东门", idempotency_key=a_key()
    )


async def test_the_resident_pays_and_is_let_in_at_once() -> None:
    offer, resident = await an_offer(cost=10), await a_caller(points=25)
    staff = await staff_of(offer)
    order_id = await redeem_at_gate(staff, a_wish(offer, resident, 2), NOW)
    orders = await fetch("SELECT resident_id, created_by_id FROM ticket_orders WHERE id = ?", order_id)
    assert [tuple(row) for row in orders] == [(resident.resident_id, staff.resident_id)]
    assert await balance_of(resident) == 5
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["ADMITTED"] * 2
    admissions = await fetch("SELECT gate, recorded_by_id, conflict, attraction_id FROM admissions")
    assert [tuple(row) for row in admissions] == [("东门", staff.resident_id, 0, None)] * 2
    assert await broken_sums() == []


async def test_the_tickets_do_not_pass_the_gate_again() -> None:
    offer, resident = await an_offer(), await a_caller()
    staff = await staff_of(offer)
    ticket = (await tickets_of(await redeem_at_gate(staff, a_wish(offer, resident), NOW)))[0]
    with pytest.raises(TicketAlreadyAdmitted):
        await admit_ticket(staff, a_scan(ticket), NOW)


async def test_tickets_can_be_handed_out_without_letting_in() -> None:
    offer, resident = await an_offer(starts_at=later(hours=3)), await a_caller()
    await redeem_at_gate(await staff_of(offer), replace(a_wish(offer, resident), admit=False), NOW)
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["VALID"]
    assert await fetch("SELECT id FROM admissions") == []


async def test_nothing_happens_where_the_gates_are_not_open_yet() -> None:
    offer, resident = await an_offer(cost=5, starts_at=later(hours=2, microseconds=1)), await a_caller(points=5)
    with pytest.raises(TicketNotYetValid) as caught:
        await redeem_at_gate(await staff_of(offer), a_wish(offer, resident), NOW)
    assert caught.value.path == ("admit",)
    assert (await balance_of(resident), await remaining_of(offer)) == (5, 100)


async def test_a_retry_with_a_code_that_is_out_of_date_by_now_answers_the_first_order() -> None:
    offer, resident = await an_offer(), await a_caller()
    staff, wish = await staff_of(offer), a_wish(offer, resident)
    orders = {await redeem_at_gate(staff, wish, at) for at in (NOW, later(minutes=10), later(days=10))}
    assert len(orders) == 1


async def test_one_key_at_eight_gates_at_once_makes_one_order() -> None:
    offer, resident = await an_offer(), await a_caller()
    staff, wish = await staff_of(offer), a_wish(offer, resident)
    assert len(set(await asyncio.gather(*(redeem_at_gate(staff, wish, NOW) for _ in range(8))))) == 1
    assert len(await fetch("SELECT id FROM admissions")) == 1


async def test_whoever_watches_the_session_is_told() -> None:
    offer, resident = await an_offer(), await a_caller()
    async with current_database().changes.subscribe(f"session:{offer.session_id}") as changed:
        await redeem_at_gate(await staff_of(offer), a_wish(offer, resident), NOW)
        assert changed.is_set()


async def test_every_refusal_in_order_of_precedence() -> None:
    offer, resident = await an_offer(cost=10, limit_per_resident=1), await a_caller()
    staff, stranger, good = await staff_of(offer), await a_caller(), a_wish(offer, resident)
    draft = await an_offer(publish=False)
    closed = await an_offer(host_id=offer.host_id, sales_open_at=later(days=-1), sales_close_at=NOW)
    used = replace(a_wish(await an_offer(host_id=offer.host_id), resident), idempotency_key="used")
    await redeem_at_gate(staff, used, NOW)
    table: list[tuple[type[Refusal], tuple[str, ...] | None, Caller, RedeemAtGateWish]] = [
        (Unauthenticated, None, ANONYMOUS, replace(good, quantity=0)),
        (InvalidInput, ("quantity",), stranger, replace(good, quantity=0, gate="")),
        (InvalidInput, ("gate",), stranger, replace(good, gate=" ", idempotency_key="")),
        (InvalidInput, ("idempotencyKey",), stranger, replace(good, idempotency_key="")),
        (KeyReused, ("idempotencyKey",), staff, replace(used, session_id=7)),
        (NotFound, ("sessionId",), stranger, replace(good, session_id=7)),
        (NotFound, ("sessionId",), stranger, replace(good, session_id=draft.session_id)),
        (Forbidden, None, stranger, replace(good, member_code="rubbish")),
        (InvalidInput, ("memberCode",), staff, replace(good, member_code="rubbish", session_id=closed.session_id)),
        (NotOpen, ("sessionId",), staff, replace(good, session_id=closed.session_id)),
        (LimitPerResident, ("quantity",), staff, replace(good, quantity=2)),
        (InsufficientPoints, None, staff, good),
    ]
    for refusal, path, caller, wish in table:
        with pytest.raises(refusal) as caught:
            await redeem_at_gate(caller, wish, NOW)
        assert caught.value.path == path


async def test_a_screenshot_of_a_member_code_is_worth_nothing() -> None:
    offer, resident = await an_offer(), await a_caller()
    with pytest.raises(CodeExpired) as caught:
        await redeem_at_gate(await staff_of(offer), a_wish(offer, resident), later(minutes=2))
    assert caught.value.path == ("memberCode",)

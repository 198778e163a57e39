"""Paying what was reserved: at the gate or on the phone, once, with the points that were held."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS, Caller
from domain.people.member_code import make_member_code
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.offer_status import close_ticket_offer
from domain.redemption.pay_reservation import (
    ById,
    ByMemberCode,
    PayOwnReservationWish,
    PayReservationWish,
    pay_own_reservation,
    pay_reservation,
)
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.refusals import (
    AccountNotOpen,
    CodeExpired,
    Forbidden,
    InsufficientPoints,
    InvalidInput,
    KeyReused,
    NotFound,
    Refusal,
    ReservationResolved,
    TicketAlreadyAdmitted,
    TicketNotYetValid,
    Unauthenticated,
)
from storage import fetch, read, write
from tests.builders.keys import a_key
from tests.builders.ledger import take_back
from tests.builders.people import a_caller, an_auditor, organiser_of
from tests.builders.redemption import (
    Offer,
    a_reservation,
    a_scan,
    an_offer,
    cancelled,
    paid,
    staff_of,
    tickets_of,
)
from tests.clock import NOW, later
from tests.domain.redemption.sums import balance_of, broken_sums, held_of, holding_of, remaining_of

pytestmark = pytest.mark.usefixtures("database")

LAST = later(minutes=30, microseconds=-1)


def at_gate(offer: Offer, shown: Caller | int, key: str | None = None, minutes: int = 0) -> PayReservationWish:
    """The wish to pay the reservation of whoever shows a code, or one from the list."""
    code = shown if isinstance(shown, int) else make_member_code(shown.signed_in(), later(minutes=minutes)).token
    which = ById(code) if isinstance(code, int) else ByMemberCode(code)
    return PayReservationWish(
        session_id=offer.session_id, reservation=which, gate="东门", idempotency_key=key or a_key()
    )


async def clean() -> None:
    assert await broken_sums() == []
    assert await read(audit_everything) == []


async def test_a_resident_at_the_gate_pays_with_a_code_and_goes_in() -> None:
    offer, resident = await an_offer(cost=10, stock=5), await a_caller(points=25)
    reservation_id, staff = await a_reservation(offer, resident, 2), await staff_of(offer)
    order_id = await pay_reservation(staff, at_gate(offer, resident, minutes=29), later(minutes=29))
    assert (await balance_of(resident), await held_of(resident)) == (5, 0)
    assert (await remaining_of(offer), await holding_of(offer, resident)) == (3, 2), "taken once, when it was reserved"
    kept = await fetch("SELECT status, order_id, resolved_by_id FROM reservations WHERE id = ?", reservation_id)
    assert tuple(kept[0]) == ("PAID", order_id, staff.resident_id)
    orders = await fetch("SELECT resident_id, created_by_id, quantity, points_spent FROM ticket_orders")
    assert [tuple(row) for row in orders] == [(resident.resident_id, staff.resident_id, 2, 20)]
    moved = await fetch("SELECT kind, amount, source_kind, source_id FROM transfers WHERE kind <> 'EARN'")
    assert [tuple(row) for row in moved] == [("REDEEM", 20, "TicketOrder", order_id)]
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["ADMITTED"] * 2
    with pytest.raises(TicketAlreadyAdmitted):
        await admit_ticket(staff, a_scan((await tickets_of(order_id))[0]), later(minutes=29))
    await clean()


async def test_staff_pay_one_from_the_list_and_hand_the_tickets_out() -> None:
    offer = await an_offer(cost=1, starts_at=later(hours=3))
    reservation_id = await a_reservation(offer, await a_caller(points=1))
    wish = replace(at_gate(offer, reservation_id), admit=False)
    await pay_reservation(await staff_of(offer), wish, NOW)
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["VALID"]
    await clean()


async def test_a_resident_pays_on_the_phone() -> None:
    offer, resident = await an_offer(cost=10), await a_caller(points=10)
    order_id = await paid(resident, await a_reservation(offer, resident), LAST)
    assert (await balance_of(resident), await held_of(resident), len(await tickets_of(order_id))) == (0, 0, 1)
    await clean()


async def test_what_costs_nothing_is_paid_with_nothing() -> None:
    offer, resident = await an_offer(minimum_balance=5), await a_caller(points=5)
    await paid(resident, await a_reservation(offer, resident, 2))
    assert await fetch("SELECT id FROM transfers WHERE kind <> 'EARN'") == []
    await clean()


async def test_the_promise_holds_though_sales_closed_and_the_offer_was_closed_since() -> None:
    offer, resident = await an_offer(sales_close_at=later(minutes=5)), await a_caller()
    reservation_id = await a_reservation(offer, resident)
    await close_ticket_offer(await organiser_of(offer.host_id), offer.id)
    await paid(resident, reservation_id, later(minutes=20))


async def test_what_was_paid_so_can_be_refunded_like_any_order() -> None:
    offer, resident = await an_offer(cost=10), await a_caller(points=10)
    order_id = await paid(resident, await a_reservation(offer, resident))
    await refund_order(resident, RefundOrderWish(order_id=order_id, idempotency_key=a_key()), NOW)
    assert (await balance_of(resident), await remaining_of(offer), await holding_of(offer, resident)) == (10, 100, 0)
    await clean()


async def test_a_retry_answers_the_first_order_though_the_code_is_out_of_date() -> None:
    offer, resident = await an_offer(cost=1), await a_caller(points=2)
    await a_reservation(offer, resident)
    staff, wish = await staff_of(offer), at_gate(offer, resident)
    assert len({await pay_reservation(staff, wish, at) for at in (NOW, later(minutes=5), later(days=9))}) == 1
    own = await an_offer(cost=1)
    mine = PayOwnReservationWish(reservation_id=await a_reservation(own, resident), idempotency_key="mine")
    assert len({await pay_own_reservation(resident, mine, at) for at in (NOW, later(days=9))}) == 1


async def test_one_key_at_eight_gates_at_once_makes_one_order() -> None:
    offer, resident = await an_offer(cost=1), await a_caller(points=1)
    await a_reservation(offer, resident)
    staff, wish = await staff_of(offer), at_gate(offer, resident)
    assert len(set(await asyncio.gather(*(pay_reservation(staff, wish, NOW) for _ in range(8))))) == 1
    await clean()


async def resolved(caller: Caller, reservation_id: int, minutes: int = 0) -> str:
    with pytest.raises(ReservationResolved) as refused:
        await paid(caller, reservation_id, later(minutes=minutes))
    assert refused.value.path == ("reservationId",)
    return refused.value.reason


async def test_what_is_resolved_cannot_be_paid_and_says_why() -> None:
    offer, resident = await an_offer(cost=1), await a_caller(points=5)
    first = await a_reservation(offer, resident)
    await paid(resident, first)
    assert await resolved(resident, first) == "reservation_paid"
    second = await a_reservation(offer, resident)
    await cancelled(resident, second)
    assert await resolved(resident, second) == "reservation_cancelled"
    third = await a_reservation(offer, resident)
    assert await resolved(resident, third, minutes=30) == "reservation_expired", "also before it is marked so"
    with pytest.raises(ReservationResolved) as refused:
        await pay_reservation(await staff_of(offer), at_gate(offer, resident, minutes=30), later(minutes=30))
    assert (refused.value.reason, refused.value.path) == ("reservation_expired", ("reservation", "memberCode"))
    await clean()


async def test_points_that_were_taken_back_meanwhile_pay_nothing() -> None:
    offer, resident = await an_offer(cost=10), await a_caller(points=10)
    reservation_id = await a_reservation(offer, resident)
    ((award,),) = await fetch("SELECT id FROM transfers WHERE kind = 'EARN'")
    await take_back(award)
    with pytest.raises(InsufficientPoints) as refused:
        await paid(resident, reservation_id)
    assert (refused.value.available, refused.value.required) == (0, 10)
    assert (await held_of(resident), await remaining_of(offer)) == (10, 99), "it still stands"
    await clean()


async def test_nothing_is_paid_from_a_frozen_wallet_nor_shown_of_it() -> None:
    resident = await a_caller(points=10)
    offers = [await an_offer(cost=5), await an_offer(minimum_balance=5)]
    reserved = [await a_reservation(offer, resident) for offer in offers]
    await write(
        lambda tx: tx.execute("UPDATE accounts SET status = 'FROZEN' WHERE holder_id = ?", resident.resident_id)
    )
    for reservation_id in reserved:
        with pytest.raises(AccountNotOpen):
            await paid(resident, reservation_id)


async def test_every_refusal_at_the_gate_in_order_of_precedence() -> None:
    offer, resident = await an_offer(cost=1), await a_caller(points=9)
    early = await an_offer(cost=1, host_id=offer.host_id, starts_at=later(hours=3))
    elsewhere, draft = await an_offer(host_id=offer.host_id), await an_offer(publish=False)
    mine, tomorrow = await a_reservation(offer, resident), await a_reservation(early, resident)
    staff, stranger, good = await staff_of(offer), await a_caller(), at_gate(offer, mine)
    done = await a_reservation(elsewhere, resident)
    await pay_reservation(staff, at_gate(elsewhere, done, "used"), NOW)
    rubbish = ByMemberCode("rubbish")
    table: list[tuple[type[Refusal], tuple[str, ...] | None, Caller, PayReservationWish]] = [
        (Unauthenticated, None, ANONYMOUS, replace(good, gate="")),
        (InvalidInput, ("gate",), stranger, replace(good, gate=" ", idempotency_key="")),
        (InvalidInput, ("idempotencyKey",), stranger, replace(good, idempotency_key="")),
        (KeyReused, ("idempotencyKey",), staff, replace(good, idempotency_key="used", session_id=7)),
        (NotFound, ("sessionId",), stranger, replace(good, session_id=7)),
        (NotFound, ("sessionId",), stranger, replace(good, session_id=draft.session_id)),
        (Forbidden, None, stranger, replace(good, reservation=rubbish)),
        (Forbidden, None, resident, good),
        (InvalidInput, ("reservation", "memberCode"), staff, replace(good, reservation=rubbish)),
        (CodeExpired, ("reservation", "memberCode"), staff, at_gate(offer, resident, minutes=9)),
        (NotFound, ("reservation", "memberCode"), staff, at_gate(offer, stranger)),
        (NotFound, ("reservation", "reservationId"), staff, at_gate(offer, 7)),
        (NotFound, ("reservation", "reservationId"), staff, at_gate(offer, tomorrow)),
        (ReservationResolved, ("reservation", "reservationId"), staff, at_gate(elsewhere, done)),
        (TicketNotYetValid, ("admit",), staff, at_gate(early, tomorrow)),
    ]
    for refusal, path, caller, wish in table:
        with pytest.raises(refusal) as refused:
            await pay_reservation(caller, wish, NOW)
        assert (type(refused.value), refused.value.path) == (refusal, path)
    assert await held_of(resident) == 2, "what was refused changed nothing"


async def test_whose_it_is_not_does_not_pay_it_on_the_phone() -> None:
    offer, resident = await an_offer(), await a_caller()
    reservation_id = await a_reservation(offer, resident)
    table: list[tuple[type[Refusal], Caller]] = [
        (Unauthenticated, ANONYMOUS),
        (NotFound, await a_caller()),
        (Forbidden, await staff_of(offer)),
        (Forbidden, await an_auditor()),
    ]
    for refusal, caller in table:
        with pytest.raises(refusal):
            await paid(caller, reservation_id)
    with pytest.raises(NotFound):
        await paid(resident, 7)

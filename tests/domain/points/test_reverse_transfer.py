"""Taking corrections back: once, with a reason, and what has a cause with its cause."""

from __future__ import annotations

import asyncio

import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.points.adjust_points import Adjusted, AdjustPointsWish, adjust_points
from domain.points.approve_adjustment import ApproveAdjustmentWish, approve_adjustment
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from domain.refusals import AlreadyReversed, Conflict, Forbidden, InvalidInput, NotFound, Refusal
from storage import fetch, read
from tests.builders.claims import a_claim, a_station
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor
from tests.builders.redemption import an_offer, an_order
from tests.builders.volunteering import an_activity, an_attendance, an_hourly_rule
from tests.clock import NOW, later
from tests.schema.client import encode_id, succeed

pytestmark = pytest.mark.usefixtures("database")


async def adjust(administrator: Caller, resident_id: int, amount: int) -> Adjusted:
    wish = AdjustPointsWish(resident_id=resident_id, amount=amount, reason="补录", idempotency_key=a_key())
    return await adjust_points(administrator, wish, NOW)


async def adjusted(administrator: Caller, resident_id: int, amount: int) -> int:
    """A correction that is posted; its transfer."""
    transfer_id = (await adjust(administrator, resident_id, amount)).transfer_id
    assert transfer_id
    return transfer_id


async def approve(administrator: Caller, adjustment_id: int | None) -> None:
    wish = ApproveAdjustmentWish(adjustment_id=adjustment_id or 0, idempotency_key=a_key())
    await approve_adjustment(administrator, wish, later(minutes=2))


async def take_back(
    administrator: Caller, transfer_id: int, reason: str = "记错了", key: str | None = None
) -> Adjusted:
    wish = ReverseTransferWish(transfer_id=transfer_id, reason=reason, idempotency_key=key or a_key())
    return await reverse_transfer(administrator, wish, later(minutes=1))


async def balance_of(resident_id: int) -> int:
    balance: int = (await fetch("SELECT credits - debits FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    return balance


CHAIN = """query ($first: ID!, $second: ID!) {
    first: node(id: $first) { ... on Transfer { kind reverses { id } reversedBy { id kind memo reverses { id } } } }
    second: node(id: $second) { ... on Transfer { kind memo reverses { id kind reversedBy { id } } reversedBy { id } } } }"""


async def test_a_correction_is_taken_back_and_the_chain_is_seen_from_both_ends() -> None:
    administrator, caller = await an_administrator(), await a_caller()
    first = await adjusted(administrator, caller.signed_in(), 7)
    second = (await take_back(administrator, first)).transfer_id or 0
    assert await balance_of(caller.signed_in()) == 0
    ids = {"first": encode_id("Transfer", first), "second": encode_id("Transfer", second)}
    assert await succeed(CHAIN, caller, ids) == {
        "first": {
            "kind": "ADJUST",
            "reverses": None,
            "reversedBy": {"id": ids["second"], "kind": "REVERSAL", "memo": "记错了", "reverses": {"id": ids["first"]}},
        },
        "second": {
            "kind": "REVERSAL",
            "memo": "记错了",
            "reverses": {"id": ids["first"], "kind": "ADJUST", "reversedBy": {"id": ids["second"]}},
            "reversedBy": None,
        },
    }
    assert await read(audit_everything) == []


async def test_points_that_were_taken_come_back_and_points_that_are_spent_leave_a_debt() -> None:
    administrator, caller = await an_administrator(), await a_caller(points=10)
    resident_id = caller.signed_in()
    taken = await adjusted(administrator, resident_id, -10)
    await take_back(administrator, taken)
    assert await balance_of(resident_id) == 10
    given = await adjusted(administrator, resident_id, 5)
    await an_order(await an_offer(cost=15), caller)
    await take_back(administrator, given)
    assert await balance_of(resident_id) == -5
    assert await read(audit_everything) == []


async def test_it_is_taken_back_once_and_what_takes_back_stays() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    first = await adjusted(administrator, resident_id, 7)
    came = await asyncio.gather(*(take_back(administrator, first) for _ in range(6)), return_exceptions=True)
    assert [type(outcome) for outcome in came].count(AlreadyReversed) == 5
    (reversal,) = [outcome.transfer_id for outcome in came if isinstance(outcome, Adjusted)]
    with pytest.raises(Conflict) as refused:
        await take_back(administrator, reversal or 0)
    assert refused.value.reason == "reversal_not_reversed"


async def test_the_same_key_takes_back_once() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    first = await adjusted(administrator, resident_id, 7)
    assert await take_back(administrator, first, key="K") == await take_back(administrator, first, key="K")


async def test_a_large_one_waits_for_a_second_administrator_and_waits_once() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    adjustment = await adjust(first, resident_id, 5000)
    await approve(second, adjustment.adjustment_id)
    ((large,),) = await fetch("SELECT transfer_id FROM adjustments")
    waiting = await take_back(first, large)
    assert (waiting.transfer_id, await balance_of(resident_id)) == (None, 5000)
    with pytest.raises(Conflict) as refused:
        await take_back(second, large)
    assert refused.value.reason == "reversal_waits"
    await approve(second, waiting.adjustment_id)
    assert await balance_of(resident_id) == 0
    with pytest.raises(AlreadyReversed):
        await take_back(second, large)
    assert await read(audit_everything) == []


async def test_what_one_took_back_oneself_leaves_room_for_the_right_figure() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    await take_back(administrator, await adjusted(administrator, resident_id, 900))
    assert (await adjust(administrator, resident_id, 1000)).transfer_id


async def test_taking_back_what_another_gave_counts_as_a_correction_of_ones_own() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    await take_back(second, await adjusted(first, resident_id, 900))
    assert (await adjust(second, resident_id, 101)).adjustment_id


async def transfer_behind(source_kind: str) -> int:
    transfer_id: int = (await fetch("SELECT id FROM transfers WHERE source_kind = ?", source_kind))[0][0]
    return transfer_id


async def test_what_has_a_cause_is_taken_back_with_it_and_the_refusal_says_how() -> None:
    administrator, caller = await an_administrator(), await a_caller(points=10)
    await an_order(await an_offer(cost=1), caller)
    await an_attendance(await an_activity(points_rule=an_hourly_rule()), caller.signed_in())
    await a_claim(await a_station(), caller.signed_in(), 50)
    for source_kind, reason in {
        "TicketOrder": "reverse_by_refund_order",
        "Attendance": "reverse_by_void_attendance",
        "Claim": "reverse_by_void_claim",
    }.items():
        with pytest.raises(Conflict) as refused:
            await take_back(administrator, await transfer_behind(source_kind))
        assert refused.value.reason == reason


async def test_it_is_refused_in_the_documented_order() -> None:
    administrator, resident_id = await an_administrator(), await a_resident(points=1)
    earned = (await fetch("SELECT id FROM transfers"))[0][0]
    given = await adjusted(administrator, resident_id, 7)
    cases: list[tuple[Caller, int, str, str, type[Refusal], tuple[str, ...] | None]] = [
        (await a_caller(), 404, "", "", InvalidInput, ("reason",)),
        (await a_caller(), 404, "-", "", InvalidInput, ("idempotencyKey",)),
        (await an_auditor(), given, "-", "K", Forbidden, None),
        (administrator, 404, "-", "K", NotFound, ("transferId",)),
        (administrator, earned, "-", "K", Conflict, ("transferId",)),
    ]
    for caller, transfer_id, reason, key, refusal, path in cases:
        wish = ReverseTransferWish(transfer_id=transfer_id, reason=reason, idempotency_key=key)
        with pytest.raises(refusal) as refused:
            await reverse_transfer(caller, wish, NOW)
        assert refused.value.path == path

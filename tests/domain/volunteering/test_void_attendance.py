"""Taking an attendance back, with its points, also where they are spent."""

from __future__ import annotations

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.rights import Role
from domain.refusals import AlreadyReversed, Forbidden, InvalidInput, KeyReused, NotFound, Refusal, Unauthenticated
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, Voided, void_attendance
from ledger.accounts import AccountKind, find_accounts
from ledger.posting import NewTransfer, TransferKind, post
from storage import Transaction, current_database, fetch, write
from tests.builders.keys import a_key
from tests.builders.people import (
    FOR_A_TEST,
    PROGRAMME,
    a_caller,
    a_resident,
    an_administrator,
    an_auditor,
    gate_staff_of,
    role_over,
)
from tests.builders.places import an_area, an_organisation
from tests.builders.volunteering import (
    AFTERWARDS,
    STARTS,
    Activity,
    a_list,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import later
from tests.domain.volunteering.counted import balance_of, broken_rules, counts_of, rows_of

pytestmark = pytest.mark.usefixtures("database")


def a_void(attendance_id: int, reason: str = "记错人", key: str | None = None) -> VoidAttendanceWish:
    return VoidAttendanceWish(attendance_id=attendance_id, reason=reason, idempotency_key=key or a_key())


async def void(caller: Caller, attendance_id: int) -> Voided:
    return await void_attendance(caller, a_void(attendance_id), AFTERWARDS)


async def refusal_of(caller: Caller, wish: VoidAttendanceWish) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await void_attendance(caller, wish, AFTERWARDS)
    return caught.value


async def a_paid_activity(host_id: int | None = None) -> Activity:
    return await an_activity(points_rule=an_hourly_rule(), host_id=host_id)


async def spend(resident_id: int, points: int) -> None:
    async def body(tx: Transaction) -> None:
        accounts = await find_accounts(tx, PROGRAMME, AccountKind.REDEMPTION, [resident_id])
        spent = NewTransfer(
            id=tx.new_id(),
            programme=PROGRAMME,
            kind=TransferKind.REDEEM,
            amount=points,
            debit=accounts.wallets[resident_id],
            credit=accounts.system,
            memo="示例门票",
            occurred_at=AFTERWARDS,
            source=FOR_A_TEST,
        )
        await post(tx, [spent], AFTERWARDS)

    await write(body)


async def test_it_counts_no_longer_and_its_points_are_taken_back_with_the_reason() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    attendance_id = await an_attendance(activity, resident_id)
    voided = await void(activity.organiser, attendance_id)
    assert voided.attendance_id == attendance_id
    rows = await rows_of(
        """SELECT d.void_reason, d.voided_by_id, d.points_earned, r.id, r.kind, r.amount, r.memo FROM attendances d
           JOIN transfers r ON r.reverses_id = d.transfer_id"""
    )
    assert rows == [("记错人", activity.organiser.resident_id, 7, voided.transfer_id, "REVERSAL", 7, "记错人")]
    assert await balance_of(resident_id) == 0
    assert await counts_of(activity) == (0, 0, 0)
    assert await broken_rules() == []


async def test_points_that_are_spent_are_taken_back_below_zero() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    attendance_id = await an_attendance(activity, resident_id)
    await spend(resident_id, 5)
    await void(activity.organiser, attendance_id)
    assert await balance_of(resident_id) == -5
    assert await broken_rules() == []


async def test_below_zero_nothing_can_be_spent_until_new_points_cover_it() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    attendance_id = await an_attendance(activity, resident_id)
    await spend(resident_id, 5)
    await void(activity.organiser, attendance_id)
    await an_attendance(await a_paid_activity(), resident_id)
    with pytest.raises(Refusal) as caught:
        await spend(resident_id, 3)
    assert caught.value.code == "INSUFFICIENT_POINTS"
    await spend(resident_id, 2)
    assert await balance_of(resident_id) == 0


async def test_where_nothing_was_earned_there_is_nothing_to_take_back() -> None:
    activity = await an_activity()
    attendance_id = await an_attendance(activity, await a_resident())
    assert await void(activity.organiser, attendance_id) == Voided(attendance_id, None)
    assert await broken_rules() == []


async def test_the_same_key_voids_once_and_answers_the_same() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    wish = a_void(await an_attendance(activity, resident_id))
    first = await void_attendance(activity.organiser, wish, AFTERWARDS)
    assert await void_attendance(activity.organiser, wish, later(days=9)) == first
    assert await balance_of(resident_id) == 0


async def test_a_second_time_with_another_key_is_already_reversed() -> None:
    activity = await a_paid_activity()
    attendance_id = await an_attendance(activity, await a_resident())
    await void(activity.organiser, attendance_id)
    refusal = await refusal_of(activity.organiser, a_void(attendance_id))
    assert isinstance(refusal, AlreadyReversed)
    assert refusal.path == ("attendanceId",)
    assert await counts_of(activity) == (0, 0, 0)


async def test_the_key_of_another_void_is_refused() -> None:
    activity = await a_paid_activity()
    first, second = [await an_attendance(activity, await a_resident()) for _ in range(2)]
    await void_attendance(activity.organiser, a_void(first, key="once"), AFTERWARDS)
    assert isinstance(await refusal_of(activity.organiser, a_void(second, key="once")), KeyReused)


async def test_who_was_voided_can_be_recorded_again() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    await void(activity.organiser, await an_attendance(activity, resident_id))
    await an_attendance(activity, resident_id)
    assert await balance_of(resident_id) == 7
    assert await counts_of(activity) == (0, 0, 1)
    assert await broken_rules() == []


async def test_a_mistake_can_be_mended_on_a_cancelled_activity() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    record, when = was_there(resident_id, STARTS, later(hours=2)), later(hours=2)
    (row,) = await log_attendance(activity.organiser, a_list(activity, record), when)
    await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), when)
    assert row.attendance_id
    await void(activity.organiser, row.attendance_id)
    assert await balance_of(resident_id) == 0


@pytest.mark.parametrize("reason", ["", "\u200b"])
async def test_a_reason_is_needed(reason: str) -> None:
    activity = await an_activity()
    refusal = await refusal_of(activity.organiser, a_void(1, reason))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, refusal.reason) == (("reason",), "text_empty")


async def test_administrators_over_the_host_may() -> None:
    district = await an_area()
    community = await an_area(parent_id=district)
    activity = await a_paid_activity(await an_organisation(area_id=community))
    for area_id in (district, community):
        administrator = await an_administrator(area_id)
        await void(administrator, await an_attendance(activity, await a_resident()))
    assert await counts_of(activity) == (0, 0, 0)


async def test_those_who_see_it_may_not_and_for_the_others_it_is_not_there() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    wish = a_void(await an_attendance(activity, resident_id))
    elsewhere = await a_caller()
    assert elsewhere.resident_id
    await role_over(elsewhere.resident_id, Role.ADMIN, area_id=await an_area(parent_id=await an_area()))
    assert isinstance(await refusal_of(ANONYMOUS, wish), Unauthenticated)
    assert isinstance(await refusal_of(Caller(resident_id), wish), Forbidden)
    assert isinstance(await refusal_of(await an_auditor(), wish), Forbidden)
    assert isinstance(await refusal_of(elsewhere, wish), NotFound)
    assert isinstance(await refusal_of(await gate_staff_of(activity.host_id), wish), NotFound)
    assert isinstance(await refusal_of(activity.organiser, a_void(1)), NotFound)


async def test_subscribers_of_the_activity_and_of_the_wallet_are_told() -> None:
    activity, resident_id = await a_paid_activity(), await a_resident()
    attendance_id = await an_attendance(activity, resident_id)
    wallet_id = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    changes = current_database().changes
    async with changes.subscribe(f"activity:{activity.id}") as told, changes.subscribe(f"wallet:{wallet_id}") as paid:
        await void(activity.organiser, attendance_id)
        assert told.is_set()
        assert paid.is_set()

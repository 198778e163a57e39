"""Two residents who are one person have no second limit: what is limited for each person counts both."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.people.grant_role import RoleWish
from domain.people.revoke_role import revoke_role
from domain.people.rights import Role
from domain.points.adjust_points import Adjusted, AdjustPointsWish, adjust_points
from domain.points.adjustment_limit import limit_of
from domain.points.set_adjustment_limit import SetAdjustmentLimitWish, set_adjustment_limit
from domain.refusals import (
    AlreadyAttended,
    AlreadyClaimed,
    AlreadySignedUp,
    Conflict,
    LimitPerResident,
    SecondPersonRequired,
)
from domain.volunteering.approve_attendance import approve_attendance
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch, read
from tests.builders.claims import a_claim, a_station, approve, attested_figure, claim_row, void
from tests.builders.earning import a_cap, a_rule
from tests.builders.keys import a_key
from tests.builders.merging import merge
from tests.builders.people import PROGRAMME, a_caller, a_resident, an_administrator, organiser_of, role_over
from tests.builders.places import an_area
from tests.builders.redemption import an_offer, an_order
from tests.builders.volunteering import (
    AFTERWARDS,
    ENDS,
    LONG_AFTERWARDS,
    a_list,
    a_pending_attendance,
    a_sign_up,
    an_activity,
    an_approval,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def points_of(resident_id: int) -> int:
    sql = "SELECT credits - debits FROM accounts WHERE holder_id = ? AND merged_into_id IS NULL"
    points: int = (await fetch(sql, resident_id))[0][0]
    return points


async def test_tickets_of_both_count_against_the_limit_of_an_offer() -> None:
    offer, old, new = await an_offer(cost=0, limit_per_resident=3), await a_caller(), await a_caller()
    await an_order(offer, old, 2)
    await an_order(offer, new, 1)
    await merge(new, old)
    with pytest.raises(LimitPerResident) as refused:
        await an_order(offer, new)
    assert (refused.value.limit, refused.value.used) == (3, 3)
    assert await read(audit_everything) == []


async def test_who_has_more_tickets_than_one_may_have_keeps_them_and_gets_no_more() -> None:
    offer, other = await an_offer(cost=0, limit_per_resident=2), await an_offer(cost=0, limit_per_resident=2)
    old, new = await a_caller(), await a_caller()
    for who in (old, new):
        await an_order(offer, who, 2)
    await an_order(other, old, 1)
    await merge(new, old)
    with pytest.raises(LimitPerResident) as refused:
        await an_order(offer, new)
    assert (refused.value.limit, refused.value.used) == (2, 4)
    await an_order(other, new)
    assert await read(audit_everything) == []


async def test_what_both_earned_counts_against_one_cap_also_beyond_it() -> None:
    await a_rule(a_cap(day=10))
    activities = [await an_activity(points_rule=an_hourly_rule()) for _ in range(3)]
    old, new = await a_resident(), await a_resident()
    first = await an_attendance(activities[0], old)
    await an_attendance(activities[1], new)
    await merge(new, old)
    await an_attendance(activities[2], new)
    assert await points_of(new) == 14
    wish = VoidAttendanceWish(attendance_id=first, reason="记错了", idempotency_key=a_key())
    await void_attendance(activities[0].organiser, wish, AFTERWARDS)
    fourth = await an_activity(points_rule=an_hourly_rule())
    await an_attendance(fourth, new)
    assert await points_of(new) == 10
    assert await read(audit_everything) == []


async def test_a_figure_that_was_paid_to_one_of_them_is_not_paid_again() -> None:
    station, old, new = await a_station(), await a_resident(), await a_resident()
    await a_claim(station, old, 250)
    await a_claim(station, new, 180)
    await merge(new, old)
    with pytest.raises(AlreadyClaimed) as refused:
        await a_claim(station, new, 240)
    assert refused.value.last_figure == 250
    assert (await claim_row(await a_claim(station, old, 300)))[1:3] == (250, 50)
    assert await attested_figure(new) == (300, "2024-01-12")
    assert await read(audit_everything) == []


async def test_what_both_were_paid_without_a_second_person_counts_together() -> None:
    station, old, new = await a_station(), await a_resident(), await a_resident()
    await a_claim(station, old, 600)
    await a_claim(station, new, 350)
    await merge(new, old)
    assert (await claim_row(await a_claim(station, old, 650)))[::3] == ("APPROVED", "")
    assert (await claim_row(await a_claim(station, old, 651)))[::3] == ("PENDING", "LARGE_INCREASE")


async def test_a_voided_claim_of_one_leaves_the_figure_that_the_other_reached() -> None:
    station, old, new = await a_station(), await a_resident(), await a_resident()
    low = await a_claim(station, new, 180)
    high = await a_claim(station, old, 250)
    await merge(new, old)
    next_one = await a_claim(station, new, 300)
    await approve(station.second, next_one)
    with pytest.raises(Conflict) as refused:
        await void(station.administrator, high)
    assert refused.value.reason == "claim_later_paid"
    await void(station.administrator, next_one)
    await void(station.administrator, high)
    assert (await attested_figure(new))[0] == 180
    await void(station.administrator, low)
    assert (await attested_figure(new))[0] == 0
    assert await points_of(new) == 0
    assert await read(audit_everything) == []


async def test_who_attested_under_the_old_account_is_no_second_person_under_the_new_one() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 2000)
    role = RoleWish(
        resident_id=station.staff.signed_in(), role=Role.ORGANISER, organisation_id=station.host_id, by_id=None
    )
    await revoke_role(role, NOW)
    await merge(station.second, station.staff)
    with pytest.raises(SecondPersonRequired):
        await approve(station.second, claim_id)
    await approve(station.administrator, claim_id)
    assert await read(audit_everything) == []


async def test_both_were_recorded_for_one_shift_and_nothing_more_is_recorded_for_it() -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    old, new = await a_resident(), await a_resident()
    attendances = [await an_attendance(activity, who) for who in (old, new)]
    await merge(new, old)
    rows = await fetch("SELECT id, resident_id, double_of FROM attendances ORDER BY id")
    assert [tuple(row) for row in rows] == [(attendances[0], new, attendances[1]), (attendances[1], new, 0)]
    for named in (old, new):
        (row,) = await log_attendance(activity.organiser, a_list(activity, was_there(named)), AFTERWARDS)
        assert isinstance(row.refusal, AlreadyAttended)
    assert await points_of(new) == 14
    assert await read(audit_everything) == []


async def test_of_two_entries_for_one_shift_only_one_is_approved() -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    old, new = await a_resident(), await a_resident()
    waits = await a_pending_attendance(activity, old)
    await an_attendance(activity, new)
    await merge(new, old)
    with pytest.raises(AlreadyAttended):
        await approve_attendance(await organiser_of(activity.host_id), an_approval(waits), LONG_AFTERWARDS)


async def test_a_place_that_both_had_goes_to_the_first_in_line() -> None:
    activity = await an_activity(capacity=2)
    old, new, waiting = await a_caller(), await a_caller(), await a_caller()
    mine = [await a_sign_up(activity, who) for who in (old, new, waiting)]
    await merge(new, old)
    rows = {row[0]: tuple(row[1:]) for row in await fetch("SELECT id, resident_id, status FROM sign_ups")}
    assert rows == {
        mine[0]: (new.resident_id, "CONFIRMED"),
        mine[1]: (new.resident_id, "CANCELLED"),
        mine[2]: (waiting.resident_id, "CONFIRMED"),
    }
    with pytest.raises(AlreadySignedUp):
        await a_sign_up(activity, new)
    assert await read(audit_everything) == []


async def test_of_a_place_and_a_wait_the_place_stays() -> None:
    activity = await an_activity(capacity=1)
    old, new = await a_caller(), await a_caller()
    place = await a_sign_up(activity, new)
    wait = await a_sign_up(activity, old)
    await merge(old, new)
    rows = {row[0]: row[1] for row in await fetch("SELECT id, status FROM sign_ups")}
    assert rows == {place: "CONFIRMED", wait: "CANCELLED"}
    assert await read(audit_everything) == []


async def test_times_at_which_both_were_somewhere_raise_an_alarm_about_who_recorded_the_later_one() -> None:
    old, new = await a_resident(), await a_resident()
    early, late, voided, later_on = [
        await an_activity(), await an_activity(), await an_activity(), await an_activity(starts_at=ENDS, ends_at=later(hours=6))
    ]  # fmt: skip
    mistake = VoidAttendanceWish(
        attendance_id=await an_attendance(voided, old), reason="记错人", idempotency_key=a_key()
    )
    await void_attendance(voided.organiser, mistake, AFTERWARDS)
    before, after = await an_attendance(early, new), await an_attendance(late, old)
    await log_attendance(later_on.organiser, a_list(later_on, was_there(old, ENDS)), later(hours=7))
    await merge(new, old)
    told = (
        "SELECT activity_id, organiser_id, resident_id, attendance_id, other_attendance_id, people, minutes FROM alarms"
    )
    rows = [tuple(row) for row in await fetch(f"{told} WHERE kind = 'TWO_PLACES'")]
    assert rows == [(late.id, late.organiser.signed_in(), new, after, before, 1, 120)]
    assert await read(audit_everything) == []


async def test_two_accounts_of_one_administrator_are_not_two_who_raise_the_limit_together() -> None:
    own, older, other, resident_id = await a_caller(), await a_caller(), await an_administrator(), await a_resident()
    role = await an_administrators_role(older)
    await set_limit(older, 9000, later(minutes=1))
    await correct(older, resident_id, 600)
    await revoke_role(role, later(minutes=2))
    await merge(own, older, other)
    await an_administrators_role(own)
    assert await may_alone(own) == 1000, "who raised it was they themselves"
    await set_limit(other, 1100, later(minutes=4))
    assert (await correct(own, resident_id, 501)).adjustment_id, "600 and 501 are from one person"
    assert (await correct(own, resident_id, 500)).transfer_id
    assert await read(audit_everything) == []


async def an_administrators_role(caller: Caller) -> RoleWish:
    """They administer a district; the role, as it is revoked."""
    area_id = await an_area()
    await role_over(caller.signed_in(), Role.ADMIN, area_id=area_id)
    return RoleWish(resident_id=caller.signed_in(), role=Role.ADMIN, area_id=area_id, by_id=None)


async def set_limit(administrator: Caller, limit: int, now: datetime) -> None:
    await set_adjustment_limit(administrator, SetAdjustmentLimitWish(programme=PROGRAMME, limit=limit), now)


async def may_alone(administrator: Caller) -> int:
    return await read(lambda reader: limit_of(reader, administrator.signed_in(), PROGRAMME))


async def correct(administrator: Caller, resident_id: int, amount: int) -> Adjusted:
    wish = AdjustPointsWish(resident_id=resident_id, amount=amount, reason="补录", idempotency_key=a_key())
    return await adjust_points(administrator, wish, NOW)

"""Bought hours, step by step: what is entered long afterwards pays nobody until somebody else believes it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.rights import Role
from domain.points.wallet_status import WalletStatusWish, close_wallet
from domain.refusals import InvalidInput, Refusal
from domain.volunteering.approve_attendance import approve_attendance
from domain.volunteering.evidence import EvidenceGrade
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.reject_attendance import reject_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import Transaction, current_database, write
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, organiser_of, role_over
from tests.builders.volunteering import (
    ENDS,
    LONG_AFTERWARDS,
    STARTS,
    Activity,
    a_list,
    a_pending_attendance,
    a_rejection,
    an_activity,
    an_approval,
    an_attendance,
    an_hourly_rule,
    remembered,
    was_there,
)
from tests.clock import later
from tests.domain.volunteering.counted import balance_of, broken_rules, counts_of, outcomes, rows_of

pytestmark = pytest.mark.usefixtures("database")

STATE = "SELECT approval, points_earned, decided_by_id, reject_reason FROM attendances WHERE id = ?"


async def an_entry(activity: Activity | None = None) -> tuple[Activity, int, int]:
    """An activity that pays 7 points, a resident, and their attendance that waits for approval."""
    activity, resident_id = activity or await an_activity(points_rule=an_hourly_rule()), await a_resident()
    return activity, resident_id, await a_pending_attendance(activity, resident_id)


async def colleague_of(activity: Activity) -> Caller:
    return await organiser_of(activity.host_id)


async def code_of(call: object) -> str:
    (code,) = await outcomes([call])  # type: ignore[list-item]  # any act
    return code


async def test_what_is_entered_long_afterwards_pays_and_counts_nothing_at_first() -> None:
    activity, resident_id, attendance_id = await an_entry()
    assert await rows_of("SELECT grade, reason FROM attendances") == [("ENTERED_AFTERWARDS", "当天没有网络")]
    assert await rows_of(STATE, attendance_id) == [("PENDING", 0, None, None)]
    assert await balance_of(resident_id) == 0
    assert await counts_of(activity) == (0, 0, 0)
    assert await broken_rules() == []


async def test_a_second_person_approves_it_and_it_is_paid_as_if_it_had_been_logged_in_time() -> None:
    activity, resident_id, attendance_id = await an_entry()
    colleague = await colleague_of(activity)
    approved = await approve_attendance(colleague, an_approval(attendance_id), later(days=3))
    assert await rows_of(STATE, attendance_id) == [("APPROVED", 7, colleague.resident_id, None)]
    paid = await rows_of("SELECT id, kind, amount, memo, source_kind, source_id, posted_by_id FROM transfers")
    facts = ("EARN", 7, "示例义诊", "Attendance", attendance_id, colleague.resident_id)
    assert paid == [(approved.transfer_id, *facts)]
    assert await balance_of(resident_id) == 7
    assert await counts_of(activity) == (0, 0, 1)
    assert await broken_rules() == []


async def test_who_sold_the_hours_cannot_approve_them_nor_can_who_bought_them() -> None:
    activity, resident_id, attendance_id = await an_entry()
    await role_over(resident_id, Role.ORGANISER, organisation_id=activity.host_id)
    for somebody in (activity.organiser, Caller(resident_id)):
        for call in (
            approve_attendance(somebody, an_approval(attendance_id), LONG_AFTERWARDS),
            reject_attendance(somebody, a_rejection(attendance_id), LONG_AFTERWARDS),
        ):
            assert await code_of(call) == "SECOND_PERSON_REQUIRED"
    assert await rows_of(STATE, attendance_id) == [("PENDING", 0, None, None)]


async def test_only_organisers_of_the_activity_and_administrators_over_its_host_decide() -> None:
    activity, resident_id, attendance_id = await an_entry()
    administrator = await a_caller()
    await role_over(administrator.resident_id or 0, Role.ADMIN, organisation_id=activity.host_id)
    found = {
        name: await code_of(approve_attendance(caller, an_approval(attendance_id), LONG_AFTERWARDS))
        for name, caller in {
            "nobody": ANONYMOUS,
            "stranger": await a_caller(),
            "organiser elsewhere": (await an_activity()).organiser,
            "the resident": Caller(resident_id),
            "auditor": await an_auditor(),
            "administrator": administrator,
        }.items()
    }
    assert found == {
        "nobody": "UNAUTHENTICATED",
        "stranger": "NOT_FOUND",
        "organiser elsewhere": "NOT_FOUND",
        "the resident": "FORBIDDEN",
        "auditor": "FORBIDDEN",
        "administrator": "done",
    }


async def test_what_is_rejected_never_pays_and_stands_in_the_way_until_it_is_voided() -> None:
    activity, resident_id, attendance_id = await an_entry()
    colleague = await colleague_of(activity)
    await reject_attendance(colleague, a_rejection(attendance_id), LONG_AFTERWARDS)
    assert await rows_of(STATE, attendance_id) == [("REJECTED", 0, colleague.resident_id, "名单上没有此人")]
    again = a_list(activity, remembered(resident_id))
    (row,) = await log_attendance(activity.organiser, again, LONG_AFTERWARDS)
    assert row.refusal
    assert row.refusal.code == "ALREADY_ATTENDED"
    voiding = VoidAttendanceWish(attendance_id=attendance_id, reason="时间填错", idempotency_key=a_key())
    assert (await void_attendance(activity.organiser, voiding, LONG_AFTERWARDS)).transfer_id is None
    (row,) = await log_attendance(activity.organiser, replace(again, idempotency_key=a_key()), LONG_AFTERWARDS)
    assert row.refusal is None
    assert await counts_of(activity) == (0, 0, 0)
    assert await broken_rules() == []


async def test_it_is_decided_once() -> None:
    activity, resident_id, attendance_id = await an_entry()
    colleague, other = await colleague_of(activity), await colleague_of(activity)
    await approve_attendance(colleague, an_approval(attendance_id), LONG_AFTERWARDS)
    assert await code_of(reject_attendance(other, a_rejection(attendance_id), LONG_AFTERWARDS)) == "ALREADY_DECIDED"
    assert await code_of(approve_attendance(other, an_approval(attendance_id), LONG_AFTERWARDS)) == "ALREADY_DECIDED"
    assert await balance_of(resident_id) == 7


async def test_of_eight_who_decide_at_once_one_wins_and_at_most_one_payment_is_made() -> None:
    activity, resident_id, attendance_id = await an_entry()
    people = [await colleague_of(activity) for _ in range(8)]
    calls = [
        approve_attendance(caller, an_approval(attendance_id), LONG_AFTERWARDS)
        if turn % 2
        else reject_attendance(caller, a_rejection(attendance_id), LONG_AFTERWARDS)
        for turn, caller in enumerate(people)
    ]
    assert await outcomes(calls) == {"done": 1, "ALREADY_DECIDED": 7}
    assert await balance_of(resident_id) in (0, 7)
    assert await broken_rules() == []


async def test_approved_and_voided_at_once_it_ends_without_points_either_way() -> None:
    """Whoever voids must see a payment that was made while they waited."""
    activity = await an_activity(points_rule=an_hourly_rule())
    colleague = await colleague_of(activity)
    entries = [await an_entry(activity) for _ in range(6)]
    calls = [
        call
        for _, _, attendance_id in entries
        for call in (
            approve_attendance(colleague, an_approval(attendance_id), LONG_AFTERWARDS),
            void_attendance(
                activity.organiser,
                VoidAttendanceWish(attendance_id=attendance_id, reason="记错人", idempotency_key=a_key()),
                LONG_AFTERWARDS,
            ),
        )
    ]
    assert set(await outcomes(calls)) <= {"done", "ALREADY_REVERSED"}
    assert [await balance_of(resident_id) for _, resident_id, _ in entries] == [0] * 6
    assert await counts_of(activity) == (0, 0, 0)
    assert await broken_rules() == []


async def test_the_same_key_approves_once_and_answers_the_same() -> None:
    activity, resident_id, attendance_id = await an_entry()
    colleague, wish = await colleague_of(activity), an_approval(attendance_id)
    answers = await asyncio.gather(*(approve_attendance(colleague, wish, LONG_AFTERWARDS) for _ in range(4)))
    assert len(set(answers)) == 1
    assert await balance_of(resident_id) == 7
    other = (await an_entry(activity))[2]
    reused = an_approval(other, key=wish.idempotency_key)
    assert await code_of(approve_attendance(colleague, reused, LONG_AFTERWARDS)) == "IDEMPOTENCY_KEY_REUSED"


async def test_a_rejection_is_answered_again_by_its_key() -> None:
    activity, _, attendance_id = await an_entry()
    colleague, wish = await colleague_of(activity), a_rejection(attendance_id)
    assert [await reject_attendance(colleague, wish, LONG_AFTERWARDS) for _ in range(2)] == [attendance_id] * 2


async def test_what_was_voided_or_listed_in_time_is_not_decided_on() -> None:
    activity, _, attendance_id = await an_entry()
    colleague = await colleague_of(activity)
    in_time = await an_attendance(activity, await a_resident())
    voiding = VoidAttendanceWish(attendance_id=attendance_id, reason="记错人", idempotency_key=a_key())
    await void_attendance(activity.organiser, voiding, LONG_AFTERWARDS)
    assert await code_of(approve_attendance(colleague, an_approval(attendance_id), LONG_AFTERWARDS)) == (
        "ALREADY_REVERSED"
    )
    assert await code_of(approve_attendance(colleague, an_approval(in_time), LONG_AFTERWARDS)) == "CONFLICT"


async def test_a_rule_that_pays_for_scans_only_pays_nothing_for_what_was_approved() -> None:
    rule = replace(an_hourly_rule(), lowest_grade=EvidenceGrade.ORGANISER_LIST)
    activity, resident_id, attendance_id = await an_entry(await an_activity(points_rule=rule))
    approved = await approve_attendance(await colleague_of(activity), an_approval(attendance_id), LONG_AFTERWARDS)
    assert approved.transfer_id is None
    assert await balance_of(resident_id) == 0
    assert await counts_of(activity) == (0, 0, 1)


async def test_an_exhausted_budget_leaves_it_waiting() -> None:
    activity, resident_id, attendance_id = await an_entry()

    async def limit(tx: Transaction) -> None:
        await tx.execute("UPDATE programmes SET budget = 5")

    await write(limit)
    wish = an_approval(attendance_id)
    colleague = await colleague_of(activity)
    assert await code_of(approve_attendance(colleague, wish, LONG_AFTERWARDS)) == "BUDGET_EXHAUSTED"
    assert await rows_of(STATE, attendance_id) == [("PENDING", 0, None, None)]
    await write(lambda tx: tx.execute("UPDATE programmes SET budget = NULL"))
    assert await code_of(approve_attendance(colleague, wish, LONG_AFTERWARDS)) == "done"
    assert await balance_of(resident_id) == 7


async def test_a_closed_wallet_leaves_it_waiting() -> None:
    activity, resident_id, attendance_id = await an_entry()
    ((wallet_id,),) = await rows_of("SELECT id FROM accounts WHERE holder_id = ?", resident_id)
    closing = WalletStatusWish(wallet_id=wallet_id, reason="居民申请", idempotency_key=a_key())
    await close_wallet(await an_administrator(), closing, LONG_AFTERWARDS)
    colleague = await colleague_of(activity)
    assert (
        await code_of(approve_attendance(colleague, an_approval(attendance_id), LONG_AFTERWARDS)) == "ACCOUNT_NOT_OPEN"
    )
    assert await rows_of(STATE, attendance_id) == [("PENDING", 0, None, None)]


WRONG: list[tuple[datetime, datetime | None, str | None, str, str]] = [
    (STARTS - timedelta(minutes=1), ENDS, "没有网络", "checkedInAt", "afterwards_before_shift"),
    (STARTS, None, "没有网络", "checkedOutAt", "afterwards_without_check_out"),
    (STARTS, ENDS + timedelta(minutes=1), "没有网络", "checkedOutAt", "afterwards_after_shift"),
    (STARTS, ENDS, None, "reason", "afterwards_without_reason"),
    (STARTS, ENDS, "", "reason", "text_empty"),
    (STARTS, ENDS, "\u200b", "reason", "text_empty"),
    (STARTS, ENDS, "长" * 501, "reason", "text_too_long"),
]


@pytest.mark.parametrize(("came", "left", "reason", "field", "problem"), WRONG)
async def test_memory_is_bounded_by_the_shift_and_needs_a_reason(
    came: datetime, left: datetime | None, reason: str | None, field: str, problem: str
) -> None:
    activity, resident_id = await an_activity(), await a_resident()
    record = replace(was_there(resident_id, came, left), reason=reason)
    (row,) = await log_attendance(activity.organiser, a_list(activity, record), LONG_AFTERWARDS)
    assert isinstance(row.refusal, InvalidInput)
    assert (row.refusal.path, row.refusal.reason) == (("records", "0", field), problem)


async def test_one_record_without_a_reason_spoils_no_other() -> None:
    activity, people = await an_activity(), [await a_resident() for _ in range(2)]
    wish = a_list(activity, remembered(people[0]), was_there(people[1], STARTS, ENDS))
    rows = await log_attendance(activity.organiser, wish, LONG_AFTERWARDS)
    assert [row.refusal is None for row in rows] == [True, False]


async def test_another_reason_is_another_input_for_the_same_key() -> None:
    activity, resident_id = await an_activity(), await a_resident()
    wish = a_list(activity, remembered(resident_id))
    await log_attendance(activity.organiser, wish, LONG_AFTERWARDS)
    changed = replace(wish, records=(remembered(resident_id, reason="忘了"),))
    with pytest.raises(Refusal) as caught:
        await log_attendance(activity.organiser, changed, LONG_AFTERWARDS)
    assert caught.value.code == "IDEMPOTENCY_KEY_REUSED"


async def test_subscribers_are_told_of_a_decision() -> None:
    activity, _, attendance_id = await an_entry()
    colleague = await colleague_of(activity)
    async with current_database().changes.subscribe(f"activity:{activity.id}") as told:
        await approve_attendance(colleague, an_approval(attendance_id), LONG_AFTERWARDS)
        assert told.is_set()

"""From a draft to points: activities, sign-ups and attendances as front-ends meet them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, organiser_of
from tests.builders.places import an_area, an_organisation
from tests.builders.volunteering import (
    AFTERWARDS,
    ENDS,
    LONG_AFTERWARDS,
    STARTS,
    a_shift,
    a_sign_up,
    an_activity,
    an_hourly_rule,
)
from tests.clock import later
from tests.schema.client import ANONYMOUS, encode_id, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

ACTIVITY = """activity { id kind title status capacity waitlistLimit venue latitude startsAt endsAt signUpClosesAt publishedAt
    cancelReason host { id } partners { id } area { code } shifts { name startsAt endsAt capacity }
    pointsRule { programme perAttendance perHour cap lowestGrade leastSharePercent } }"""


async def new_activity(**more: Any) -> tuple[dict[str, Any], int]:
    host, partner = await an_organisation(), await an_organisation()
    await an_area(code="RC-JPJ")
    wanted = {
        "kind": "CLINIC",
        "title": "民族团结一家亲,寒冬义诊暖民心",
        "summary": "望舌、把脉",
        "hostId": encode_id("Organisation", host),
        "partnerIds": [encode_id("Organisation", partner)],
        "areaCode": "RC-JPJ",
        "venue": "火车站宿舍红帆驿站",
        "startsAt": STARTS.isoformat(),
        "endsAt": ENDS.isoformat(),
        "pointsRule": {"perHour": 1, "cap": 2},
    }
    return wanted | more, host


async def test_an_organiser_writes_publishes_and_cancels_an_activity() -> None:
    wanted, host = await new_activity()
    organiser = await organiser_of(host)
    activity = (await mutate("createActivity", wanted, organiser, answer=ACTIVITY))["activity"]
    assert (activity["status"], activity["publishedAt"], activity["waitlistLimit"]) == ("DRAFT", None, 500)
    (shift,) = activity["shifts"]
    assert (shift["startsAt"], shift["endsAt"]) == ("2024-01-12T02:30:00Z", "2024-01-12T04:30:00Z")
    figures = {"programme": "xuexi", "perAttendance": 0, "perHour": 1, "cap": 2}
    assert activity["pointsRule"] == figures | {"lowestGrade": "ENTERED_AFTERWARDS", "leastSharePercent": 0}
    assert [partner["id"] for partner in activity["partners"]] == wanted["partnerIds"]
    published = (await mutate("publishActivity", {"activityId": activity["id"]}, organiser, answer=ACTIVITY))[
        "activity"
    ]
    assert (published["status"], published["publishedAt"]) == ("PUBLISHED", "2024-01-12T01:30:00Z")
    cancelling = {"activityId": activity["id"], "reason": "大雨"}
    cancelled = (await mutate("cancelActivity", cancelling, organiser, answer=ACTIVITY))["activity"]
    assert (cancelled["status"], cancelled["cancelReason"]) == ("CANCELLED", "大雨")


async def test_shifts_and_places_are_taken_as_given() -> None:
    shift = {"name": "上午", "startsAt": STARTS.isoformat(), "endsAt": ENDS.isoformat(), "capacity": 3}
    position = {"latitude": 35.4, "longitude": 116.58}
    rule = {"cap": 2, "lowestGrade": "SCANNED_ONCE", "leastSharePercent": 60}
    wanted, host = await new_activity(
        shifts=[shift], capacity=9, waitlistLimit=0, publish=True, pointsRule=rule, **position
    )
    activity = (await mutate("createActivity", wanted, await organiser_of(host), answer=ACTIVITY))["activity"]
    assert (activity["status"], activity["capacity"], activity["waitlistLimit"]) == ("PUBLISHED", 9, 0)
    assert activity["pointsRule"] == rule | {"programme": "xuexi", "perAttendance": 0, "perHour": 0}
    assert (activity["latitude"], activity["shifts"][0]["name"], activity["shifts"][0]["capacity"]) == (35.4, "上午", 3)


SIGN_UP = "signUp { id status waitlistPosition createdAt shift { signUpCount waitlistCount } resident { displayName } }"


async def test_a_place_that_falls_free_goes_to_the_first_in_line() -> None:
    activity = await an_activity(capacity=1)
    callers = [await a_caller(f"居民{number}") for number in range(3)]
    wanted = {"shiftId": encode_id("Shift", activity.shift_id)}
    made = [(await mutate("signUp", wanted, caller, answer=SIGN_UP))["signUp"] for caller in callers]
    assert [(one["status"], one["waitlistPosition"]) for one in made] == [
        ("CONFIRMED", None),
        ("WAITLISTED", 1),
        ("WAITLISTED", 2),
    ]
    freed = await mutate("cancelSignUp", {"signUpId": made[0]["id"]}, callers[0], answer=SIGN_UP)
    assert freed["signUp"]["status"] == "CANCELLED"
    query = """{ viewer { all: signUps(first: 9) { totalCount nodes { status waitlistPosition } }
        waiting: signUps(status: WAITLISTED, first: 9) { totalCount } } }"""
    second, third = [(await succeed(query, caller))["viewer"] for caller in callers[1:]]
    assert second["all"]["nodes"] == [{"status": "CONFIRMED", "waitlistPosition": None}]
    assert third["all"]["nodes"] == [{"status": "WAITLISTED", "waitlistPosition": 1}]
    assert (second["waiting"]["totalCount"], third["waiting"]["totalCount"]) == (0, 1)


ELIGIBLE = """query ($id: ID!) { activity(id: $id) { shifts { viewerCanSignUp { eligible reasons { __typename code message path
    ... on LimitReached { limit used } } } } } }"""


async def test_may_i_sign_up_names_every_reason_why_not() -> None:
    busy = await an_activity(title="晨练")
    full = await an_activity(capacity=1, waitlist_limit=0, sign_up_closes_at=later(minutes=30))
    await a_sign_up(full)
    caller = await a_caller()
    await a_sign_up(busy, caller)
    asked = {"id": encode_id("Activity", full.id)}
    answer = (await succeed(ELIGIBLE, caller, asked, now=later(minutes=40)))["activity"]["shifts"][0]["viewerCanSignUp"]
    assert answer["eligible"] is False
    assert [reason["code"] for reason in answer["reasons"]] == ["NOT_OPEN", "CONFLICT", "FULL"]
    assert (answer["reasons"][2]["limit"], answer["reasons"][2]["used"]) == (0, 0)
    assert "晨练" in answer["reasons"][1]["message"]
    nobody = (await succeed(ELIGIBLE, ANONYMOUS, asked))["activity"]["shifts"][0]["viewerCanSignUp"]
    assert [reason["code"] for reason in nobody["reasons"]] == ["UNAUTHENTICATED", "FULL"]


async def test_who_may_sign_up_is_told_so() -> None:
    activity = await an_activity(shifts=[a_shift(), a_shift()])
    answer = await succeed(ELIGIBLE, await a_caller(), {"id": encode_id("Activity", activity.id)})
    free = {"eligible": True, "reasons": []}
    assert [shift["viewerCanSignUp"] for shift in answer["activity"]["shifts"]] == [free, free]


ATTENDANCE = """results { attendance { id pointsEarned method checkedOutAt voidedAt recordedBy { id } resident { displayName }
    transfer { kind amount source { ... on Attendance { id } } } } error { code } }"""


async def test_points_arrive_with_the_attendance_and_go_with_its_voiding() -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    caller = await a_caller("张三")
    record = {
        "attendee": {"residentId": encode_id("Resident", caller.resident_id or 0)},
        "checkedInAt": STARTS.isoformat(),
    }
    wanted = {"shiftId": encode_id("Shift", activity.shift_id), "records": [record], "idempotencyKey": "list"}
    first = await mutate("logAttendance", wanted, activity.organiser, answer=ATTENDANCE, now=AFTERWARDS)
    (row,) = first["results"]
    attendance = row["attendance"]
    assert (attendance["pointsEarned"], attendance["method"]) == (7, "ORGANISER")
    assert attendance["checkedOutAt"] == "2024-01-12T04:30:00Z"
    assert attendance["transfer"] == {"kind": "EARN", "amount": 7, "source": {"id": attendance["id"]}}
    assert await mutate("logAttendance", wanted, activity.organiser, answer=ATTENDANCE, now=AFTERWARDS) == first

    voiding = {"attendanceId": attendance["id"], "reason": "记错人", "idempotencyKey": a_key()}
    answer = """attendance { voidReason pointsEarned transfer { reversedBy { id } } }
        transfer { id kind amount reverses { amount } }"""
    voided = await mutate("voidAttendance", voiding, activity.organiser, answer=answer, now=AFTERWARDS)
    assert (voided["transfer"]["kind"], voided["transfer"]["reverses"]) == ("REVERSAL", {"amount": 7})
    assert voided["attendance"]["transfer"]["reversedBy"] == {"id": voided["transfer"]["id"]}
    assert (await succeed("{ viewer { wallet { balance } } }", caller))["viewer"]["wallet"]["balance"] == 0


async def test_hours_that_were_entered_afterwards_pay_when_a_colleague_approves_them() -> None:
    activity, caller = await an_activity(points_rule=an_hourly_rule()), await a_caller("张三")
    colleague = await organiser_of(activity.host_id)
    record = {
        "attendee": {"residentId": encode_id("Resident", caller.resident_id or 0)},
        "checkedInAt": STARTS.isoformat(),
        "checkedOutAt": ENDS.isoformat(),
        "reason": "当天没有网络",
    }
    wanted = {"shiftId": encode_id("Shift", activity.shift_id), "records": [record], "idempotencyKey": a_key()}
    answer = "results { attendance { id grade approval reason pointsEarned } error { code } }"
    (row,) = (await mutate("logAttendance", wanted, activity.organiser, answer=answer, now=LONG_AFTERWARDS))["results"]
    entry = row["attendance"]
    facts = ("ENTERED_AFTERWARDS", "PENDING", "当天没有网络", 0)
    assert (entry["grade"], entry["approval"], entry["reason"], entry["pointsEarned"]) == facts

    waiting = (
        "{ attendancesToApprove(first: 9) { nodes { id shift { listDueAt } resident { hoursServed } } totalCount } }"
    )
    assert (await succeed(waiting, activity.organiser))["attendancesToApprove"]["nodes"] == []
    (listed,) = (await succeed(waiting, colleague))["attendancesToApprove"]["nodes"]
    assert listed == {"id": entry["id"], "shift": {"listDueAt": "2024-01-13T04:30:00Z"}, "resident": {"hoursServed": 0}}

    approving = {"attendanceId": entry["id"], "idempotencyKey": a_key()}
    answer = (
        "attendance { approval decidedBy { id } decidedAt pointsEarned resident { hoursServed } } transfer { amount }"
    )
    approved = await mutate("approveAttendance", approving, colleague, answer=answer, now=LONG_AFTERWARDS)
    decided = {
        "decidedBy": {"id": encode_id("Resident", colleague.resident_id or 0)},
        "decidedAt": "2024-01-13T05:30:00Z",
    }
    paid = {"approval": "APPROVED", "pointsEarned": 7, "resident": {"hoursServed": 2}}
    assert (approved["attendance"], approved["transfer"]) == (decided | paid, {"amount": 7})

    query = """query ($id: ID!) { activity(id: $id) { attendanceCount
        pending: attendances(approval: PENDING, first: 9) { totalCount }
        approved: attendances(approval: APPROVED, first: 9) { totalCount } } }"""
    found = (await succeed(query, colleague, {"id": encode_id("Activity", activity.id)}))["activity"]
    assert found == {"attendanceCount": 1, "pending": {"totalCount": 0}, "approved": {"totalCount": 1}}


async def test_organisers_page_through_those_who_signed_up_and_those_who_came() -> None:
    activity = await an_activity()
    for _ in range(3):
        await a_sign_up(activity)
    residents = [await a_resident() for _ in range(2)]
    records = [
        {"attendee": {"residentId": encode_id("Resident", resident)}, "checkedInAt": STARTS.isoformat()}
        for resident in residents
    ]
    wanted = {"shiftId": encode_id("Shift", activity.shift_id), "records": records, "idempotencyKey": a_key()}
    await mutate("logAttendance", wanted, activity.organiser, now=AFTERWARDS)
    query = """query ($id: ID!) { activity(id: $id) { signUpCount attendanceCount
        signUps(first: 2, status: CONFIRMED) { totalCount nodes { status } pageInfo { hasNextPage } }
        attendances(first: 9) { totalCount nodes { resident { id } } } } }"""
    found = (await succeed(query, activity.organiser, {"id": encode_id("Activity", activity.id)}))["activity"]
    assert (found["signUpCount"], found["attendanceCount"]) == (3, 2)
    assert (found["signUps"]["totalCount"], len(found["signUps"]["nodes"])) == (3, 2)
    assert found["signUps"]["pageInfo"] == {"hasNextPage": True}
    assert found["attendances"]["totalCount"] == 2

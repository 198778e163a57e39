"""Rules and what they gave, as a front-end sees them: published, listed, applied, explained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.earning.rule import CapPeriod, RuleKind
from domain.people.caller import Caller
from domain.points.adjust_points import AdjustPointsWish, adjust_points
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from schema.reads.asking import Language
from tests.builders.earning import TODAY, a_cap, a_rule, a_rule_wish
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator
from tests.builders.redemption import an_offer, an_order
from tests.builders.volunteering import AFTERWARDS, STARTS, an_activity, an_attendance, an_hourly_rule
from tests.clock import NOW
from tests.schema.client import encode_id, mutate, refused, succeed

pytestmark = pytest.mark.usefixtures("database")

A_RULE = {
    "programme": "xuexi",
    "code": "hourly",
    "name": "每小时一分",
    "kind": "PER_HOUR",
    "points": 1,
    "validFrom": TODAY.isoformat(),
    "capPerActivity": 2,
    "lowestGrade": "SCANNED_ONCE",
    "activityKinds": ["CLINIC", "READING", "CLINIC"],
}
RULE = """programme { code } code version name kind points bands { fromScore points } validFrom validUntil capPerActivity
    capPerDay capPerWeek capTotal lowestGrade leastSharePercent activityKinds publishedAt publishedBy { displayName }"""


async def publish(rule: dict[str, Any], caller: Caller) -> Any:
    wanted = {"rule": rule, "idempotencyKey": a_key()}
    payload = await mutate("publishEarningRule", wanted, caller, answer=f"rule {{ id {RULE} }}")
    assert payload["errors"] == []
    return payload["rule"]


async def test_a_rule_is_published_listed_and_ended() -> None:
    await a_resident()
    administrator = await an_administrator()
    rule = await publish(A_RULE, administrator)
    assert {name: value for name, value in rule.items() if name != "id"} == {
        "programme": {"code": "xuexi"},
        "code": "hourly",
        "version": 1,
        "name": "每小时一分",
        "kind": "PER_HOUR",
        "points": 1,
        "bands": [],
        "validFrom": "2024-01-12",
        "validUntil": None,
        "capPerActivity": 2,
        "capPerDay": None,
        "capPerWeek": None,
        "capTotal": None,
        "lowestGrade": "SCANNED_ONCE",
        "leastSharePercent": 60,
        "activityKinds": ["CLINIC", "READING"],
        "publishedAt": "2024-01-12T01:30:00Z",
        "publishedBy": {"displayName": "示例管理员"},
    }
    bands = [{"fromScore": 90, "points": 3}, {"fromScore": 60, "points": 1}]
    score = A_RULE | {"code": "score", "kind": "SCORE_BAND", "points": 0, "bands": bands, "activityKinds": []}
    assert (await publish(score, administrator))["bands"] == bands[::-1]
    next_week = (TODAY + timedelta(days=7)).isoformat()
    ended = await mutate(
        "endEarningRule", {"ruleId": rule["id"], "lastDay": next_week}, administrator, answer="rule { validUntil }"
    )
    assert ended["rule"] == {"validUntil": next_week}
    query = """query ($day: Date) { programme(code: "xuexi") { rules(first: 10, inForceOn: $day) {
        nodes { code publishedBy { id } } totalCount } } }"""
    for day, codes in ((None, ["hourly", "score"]), (next_week, ["hourly", "score"]), ("2024-01-20", ["score"])):
        rules = (await succeed(query, variables={"day": day}))["programme"]["rules"]
        assert rules == {"nodes": [{"code": code, "publishedBy": None} for code in codes], "totalCount": len(codes)}


async def test_what_is_wrong_with_a_rule_is_said_at_its_field() -> None:
    await a_resident()
    administrator = await an_administrator()
    bands = [{"fromScore": 60, "points": 1}, {"fromScore": 60, "points": 2}]
    wanted = A_RULE | {"kind": "SCORE_BAND", "points": 0, "bands": bands}
    error = await refused("publishEarningRule", {"rule": wanted, "idempotencyKey": a_key()}, administrator)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["rule", "bands", "1", "fromScore"])
    wanted = A_RULE | {"validFrom": "2024-01-11"}
    error = await refused(
        "publishEarningRule", {"rule": wanted, "idempotencyKey": a_key()}, administrator, language="en"
    )
    assert error["path"] == ["rule", "validFrom"]
    assert "2024-01-12" in error["message"]


async def logged(organiser: Caller, shift_id: int, resident: int, **more: object) -> Any:
    record = {"attendee": {"residentId": encode_id("Resident", resident)}, "checkedInAt": STARTS.isoformat()} | more
    wanted = {"shiftId": encode_id("Shift", shift_id), "records": [record], "idempotencyKey": a_key()}
    answer = """results { error { code path } attendance { id units score pointsEarned explanation transfer { explanation }
        awards { rule { code version } day basis wouldHaveGiven cut cutBy cutByRule { code } cutLimit points } } }"""
    return (await mutate("logAttendance", wanted, organiser, answer=answer, now=AFTERWARDS))["results"][0]


async def test_an_attendance_tells_what_each_rule_gave_and_what_a_cap_cut() -> None:
    administrator, resident = await an_administrator(), await a_resident()
    await a_rule(a_rule_wish(caps={CapPeriod.ACTIVITY: 1}), administrator)
    await a_rule(a_rule_wish("units", RuleKind.PER_UNIT, 2, name="每件两分"), administrator)
    await a_rule(a_cap(day=10), administrator)
    activity = await an_activity(title="寒冬义诊", points_rule=an_hourly_rule())
    attendance = (await logged(activity.organiser, activity.shift_id, resident, units=4, score=95))["attendance"]
    assert (attendance["units"], attendance["score"], attendance["pointsEarned"]) == (4, 95, 10)
    day = {"day": "2024-01-12"}
    assert attendance["awards"] == [
        {"rule": None, **day, "basis": 2, "wouldHaveGiven": 7, "cut": 0, "cutBy": None, "cutByRule": None,
         "cutLimit": None, "points": 7},
        {"rule": {"code": "hourly", "version": 1}, **day, "basis": 2, "wouldHaveGiven": 2, "cut": 1, "cutBy": "ACTIVITY_CAP",
         "cutByRule": {"code": "hourly"}, "cutLimit": 1, "points": 1},
        {"rule": {"code": "units", "version": 1}, **day, "basis": 4, "wouldHaveGiven": 8, "cut": 6, "cutBy": "DAY_CAP",
         "cutByRule": {"code": "most"}, "cutLimit": 10, "points": 2},
    ]  # fmt: skip
    told = (
        "活动积分（2 小时）得 7 分；“每小时一分”（第 1 版，2 小时）应得 2 分，同一活动最多 1 分，扣减 1 分，得 1 分；"
        "“每件两分”（第 1 版，数量 4）应得 8 分，按“总上限”每天最多 10 分，扣减 6 分，得 2 分；共 10 分。"
    )
    assert attendance["explanation"] == told
    assert attendance["transfer"]["explanation"] == f"参加“寒冬义诊”：{told}"


@pytest.mark.parametrize("field", ["units", "score"])
async def test_what_was_achieved_is_bounded(field: str) -> None:
    activity, resident = await an_activity(), await a_resident()
    for figure in (-1, 10_001):
        result = await logged(activity.organiser, activity.shift_id, resident, **{field: figure})
        assert result["error"] == {"code": "INVALID_INPUT", "path": ["records", "0", field]}


async def explanations(caller: Caller, language: Language) -> list[str]:
    """Of the transfers of one's own wallet, the latest first."""
    query = "{ viewer { wallet { entries(first: 50) { nodes { transfer { explanation } } } } } }"
    entries = (await succeed(query, caller, language=language))["viewer"]["wallet"]["entries"]["nodes"]
    return [entry["transfer"]["explanation"] for entry in entries]


async def test_every_movement_says_why_in_both_languages() -> None:
    administrator, caller = await an_administrator(), await a_caller(points=50)
    resident = caller.signed_in()
    await a_rule(a_rule_wish(least_share=0), administrator)
    activity = await an_activity(title="寒冬义诊")
    attendance = await an_attendance(activity, resident)
    voiding = VoidAttendanceWish(attendance_id=attendance, reason="记错人", idempotency_key=a_key())
    await void_attendance(activity.organiser, voiding, AFTERWARDS)
    for amount, reason in ((5, "补录"), (-3, "多记")):
        wish = AdjustPointsWish(resident_id=resident, amount=amount, reason=reason, idempotency_key=a_key())
        await adjust_points(administrator, wish, NOW)
    await an_order(await an_offer(cost=10), caller)
    assert [text.split("：")[0] for text in await explanations(caller, "zh-CN")] == [
        "兑换支出 10 分",
        "管理员扣减 3 分，原因",
        "管理员补记 5 分，原因",
        "更正，冲回 2 分，原因",
        "参加“寒冬义诊”",
        "获得 50 分",
    ]
    english = await explanations(caller, "en")
    assert english[4] == "For '寒冬义诊': '每小时一分' (version 1, for 2 whole hours) gives 2; 2 points in all."
    assert english[1] == "3 points taken by an administrator, because: 多记"


async def test_who_earned_nothing_reads_why() -> None:
    resident = await a_resident()
    await a_rule(a_rule_wish(least_share=60))
    activity = await an_activity()
    left = (STARTS + timedelta(hours=1)).isoformat()
    attendance = (await logged(activity.organiser, activity.shift_id, resident, checkedOutAt=left))["attendance"]
    assert (attendance["pointsEarned"], attendance["transfer"]) == (0, None)
    assert "参加时间不足班次的 60%" in attendance["explanation"]
    nothing = await an_activity()
    await a_rule(a_rule_wish(activity_kinds=("READING",)))
    attendance = (await logged(nothing.organiser, nothing.shift_id, resident))["attendance"]
    assert (attendance["awards"], attendance["explanation"]) == ([], "没有获得积分。")

"""The scandal, as an auditor meets it: hours that were sold, in three alarms."""

from __future__ import annotations

from typing import Any

import pytest

from domain.people.rights import Role
from domain.volunteering.alarms import MANY
from domain.volunteering.log_attendance import log_attendance
from tests.builders.keys import a_key
from tests.builders.people import a_resident, an_auditor, role_over
from tests.builders.volunteering import a_list, an_activity, was_there
from tests.clock import NOW, later
from tests.schema.client import encode_id, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

OPEN = """{ alarms(settled: false, first: 9) { totalCount nodes { id kind message people minutes raisedAt settledAt
    activity { title } organiser { id } resident { id } attendance { grade } otherAttendance { shift { name } } } } }"""


async def test_hours_are_sold_and_an_auditor_sees_it_and_settles_it() -> None:
    buyers = [await a_resident() for _ in range(MANY + 1)]
    clinic = await an_activity(title="义诊", starts_at=later(hours=-1), ends_at=later(hours=1))
    wish = a_list(clinic, was_there(buyers[0], later(hours=-1), later(minutes=-30)))
    await log_attendance(clinic.organiser, wish, NOW)
    sold = await an_activity(title="清扫", starts_at=later(minutes=-90), ends_at=later(minutes=30))
    seller = sold.organiser.resident_id or 0
    await role_over(seller, Role.ADMIN, organisation_id=sold.host_id)
    came, left = later(minutes=-90).isoformat(), NOW.isoformat()
    records = [
        {"attendee": {"residentId": encode_id("Resident", id_)}, "checkedInAt": came, "checkedOutAt": left}
        for id_ in buyers
    ]
    wanted = {"shiftId": encode_id("Shift", sold.shift_id), "records": records, "idempotencyKey": a_key()}
    answer = "results { attendance { id } error { code } }"
    logged = await mutate("logAttendance", wanted, sold.organiser, answer=answer, now=later(minutes=5))
    assert [row["error"] for row in logged["results"]] == [None] * len(buyers)

    auditor = await an_auditor()
    found = {alarm["kind"]: alarm for alarm in of_the_seller(seller, await succeed(OPEN, auditor))}
    assert {kind: (alarm["people"], alarm["minutes"]) for kind, alarm in found.items()} == {
        "MANY_ENTRIES": (MANY + 1, 10),
        "TWO_PLACES": (1, 30),
        "RECORDED_AFTER_CREATION": (MANY + 1, 5),
    }
    assert {kind: alarm["message"] for kind, alarm in found.items()} == {
        "MANY_ENTRIES": "“清扫”等活动：同一组织者在 10 分钟内录入 51 人，均未扫码。",
        "TWO_PLACES": "同一居民同时出现在“清扫”和“义诊”，重叠 30 分钟。",
        "RECORDED_AFTER_CREATION": "“清扫”在班次开始 90 分钟后才创建，随后登记了 51 人的服务时长。",
    }
    assert found["TWO_PLACES"]["resident"] == {"id": encode_id("Resident", buyers[0])}
    assert found["TWO_PLACES"]["otherAttendance"] == {"shift": {"name": "义诊"}}
    assert of_the_seller(seller, await succeed(OPEN, sold.organiser)) == []

    settling = {"alarmId": found["MANY_ENTRIES"]["id"], "note": "已停用该账号", "idempotencyKey": a_key()}
    answer = "alarm { settledAt settledBy { id } note }"
    settled = await mutate("settleAlarm", settling, auditor, answer=answer)
    assert settled["alarm"] == {
        "settledAt": "2024-01-12T01:30:00Z",
        "settledBy": {"id": encode_id("Resident", auditor.resident_id or 0)},
        "note": "已停用该账号",
    }
    assert "MANY_ENTRIES" not in {alarm["kind"] for alarm in (await succeed(OPEN, auditor))["alarms"]["nodes"]}


def of_the_seller(seller: int, answer: Any) -> list[dict[str, Any]]:
    return [one for one in answer["alarms"]["nodes"] if one["organiser"]["id"] == encode_id("Resident", seller)]


async def test_alarms_are_filtered_by_kind_and_said_in_english() -> None:
    activity = await an_activity(title="Clinic", starts_at=NOW)
    times = {"checkedInAt": NOW.isoformat(), "checkedOutAt": later(minutes=5).isoformat()}
    record = {"attendee": {"residentId": encode_id("Resident", await a_resident())}} | times
    wanted = {"shiftId": encode_id("Shift", activity.shift_id), "records": [record], "idempotencyKey": a_key()}
    await mutate("logAttendance", wanted, activity.organiser, now=later(minutes=7))
    query = """{ these: alarms(kinds: [RECORDED_AFTER_CREATION], first: 9) { nodes { message } }
        others: alarms(kinds: [MANY_ENTRIES, TWO_PLACES], first: 9) { totalCount }
        settled: alarms(settled: true, first: 9) { totalCount } }"""
    found = await succeed(query, await an_auditor(), language="en")
    said = "'Clinic' was created only 7 min before hours were recorded (people on the list: 1)."
    assert found == {"these": {"nodes": [{"message": said}]}, "others": {"totalCount": 0}, "settled": {"totalCount": 0}}

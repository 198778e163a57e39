"""Every kind of bad input that the product names gets a stable code, the path of the field, and words in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from domain.people.caller import Caller
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_phone
from tests.builders.redemption import a_ticket, an_offer, staff_of
from tests.builders.volunteering import AFTERWARDS, STARTS, an_activity
from tests.schema.client import ask, encode_id, mutate, refused

pytestmark = pytest.mark.usefixtures("database")

# Each: the mutation, its input, and where the refusal points at. (A body that is no JSON, 10 MB of text and an expired token
# are tests/api's; a query nested forty deep is in test_limits.py; pages and cursors are in test_queries.py.)
BAD = {
    "a landline": ("requestSignInCode", {"phone": "0537-2312345"}, ["phone"]),
    "a number from abroad": ("requestSignInCode", {"phone": "+1 202 555 0143"}, ["phone"]),
    "a text as number": ("requestSignInCode", {"phone": "😀"}, ["phone"]),
    "a zero-width space as a name": ("updateProfile", {"displayName": "\u200b"}, ["displayName"]),
    "spaces as a name": ("updateProfile", {"displayName": " \u3000 "}, ["displayName"]),
    "a bell in a name": ("updateProfile", {"displayName": "张\a三"}, ["displayName"]),
    "a name that turns what follows around": ("updateProfile", {"displayName": "张三\u202e"}, ["displayName"]),
    "a name of nobody else's characters": ("updateProfile", {"displayName": "张三\ue000"}, ["displayName"]),
    "a name of thousands": ("updateProfile", {"displayName": "长" * 5000}, ["displayName"]),
    "a made-up id": ("signUp", {"shiftId": "no id"}, ["shiftId"]),
    "an id with padding": ("signUp", {"shiftId": encode_id("Shift", 1234) + "="}, ["shiftId"]),
    "a number as id": ("signUp", {"shiftId": "7"}, ["shiftId"]),
    "an id beyond 63 bits": ("signUp", {"shiftId": "U2hpZnQ6OTIyMzM3MjAzNjg1NDc3NTgwOA"}, ["shiftId"]),
}


@pytest.mark.parametrize(("name", "wanted", "path"), BAD.values(), ids=BAD.keys())
async def test_a_value_that_breaks_a_rule_is_refused_at_its_path(
    name: str, wanted: dict[str, Any], path: list[str]
) -> None:
    caller = await a_caller()
    chinese = await refused(name, wanted, caller)
    english = await refused(name, wanted, caller, language="en")
    assert (chinese["code"], chinese["path"]) == (english["code"], english["path"]) == ("INVALID_INPUT", path)
    assert english["message"].isascii()
    assert not chinese["message"].isascii()


LONG_FILTERS = {
    "activities": "{ activities(first: 1, filter: {kinds: [%s]}) { nodes { id } } }" % ("CLINIC " * 51),
    "their states": "{ activities(first: 1, filter: {status: [%s]}) { nodes { id } } }" % ("DRAFT " * 51),
    "alarms": "{ alarms(first: 1, kinds: [%s]) { nodes { id } } }" % ("MANY_ENTRIES " * 51),
    "entries": "{ viewer { wallet { entries(first: 1, filter: {kinds: [%s]}) { nodes { id } } } } }" % ("EARN " * 51),
}


@pytest.mark.parametrize("query", LONG_FILTERS.values(), ids=LONG_FILTERS.keys())
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no database is asked
async def test_a_filter_of_more_than_fifty_kinds_is_refused(query: str) -> None:
    answer = await ask(query, await a_caller(), language="en")
    assert answer.code == "INVALID_INPUT"
    assert "0 to 50" in answer.errors[0]["message"]


async def test_an_emoji_is_a_name() -> None:
    answer = "viewer { resident { displayName } }"
    payload = await mutate("updateProfile", {"displayName": " 👨‍👩‍👧 "}, await a_caller(), answer=answer)
    assert payload == {"viewer": {"resident": {"displayName": "👨‍👩‍👧"}}, "errors": []}


@pytest.mark.parametrize("type_name", ["Activity", "Resident", "Nothing"])
async def test_the_id_of_something_else_is_not_found(type_name: str) -> None:
    error = await refused("signUp", {"shiftId": encode_id(type_name, 7)}, await a_caller())
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["shiftId"])


@pytest.mark.parametrize(
    "instant", ["2024-02-31T00:00:00Z", "2024-01-12T09:30:00", "2024-01-12T09:30:00 Asia/Xanadu", "tomorrow", 7, None]
)
async def test_a_31_february_and_an_unknown_time_zone_are_refused_at_their_path(instant: object) -> None:
    query = "mutation ($input: CreateTicketOfferInput!) { createTicketOffer(input: $input) { errors { code } } }"
    session = {"startsAt": instant, "endsAt": "2024-01-12T09:30:00Z", "stock": 3}
    times = {"salesOpenAt": "2024-01-12T09:30:00Z", "salesCloseAt": "2024-01-12T10:30:00Z"}
    texts = {"title": "门票", "summary": "门票", "hostId": "x", "venue": "少康湖", "cost": 0}
    answer = await ask(query, await a_caller(), {"input": texts | times | {"sessions": [session]}})
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")
    assert answer.errors[0]["extensions"]["inputPath"] == ["sessions", "0", "startsAt"]


@pytest.mark.parametrize("points", [2**53, -(2**53), 1.5, "5", True])
async def test_points_beyond_what_json_keeps_are_refused(points: object) -> None:
    query = "mutation ($input: AdjustPointsInput!) { adjustPoints(input: $input) { errors { code } } }"
    wanted = {"residentId": "x", "amount": points, "reason": "更正", "idempotencyKey": "1"}
    answer = await ask(query, await a_caller(), {"input": wanted})
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")
    assert answer.errors[0]["extensions"]["inputPath"] == ["amount"]


@pytest.mark.parametrize("attendee", [{}, {"phone": "13800000000", "memberCode": "x"}, {"phone": None}])
async def test_an_attendee_is_named_in_exactly_one_way(attendee: dict[str, Any]) -> None:
    query = "mutation ($input: LogAttendanceInput!) { logAttendance(input: $input) { errors { code } } }"
    record = {"attendee": attendee, "checkedInAt": STARTS.isoformat()}
    wanted = {"shiftId": "x", "records": [record], "idempotencyKey": "1"}
    answer = await ask(query, await a_caller(), {"input": wanted})
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")
    assert answer.errors[0]["extensions"]["inputPath"][:3] == ["records", "0", "attendee"]


ROWS = "results { attendance { resident { displayName } method } error { code path } }"


async def logged(activity_shift: int, organiser: Caller, *attendees: dict[str, Any]) -> list[Any]:
    records = [{"attendee": attendee, "checkedInAt": STARTS.isoformat()} for attendee in attendees]
    wanted = {"shiftId": encode_id("Shift", activity_shift), "records": records, "idempotencyKey": a_key()}
    payload = await mutate("logAttendance", wanted, organiser, answer=ROWS, now=AFTERWARDS)
    assert payload["errors"] == []
    results: list[Any] = payload["results"]
    return results


async def test_a_bad_row_of_a_list_is_answered_at_its_place_and_the_others_count() -> None:
    activity, phone = await an_activity(), a_phone()
    resident = (await a_caller("李四")).resident_id
    await a_caller("张三", phone)
    results = await logged(
        activity.shift_id,
        activity.organiser,
        {"residentId": "no id"},
        {"phone": phone},
        {"residentId": encode_id("Activity", 7)},
        {"phone": "0537-2312345"},
        {"residentId": encode_id("Resident", resident or 0)},
        {"memberCode": "x"},
        {"phone": a_phone()},
    )
    errors = [row["error"] and (row["error"]["code"], row["error"]["path"]) for row in results]
    place = "records", "attendee"
    assert errors == [
        ("INVALID_INPUT", [place[0], "0", place[1], "residentId"]),
        None,
        ("NOT_FOUND", [place[0], "2", place[1], "residentId"]),
        ("INVALID_INPUT", [place[0], "3", place[1], "phone"]),
        None,
        ("INVALID_INPUT", [place[0], "5", place[1], "memberCode"]),
        ("NOT_FOUND", [place[0], "6", place[1], "phone"]),
    ]
    names = [row["attendance"]["resident"]["displayName"] for row in results if row["attendance"]]
    assert names == ["张三", "李四"]


async def test_a_bad_attraction_spoils_its_own_scan_and_no_other() -> None:
    offer = await an_offer(entries=[1])
    tickets = [await a_ticket(offer) for _ in range(3)]
    wrong = ["no id", encode_id("Activity", 7), None]
    scans = [
        {"token": ticket.token, "gate": "东门", "scanId": f"{number}", "attractionId": attraction}
        for number, (ticket, attraction) in enumerate(zip(tickets, wrong, strict=True))
    ]
    answer = "results { admission { gate } error { code path } }"
    payload = await mutate("syncAdmissions", {"scans": scans}, await staff_of(offer), answer=answer)
    assert payload["results"] == [
        {"admission": None, "error": {"code": "INVALID_INPUT", "path": ["scans", "0", "attractionId"]}},
        {"admission": None, "error": {"code": "NOT_FOUND", "path": ["scans", "1", "attractionId"]}},
        {"admission": {"gate": "东门"}, "error": None},
    ]


@pytest.mark.parametrize("count", [0, 501])
async def test_an_empty_list_and_one_of_501_are_refused_whole(count: int) -> None:
    offer = await an_offer()
    scans = [{"token": "x", "gate": "东门", "scanId": f"{number}"} for number in range(count)]
    error = await refused("syncAdmissions", {"scans": scans}, await staff_of(offer))
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["scans"])


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query ($a: Nothing) { __typename }", "{ node }", "{ viewer }"])
async def test_what_is_no_query_of_the_schema_is_refused(query: str) -> None:
    answer = await ask(query)
    assert answer.data is None
    assert {error["extensions"]["code"] for error in answer.errors} == {"INVALID_INPUT"}

"""Signing in, one's own profile, the member code, the wallet and its statement."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.people.member_code import verify_member_code
from domain.people.request_sign_in_code import request_sign_in_code
from domain.people.standing_session import require_standing_session
from domain.redemption.redeem_tickets import redeem_tickets
from domain.refusals import Unauthenticated
from domain.volunteering.log_attendance import log_attendance
from storage import write
from tests.builders.people import (
    KeptSms,
    a_caller,
    a_code_for,
    a_phone,
    a_resident,
    an_administrator,
    find_caller,
    signed_in,
)
from tests.builders.places import an_area
from tests.builders.redemption import a_redemption, an_offer
from tests.builders.volunteering import ENDS, STARTS, a_list, an_activity, an_hourly_rule, was_there
from tests.clock import NOW, later
from tests.schema.client import ask, encode_id, mutate, refused, succeed

pytestmark = pytest.mark.usefixtures("database")

SESSION = "accessToken refreshToken expiresAt viewer { resident { id phone } wallet { balance } }"


async def test_the_first_sign_in_registers_the_person_with_a_wallet() -> None:
    await a_resident()  # so that there is a programme
    phone = a_phone()
    code = await a_code_for(phone)
    payload = await mutate("signIn", {"phone": phone.removeprefix("+86"), "code": code}, answer=SESSION)
    assert payload["errors"] == []
    assert payload["expiresAt"] == "2024-01-12T01:45:00Z"
    assert payload["viewer"]["resident"]["phone"] == phone.removeprefix("+86")
    assert payload["viewer"]["wallet"] == {"balance": 0}
    caller = await find_caller(payload["accessToken"], NOW)
    assert encode_id("Resident", caller.resident_id or 0) == payload["viewer"]["resident"]["id"]


async def test_a_code_is_sent_and_says_how_long_it_can_be_used() -> None:
    payload = await mutate("requestSignInCode", {"phone": "138 0000 0000"}, answer="expiresAt")
    assert payload == {"expiresAt": "2024-01-12T01:35:00Z", "errors": []}


SESSIONS = (
    "viewer { sessions(first: 9) { totalCount nodes { id deviceName createdAt refreshedAt expiresAt current } } }"
)


async def test_a_code_is_good_for_the_request_it_was_sent_for_and_no_other() -> None:
    await a_resident()  # so that there is a programme
    phone, sms = a_phone(), KeptSms()
    first = await request_sign_in_code(phone, NOW, sms, secrets.token_bytes)
    second = await request_sign_in_code(phone, later(minutes=1), sms, secrets.token_bytes)
    wanted = {"phone": phone, "code": sms.last_code}
    for request_id in (first.request_id, 7):
        told = await refused(
            "signIn", wanted | {"requestId": encode_id("SignInCode", request_id)}, now=later(minutes=1)
        )
        assert (told["code"], told["path"]) == ("CODE_INCORRECT", ["code"])
    wanted |= {"requestId": encode_id("SignInCode", second.request_id)}
    assert (await mutate("signIn", wanted, answer=SESSION, now=later(minutes=1)))["errors"] == []


async def test_sessions_are_listed_with_their_devices_and_ended_one_by_one_or_all_at_once() -> None:
    phone = a_phone()
    lost, here = await signed_in(phone, device_name="旧手机"), await signed_in(phone, later(minutes=1))
    await signed_in(a_phone())  # somebody else
    sessions = (await succeed(f"{{ {SESSIONS} }}", here.caller, now=later(minutes=1)))["viewer"]["sessions"]
    assert sessions["totalCount"] == 2
    assert [(each["deviceName"], each["current"]) for each in sessions["nodes"]] == [(None, True), ("旧手机", False)]
    ended = await mutate("endSession", {"sessionId": sessions["nodes"][1]["id"]}, here.caller, answer=SESSIONS)
    assert [each["id"] for each in ended["viewer"]["sessions"]["nodes"]] == [sessions["nodes"][0]["id"]]
    with pytest.raises(Unauthenticated):
        await find_caller(lost.access_token, later(minutes=1))
    for minutes in (2, 3):
        await signed_in(phone, later(minutes=minutes))
    everywhere = f"mutation {{ endOtherSessions {{ {SESSIONS} errors {{ code }} }} }}"
    left = (await succeed(everywhere, here.caller, now=later(minutes=3)))["endOtherSessions"]["viewer"]["sessions"]
    assert [each["current"] for each in left["nodes"]] == [True]


async def test_nobody_ends_somebody_elses_session() -> None:
    other, caller = await signed_in(), await signed_in()
    told = await refused("endSession", {"sessionId": encode_id("Session", other.session_id)}, caller.caller)
    assert (told["code"], told["path"]) == ("NOT_FOUND", ["sessionId"])
    assert await find_caller(other.access_token, NOW) == other.caller


async def test_who_is_disabled_is_out_and_stays_out_until_an_administrator_says_otherwise() -> None:
    phone, administrator = a_phone(), await an_administrator()
    tokens = await signed_in(phone)
    who = {"residentId": encode_id("Resident", tokens.resident_id)}
    for _ in range(2):
        payload = await mutate("disableResident", who | {"reason": "账号被盗"}, administrator, answer="resident { id }")
        assert payload == {"resident": {"id": who["residentId"]}, "errors": []}
    with pytest.raises(Unauthenticated):
        await find_caller(tokens.access_token, NOW)
    with pytest.raises(Unauthenticated):
        await require_standing_session(tokens.caller, NOW)
    again = {"phone": phone, "code": await a_code_for(phone, later(minutes=1))}
    told = await refused("signIn", again, now=later(minutes=1))
    assert (told["code"], "停用" in told["message"]) == ("ACCOUNT_DISABLED", True)
    refreshed = await mutate("refreshSession", {"refreshToken": tokens.refresh_token})
    assert refreshed["errors"][0]["code"] == "UNAUTHENTICATED"
    query = "{ disablements(first: 9) { nodes { resident { id } reason disabledBy { id } enabledAt } } }"
    by = encode_id("Resident", administrator.signed_in())
    assert (await succeed(query, administrator))["disablements"]["nodes"] == [
        {"resident": {"id": who["residentId"]}, "reason": "账号被盗", "disabledBy": {"id": by}, "enabledAt": None}
    ]
    assert (await succeed(query, await a_caller()))["disablements"]["nodes"] == []
    assert (await mutate("enableResident", who, administrator))["errors"] == []
    assert (await signed_in(phone, later(minutes=3))).resident_id == tokens.resident_id


async def test_a_session_that_began_while_its_owner_was_disabled_opens_nothing() -> None:
    tokens, administrator = await signed_in(), await an_administrator()
    values = (1, tokens.resident_id, "账号被盗", administrator.resident_id, 0)
    sql = "INSERT INTO disablements (id, resident_id, reason, disabled_by_id, disabled_at) VALUES (?, ?, ?, ?, ?)"
    await write(lambda tx: tx.execute(sql, *values))
    with pytest.raises(Unauthenticated):
        await find_caller(tokens.access_token, NOW)
    refreshed = await mutate("refreshSession", {"refreshToken": tokens.refresh_token})
    assert refreshed["errors"][0]["code"] == "UNAUTHENTICATED"


async def test_nobody_disables_themselves() -> None:
    administrator = await an_administrator()
    who = {"residentId": encode_id("Resident", administrator.signed_in()), "reason": "试一下"}
    assert (await refused("disableResident", who, administrator))["code"] == "SECOND_PERSON_REQUIRED"


async def test_a_session_is_refreshed_and_ended() -> None:
    await a_resident()  # so that there is a programme
    tokens = await signed_in()
    payload = await mutate("refreshSession", {"refreshToken": tokens.refresh_token}, answer=SESSION)
    assert payload["refreshToken"] != tokens.refresh_token
    caller = await find_caller(payload["accessToken"], NOW)
    assert await succeed("mutation { signOut { errors { code } } }", caller) == {"signOut": {"errors": []}}
    again = await mutate("refreshSession", {"refreshToken": payload["refreshToken"]}, answer="accessToken")
    assert (again["accessToken"], again["errors"][0]["code"]) == (None, "UNAUTHENTICATED")


PROFILE = "viewer { resident { displayName area { code } } }"


async def profile(caller: Caller, **wanted: Any) -> Any:
    payload = await mutate("updateProfile", wanted, caller, answer=PROFILE)
    assert payload["errors"] == []
    return payload["viewer"]["resident"]


async def test_a_profile_keeps_what_is_left_out_and_empties_what_is_null() -> None:
    caller = await a_caller("张三")
    await an_area(code="370811")
    assert await profile(caller, areaCode="370811") == {"displayName": "张三", "area": {"code": "370811"}}
    assert await profile(caller, displayName="李四") == {"displayName": "李四", "area": {"code": "370811"}}
    assert await profile(caller, displayName=None, areaCode=None) == {"displayName": "李四", "area": None}
    assert await profile(caller) == {"displayName": "李四", "area": None}


async def test_a_member_code_proves_its_holder_for_thirty_seconds() -> None:
    caller = await a_caller()
    query = "{ viewer { memberCode { token expiresAt qrSvg } } }"
    code = (await succeed(query, caller, now=later(seconds=7)))["viewer"]["memberCode"]
    assert code["expiresAt"] == "2024-01-12T01:30:30Z"
    assert code["qrSvg"].startswith("<svg")
    assert verify_member_code(code["token"], later(seconds=7)) == caller.resident_id
    assert (await succeed(query, caller, now=later(seconds=31)))["viewer"]["memberCode"]["token"] != code["token"]


STATEMENT = """query ($filter: EntryFilter, $first: Int = 9, $after: String) { viewer { wallet {
    entries(filter: $filter, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage }
        nodes { amount balanceAfter transfer { kind amount source { __typename ... on TicketOrder { pointsSpent } } } } } } } }"""


async def test_a_statement_shows_the_latest_first_and_why() -> None:
    caller, offer = await a_caller(points=50), await an_offer(cost=20)
    await redeem_tickets(caller, a_redemption(offer), NOW)
    entries = (await succeed(STATEMENT, caller))["viewer"]["wallet"]["entries"]
    assert [(entry["amount"], entry["balanceAfter"]) for entry in entries["nodes"]] == [(-20, 30), (50, 50)]
    source = {"__typename": "TicketOrder", "pointsSpent": 20}
    assert entries["nodes"][0]["transfer"] == {"kind": "REDEEM", "amount": 20, "source": source}


async def statement(caller: Caller, **variables: object) -> Any:
    return (await succeed(STATEMENT, caller, variables))["viewer"]["wallet"]["entries"]


async def test_a_statement_is_paged_and_filtered() -> None:
    caller, offer = await a_caller(points=50), await an_offer(cost=20)
    await redeem_tickets(caller, a_redemption(offer), later(minutes=10))
    first = await statement(caller, first=1)
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    second = await statement(caller, first=1, after=first["pageInfo"]["endCursor"])
    assert [entry["amount"] for entry in second["nodes"]] == [50]
    split = later(minutes=10).isoformat()
    assert [e["amount"] for e in (await statement(caller, filter={"from": split}))["nodes"]] == [-20]
    assert [e["amount"] for e in (await statement(caller, filter={"until": split}))["nodes"]] == [50]
    assert [e["amount"] for e in (await statement(caller, filter={"kinds": ["REDEEM"]}))["nodes"]] == [-20]
    assert (await statement(caller, filter={"kinds": []}))["totalCount"] == 0


async def test_a_wallet_knows_its_balance_at_any_moment() -> None:
    caller, offer = await a_caller(points=50), await an_offer(cost=20)
    await redeem_tickets(caller, a_redemption(offer), later(minutes=10))
    query = """query ($at: DateTime!) { viewer { wallet { balance held available balanceAt(at: $at) expiring { amount }
        account { code kind debits credits balance } } } }"""
    wallet: Any = None
    moments = {later(minutes=-1): 0, NOW: 50, later(minutes=9): 50, later(minutes=10): 30, later(days=900): 30}
    for moment, balance in moments.items():
        wallet = (await succeed(query, caller, {"at": moment.isoformat()}))["viewer"]["wallet"]
        assert wallet["balanceAt"] == balance
    assert (wallet["balance"], wallet["held"], wallet["available"], wallet["expiring"]) == (30, 0, 30, [])
    sums = {name: wallet["account"][name] for name in ("kind", "debits", "credits", "balance")}
    assert sums == {"kind": "WALLET", "debits": 20, "credits": 50, "balance": 30}
    assert wallet["account"]["code"].startswith("xuexi:WALLET:")


async def test_a_wallet_knows_its_balance_by_when_things_happened() -> None:
    caller, activity = await a_caller(), await an_activity(points_rule=an_hourly_rule())
    await log_attendance(activity.organiser, a_list(activity, was_there(caller.signed_in())), later(hours=20))
    query = """query ($at: DateTime!) { viewer { wallet { posted: balanceAt(at: $at) byDefault: balanceAt(at: $at, by: POSTED)
        occurred: balanceAt(at: $at, by: OCCURRED) } } }"""
    on_that_day = (await succeed(query, caller, {"at": later(hours=10).isoformat()}))["viewer"]["wallet"]
    assert on_that_day == {"posted": 0, "byDefault": 0, "occurred": on_that_day["occurred"]}
    assert on_that_day["occurred"] > 0


async def test_hours_are_counted_over_attendances_that_stand() -> None:
    caller = await a_caller()
    activity = await an_activity(points_rule=an_hourly_rule())
    left = ENDS - timedelta(minutes=20)
    assert caller.resident_id
    await log_attendance(activity.organiser, a_list(activity, was_there(caller.resident_id, STARTS, left)), ENDS)
    assert (await succeed("{ viewer { resident { hoursServed } } }", caller))["viewer"]["resident"][
        "hoursServed"
    ] == 1.67


async def test_an_administrator_corrects_points_once_with_a_reason() -> None:
    caller, administrator = await a_caller(points=5), await an_administrator()
    wanted = {
        "residentId": encode_id("Resident", caller.resident_id or 0),
        "amount": -3,
        "reason": "重复记分",
        "idempotencyKey": "correction",
    }
    answer = "transfer { id kind amount memo debit { balance } credit { kind } source { __typename } }"
    first = await mutate("adjustPoints", wanted, administrator, answer=answer)
    assert first["transfer"]["debit"] == {"balance": 2}
    assert (first["transfer"]["kind"], first["transfer"]["memo"]) == ("ADJUST", "重复记分")
    assert await mutate("adjustPoints", wanted, administrator, answer=answer) == first


async def test_the_language_of_a_refusal_is_the_callers() -> None:
    query = "{ trialBalance { balanced } }"
    assert (await ask(query)).errors[0]["message"] == "请先登录。"
    assert (await ask(query, language="en")).errors[0]["message"] == "Please sign in first."

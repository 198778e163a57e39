"""Tokens that are over, sessions that ended, roles that were revoked, and signing in as somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from domain.people.phone import national_phone
from domain.people.sign_out import sign_out
from schema.ids import encode_id
from tests.builders.people import a_phone, find_caller
from tests.clock import NOW
from tests.roles.people import Who
from tests.roles.world import World, an_activity_of_the_host, revoke

ME = "{ viewer { resident { id } } }"
REQUEST_CODE = "mutation ($phone: String!) { requestSignInCode(input: {phone: $phone}) { errors { code } } }"
SESSION = "accessToken refreshToken viewer { resident { id phone } wallet { balance } roles { role } } errors { code }"
SIGN_IN = f"""mutation ($phone: String!, $code: String!) {{ signIn(input: {{phone: $phone, code: $code}}) {{ {SESSION} }} }}"""
REFRESH = f"mutation ($token: String!) {{ refreshSession(input: {{refreshToken: $token}}) {{ {SESSION} }} }}"
SIGN_OUT = "mutation { signOut { errors { code } } }"


def refused(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer without data."""
    assert not answer.get("data")
    return [error["extensions"]["code"] for error in answer["errors"]]


async def test_signing_in_reads_as_whoever_signed_in_and_not_as_whoever_asked(world: World) -> None:
    world.server.clock.advance(minutes=2)  # a phone is sent one code a minute
    phone = world.truth.phones[world.truth.people[Who.OWNER]]
    session: dict[str, Any] = {}
    for who in (Who.NOBODY, Who.RESIDENT):
        world.server.clock.advance(minutes=1)
        asked = await world.data(who, REQUEST_CODE, phone=phone)
        assert asked["requestSignInCode"]["errors"] == []
        session = (await world.data(who, SIGN_IN, phone=phone, code=world.server.sms.last_code))["signIn"]
        assert session["viewer"]["resident"] == {"id": world.truth.people[Who.OWNER], "phone": national_phone(phone)}
        assert session["viewer"]["wallet"] == {"balance": 200}
    refreshed = (await world.data(Who.RESIDENT, REFRESH, token=session["refreshToken"]))["refreshSession"]
    assert refreshed["viewer"]["resident"]["id"] == world.truth.people[Who.OWNER]


async def test_a_newcomer_has_a_wallet_and_no_role(world: World) -> None:
    phone = a_phone()
    await world.data(Who.NOBODY, REQUEST_CODE, phone=phone)
    session = (await world.data(Who.NOBODY, SIGN_IN, phone=phone, code=world.server.sms.last_code))["signIn"]
    assert (session["viewer"]["wallet"], session["viewer"]["roles"]) == ({"balance": 0}, [])


async def test_a_wrong_code_and_a_token_of_nobody_open_nothing(world: World) -> None:
    phone = a_phone()
    await world.data(Who.NOBODY, REQUEST_CODE, phone=phone)
    wrong = f"{(int(world.server.sms.last_code) + 1) % 1_000_000:06}"
    for who in Who:
        refreshed = (await world.data(who, REFRESH, token="xr_" + "A" * 22))["refreshSession"]
        assert (refreshed["errors"], refreshed["viewer"]) == ([{"code": "UNAUTHENTICATED"}], None)
    session = (await world.data(Who.ADMIN, SIGN_IN, phone=phone, code=wrong))["signIn"]
    assert (session["errors"], session["accessToken"], session["viewer"]) == ([{"code": "CODE_INCORRECT"}], None, None)


CALL_OFF = """mutation ($id: ID!) { cancelActivity(input: {activityId: $id, reason: "下雨"}) { errors { code } } }"""
SEE_DRAFT = "query ($id: ID!) { node(id: $id) { id } }"


async def test_a_revoked_role_works_no_more_from_the_next_request_on(world: World) -> None:
    draft = encode_id("Activity", (await an_activity_of_the_host(world, publish=False)).id)
    assert await world.data(Who.ORGANISER, SEE_DRAFT, id=draft) == {"node": {"id": draft}}
    await revoke(world, Who.ORGANISER)
    assert await world.data(Who.ORGANISER, SEE_DRAFT, id=draft) == {"node": None}
    assert await world.data(Who.ORGANISER, CALL_OFF, id=draft) == {
        "cancelActivity": {"errors": [{"code": "NOT_FOUND"}]}
    }
    assert (await world.data(Who.ORGANISER, "{ viewer { roles { role } } }"))["viewer"] == {"roles": []}


@pytest.mark.parametrize("who", [Who.AUDITOR, Who.ADMIN])
async def test_who_reads_the_book_no_more_sees_nobodys_wallet(world: World, who: Who) -> None:
    owner = world.truth.people[Who.OWNER]
    assert await world.data(who, SEE_DRAFT, id=owner) == {"node": {"id": owner}}
    await revoke(world, who)
    assert await world.data(who, SEE_DRAFT, id=owner) == {"node": None}
    assert refused(await world.ask(who, "{ trialBalance { balanced } }")) == ["FORBIDDEN"]


async def test_who_signed_out_elsewhere_is_nobody_five_seconds_later(world: World) -> None:
    token = world.tokens[Who.AREA_GATE]
    assert (await world.data(Who.AREA_GATE, ME))["viewer"]
    signed_in = await find_caller(token, world.server.clock.now)
    await sign_out(signed_in, world.server.clock.now)  # as another process would: nobody tells this one
    world.server.clock.advance(seconds=5)
    assert refused(await world.ask(Who.AREA_GATE, ME)) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("who", [Who.RESIDENT, Who.GATE, Who.ZONE_ADMIN])
async def test_who_signed_out_is_nobody_at_once(world: World, who: Who) -> None:
    assert (await world.data(who, ME))["viewer"]
    assert await world.data(who, SIGN_OUT) == {"signOut": {"errors": []}}
    assert refused(await world.ask(who, ME)) == ["UNAUTHENTICATED"]
    assert refused(await world.ask(who, SIGN_OUT)) == ["UNAUTHENTICATED"]
    with pytest.raises(ConnectionClosed):
        async with world.server.connected(token=world.tokens[who]):
            pass


LIST = "{ viewer { sessions(first: 9) { nodes { id current } } } }"
END = "mutation ($id: ID!) { endSession(input: {sessionId: $id}) { errors { code } } }"
END_OTHERS = "mutation { endOtherSessions { errors { code } } }"


async def test_everybody_ends_their_own_sessions_and_nobody_elses(world: World) -> None:
    (session,) = (await world.data(Who.AUDITOR, LIST))["viewer"]["sessions"]["nodes"]
    assert session["current"]
    for who in (Who.OWNER, Who.ADMIN):
        assert await world.data(who, END, id=session["id"]) == {"endSession": {"errors": [{"code": "NOT_FOUND"}]}}
    for document in (END, END_OTHERS):
        (answer,) = (await world.data(Who.NOBODY, document, id=session["id"])).values()
        assert answer == {"errors": [{"code": "UNAUTHENTICATED"}]}
    assert await world.data(Who.AUDITOR, END_OTHERS) == {"endOtherSessions": {"errors": []}}
    assert (await world.data(Who.AUDITOR, LIST))["viewer"]
    assert await world.data(Who.AUDITOR, END, id=session["id"]) == {"endSession": {"errors": []}}
    assert refused(await world.ask(Who.AUDITOR, LIST)) == ["UNAUTHENTICATED"]


ERASE = """mutation ($code: String!) { eraseMe(input: {code: $code}) { errors { code } } }"""


async def test_nobody_erases_nobody_and_staff_give_back_their_roles_first(world: World) -> None:
    assert await world.data(Who.NOBODY, ERASE, code="123456") == {"eraseMe": {"errors": [{"code": "UNAUTHENTICATED"}]}}
    assert await world.data(Who.AUDITOR_BELOW, ERASE, code="123456") == {"eraseMe": {"errors": [{"code": "CONFLICT"}]}}


async def test_nobody_cannot_sign_out(world: World) -> None:
    assert await world.data(Who.NOBODY, SIGN_OUT) == {"signOut": {"errors": [{"code": "UNAUTHENTICATED"}]}}


@pytest.mark.parametrize("token", ["xa_" + "A" * 22, "xa_", "null", "' OR 1=1 --"])
async def test_a_token_made_up_by_hand_is_nobodys(world: World, token: str) -> None:
    assert refused(await world.server.graphql(ME, token=token)) == ["UNAUTHENTICATED"]


async def test_an_access_token_is_good_for_15_minutes_and_is_nothing_after(world: World) -> None:
    since = world.server.clock.now
    world.server.clock.now = NOW + timedelta(minutes=15) - timedelta(microseconds=1)
    assert since < world.server.clock.now
    assert (await world.data(Who.OWNER, ME))["viewer"]
    world.server.clock.now = NOW + timedelta(minutes=15)
    for who in set(Who) - {Who.NOBODY}:
        assert refused(await world.ask(who, ME)) == ["UNAUTHENTICATED"]

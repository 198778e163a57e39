"""Every subscription by every role, and what becomes of it when the role is revoked or the session ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import get_named_type

from schema.ids import decode_id, encode_id
from tests.builders.keys import a_key
from tests.builders.redemption import Offer, a_ticket
from tests.roles.following import FOLLOWED, Followed, Variables
from tests.roles.people import Who
from tests.roles.selecting import differences, object_type, selection
from tests.roles.world import World, an_activity_of_the_host, an_offer_of_the_host, revoke
from tests.server import PATIENCE_S

Events = AsyncIterator[dict[str, Any]]

TOLD_WITHIN_S = 0.2


def document(name: str) -> str:
    """The subscription with all fields of its row."""
    field = object_type("Subscription").fields[name]
    arguments = {argument: value for argument, value in field.args.items() if argument.endswith("Id")}
    declared = ", ".join(f"${argument}: {value.type}" for argument, value in arguments.items())
    given = ", ".join(f"{argument}: ${argument}" for argument in arguments)
    head = (f"({declared})", f"({given})") if arguments else ("", "")
    return f"subscription {head[0]} {{ {name}{head[1]} {selection(get_named_type(field.type).name, 0)} }}"


async def let_somebody_in(world: World, session: str) -> None:
    """An admission to the session is recorded."""
    found = decode_id(session)
    assert found
    ticket = await a_ticket(Offer(0, 0, found.number, ()), world.caller(Who.OWNER))
    scan = {"token": ticket.token, "gate": "东门", "scanId": a_key()}
    query = "mutation ($scan: ScanInput!) { admitTicket(input: {scan: $scan}) { errors { code } } }"
    assert await world.data(Who.GATE, query, scan=scan) == {"admitTicket": {"errors": []}}


async def first_of(world: World, events: Events, variables: Variables) -> dict[str, Any]:
    """The first payload. Admissions are told from the moment on that somebody listens, so some are made until one is."""
    first = asyncio.ensure_future(anext(events))
    async with asyncio.timeout(PATIENCE_S):
        while "sessionId" in variables and not first.done():
            await let_somebody_in(world, variables["sessionId"])
            await asyncio.wait({first}, timeout=TOLD_WITHIN_S)  # an owner has tickets for some, and not for a thousand
        return await first


@pytest.mark.parametrize("followed", FOLLOWED.values(), ids=FOLLOWED.keys())
async def test_each_role_follows_what_it_may_and_nothing_else(world: World, followed: Followed) -> None:
    variables = await followed.variables(world)
    for who in set(Who) - followed.silent:
        async with world.server.subscribe(document(followed.name), variables, world.tokens.get(who)) as events:
            code = followed.answer(who)
            if code is not None:
                refused = await anext(events)
                assert [error["extensions"]["code"] for error in refused["errors"]] == [code], who
                assert not refused.get("data")
                continue
            told = (await first_of(world, events, variables))["data"][followed.name]
            ref = {"__typename": told["__typename"], "id": told["id"]}
            await world.learn([(ref["__typename"], ref["id"])])
            assert world.truth.sees(who, ref)
            assert ref["__typename"] != "Wallet" or world.truth.owns(who, world.truth.rows[ref["id"]])
            assert list(differences(world.truth.meets(who, ref, 0), told, f"{who}: {followed.name}")) == []


async def test_who_is_no_organiser_any_more_is_told_no_more(world: World) -> None:
    activity = await an_activity_of_the_host(world)
    query, variables = document("activityChanged"), {"activityId": encode_id("Activity", activity.id)}
    async with world.server.subscribe(query, variables, world.tokens[Who.AREA_ORGANISER]) as events:
        assert "errors" not in await anext(events)
        await revoke(world, Who.AREA_ORGANISER)
        sign_up = "mutation ($id: ID!) { signUp(input: {shiftId: $id}) { errors { code } } }"
        await world.data(Who.RESIDENT, sign_up, id=encode_id("Shift", activity.shift_id))
        assert (await anext(events))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_who_keeps_no_gate_any_more_is_told_no_more(world: World) -> None:
    offer = await an_offer_of_the_host(world, 0)
    variables = {"sessionId": encode_id("OfferSession", offer.session_id)}
    async with world.server.subscribe(document("admissionRecorded"), variables, world.tokens[Who.AREA_GATE]) as events:
        await first_of(world, events, variables)
        await revoke(world, Who.AREA_GATE)
        await let_somebody_in(world, variables["sessionId"])
        payloads = [payload async for payload in events]
        assert payloads[-1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


GIVE = """mutation ($id: ID!, $key: String!) {
    adjustPoints(input: {residentId: $id, amount: 1, reason: "补记", idempotencyKey: $key}) { errors { code } } }"""


async def test_who_signed_out_is_told_no_more(world: World) -> None:
    token = world.tokens[Who.RESIDENT]
    async with world.server.subscribe(document("walletChanged"), {}, token) as events:
        assert "errors" not in await anext(events)
        await world.data(Who.RESIDENT, "mutation { signOut { errors { code } } }")
        await world.data(Who.ADMIN, GIVE, id=world.truth.people[Who.RESIDENT], key=a_key())
        told = await anext(events)
        assert told["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert not told.get("data")


async def test_a_socket_outlives_no_session(world: World) -> None:
    async with world.server.connected(token=world.tokens[Who.GATE]) as socket:
        await world.data(Who.GATE, "mutation { signOut { errors { code } } }")
        await socket.send({"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { resident { phone } } }"}})
        refused = await socket.receive()
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


async def test_a_socket_asks_nothing_more_with_a_token_that_is_over(world: World) -> None:
    async with world.server.connected(token=world.tokens[Who.OWNER]) as socket:
        world.server.clock.advance(minutes=15)
        await socket.send({"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { resident { phone } } }"}})
        refused = await socket.receive()
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")

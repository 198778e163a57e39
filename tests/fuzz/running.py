"""Sending generated operations, and looking at what comes back."""

from __future__ import annotations

import json
import random
import re
from collections import Counter

import httpx

from domain.people.find_resident import find_residents_by_phone
from domain.people.grant_role import RoleWish, grant_role
from domain.people.rights import Role
from schema.build import schema
from schema.codes import ErrorCode, RequestErrorCode
from schema.ids import encode_id
from storage import read
from tests.builders.people import a_resident
from tests.builders.redemption import a_ticket, an_offer, an_order
from tests.builders.volunteering import a_sign_up, an_activity
from tests.clock import NOW
from tests.fuzz.generated import Generator
from tests.server import Server

CODES = {code.value for code in ErrorCode} | {code.value for code in RequestErrorCode}
OURS = {"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED"}
#: What only our insides would say.
INSIDES = re.compile(
    r"Traceback|\.py\b|sqlite|asyncpg|tortoise|strawberry|starlette| object at 0x|NoneType|UNIQUE constraint|duplicate key|"
    r"SELECT |INSERT INTO |Exception|KeyError|TypeError|AssertionError",
    re.IGNORECASE,
)
PHONE = "13800000001"


async def a_small_town(server: Server) -> tuple[str, list[str]]:
    """Something of each kind; the token of somebody with every role over all of it, and ids to ask for."""
    activity, offer = await an_activity(), await an_offer()
    resident = await a_resident(points=500)
    await a_sign_up(activity)
    ticket = await a_ticket(offer)
    order = await an_order(offer)
    token = await server.sign_in_as(PHONE)
    me = (await read(lambda reader: find_residents_by_phone(reader, [f"+86{PHONE}"])))[f"+86{PHONE}"]
    for host in {activity.host_id, offer.host_id}:
        for role in (Role.ORGANISER, Role.GATE_STAFF, Role.ADMIN):
            await grant_role(RoleWish(resident_id=me, role=role, organisation_id=host), NOW)
    found = {
        "Activity": activity.id, "Shift": activity.shift_id, "TicketOffer": offer.id, "OfferSession": offer.session_id,
        "Resident": resident, "TicketOrder": order, "Ticket": ticket.id, "Organisation": activity.host_id,
    }  # fmt: skip
    return token, [
        *(encode_id(kind, number) for kind, number in found.items()),
        encode_id("Transfer", 1),
        "x",
        "",
        "义诊",
    ]


async def fuzz(server: Server, operations: int, seed: int) -> Counter[str]:
    """Send so many operations of a seed; how often each code came. Raises AssertionError, which names what was sent."""
    token, ids = await a_small_town(server)
    generator = Generator(schema._schema, random.Random(seed), ids)
    codes: Counter[str] = Counter()
    for _ in range(operations):
        query, variables = generator.operation()
        body = json.dumps({"query": query, "variables": variables}).encode("utf-8", "replace")
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "accept-language": "en"}
        response = await server.http.post("/graphql", content=body, headers=headers)
        if response.status_code == 401:  # the operation ended the session
            token = await anew(server)
            continue
        try:
            codes.update(checked(response))
        except AssertionError as error:
            raise AssertionError(f"{error}\nsent: {body.decode()}\nanswered: {response.text[:2000]}") from error
    return codes


async def anew(server: Server) -> str:
    server.clock.advance(hours=3)  # ten codes a day
    server.signed_in.clear()
    return await server.sign_in_as(PHONE)


def checked(response: httpx.Response) -> list[str]:
    """The codes of an answer in which everything is as it should be; OK where it has no error."""
    assert response.status_code < 500, response.status_code
    errors = response.json().get("errors", [])
    for error in errors:
        code = error["extensions"]["code"]
        assert code in CODES, code
        assert code not in OURS, code
        assert not INSIDES.search(error["message"]), error["message"]
    return [error["extensions"]["code"] for error in errors] or ["OK"]

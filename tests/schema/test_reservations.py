"""From a reservation to the gate, as a phone and a gate device meet it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.people.caller import Caller
from domain.people.member_code import make_member_code
from domain.redemption.expire_reservations import expire_reservations
from tests.builders.keys import a_key
from tests.builders.people import a_caller
from tests.builders.redemption import Offer, a_reservation, an_offer, cancelled, paid, staff_of
from tests.clock import later
from tests.schema.client import ANONYMOUS, ask, encode_id, events_of, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

RESERVATION = """reservation { id status quantity points expiresAt createdAt order { id } resident { displayName }
    session { remaining viewerReservation { id } viewerCanRedeem { eligible } } }"""
ORDER = """order { id pointsSpent tickets { status } transfer { kind amount } reservation { status order { id } } }"""
WALLET = "{ viewer { wallet { balance held available } } }"


def wanted(offer: Offer, quantity: int = 1) -> dict[str, Any]:
    return {
        "sessionId": encode_id("OfferSession", offer.session_id),
        "quantity": quantity,
        "idempotencyKey": a_key(),
    }


def by_id(reservation_id: str) -> dict[str, Any]:
    return {"reservationId": reservation_id, "idempotencyKey": a_key()}


async def wallet_of(caller: Caller, **later_by: float) -> tuple[int, int, int]:
    wallet = (await succeed(WALLET, caller, now=later(**later_by)))["viewer"]["wallet"]
    return wallet["balance"], wallet["held"], wallet["available"]


async def test_a_resident_reserves_on_the_way_and_pays_at_the_gate() -> None:
    offer, resident = await an_offer(cost=10, stock=5), await a_caller("张三", points=25)
    asked = wanted(offer, 2)
    made = await mutate("reserveTickets", asked, resident, answer=RESERVATION)
    assert await mutate("reserveTickets", asked, resident, answer=RESERVATION) == made
    kept = made["reservation"]
    assert (kept["status"], kept["quantity"], kept["points"], kept["order"]) == ("HELD", 2, 20, None)
    assert (kept["createdAt"], kept["expiresAt"]) == ("2024-01-12T01:30:00Z", "2024-01-12T02:00:00Z")
    assert kept["session"]["viewerReservation"] == {"id": kept["id"]}
    assert kept["session"]["remaining"] == 3
    assert await wallet_of(resident) == (25, 20, 5)
    code = make_member_code(resident.signed_in(), later(minutes=20)).token
    at_gate = {
        "sessionId": asked["sessionId"],
        "reservation": {"memberCode": code},
        "gate": "东门",
        "idempotencyKey": a_key(),
    }
    staff = await staff_of(offer)
    order = (await mutate("payReservation", at_gate, staff, answer=ORDER, now=later(minutes=20)))["order"]
    assert order["tickets"] == [{"status": "ADMITTED"}] * 2
    assert (order["pointsSpent"], order["transfer"]) == (20, {"kind": "REDEEM", "amount": 20})
    assert order["reservation"] == {"status": "PAID", "order": {"id": order["id"]}}
    assert await wallet_of(resident, minutes=20) == (5, 0, 5)


async def test_exactly_one_of_id_and_code_is_given() -> None:
    staff = await staff_of(await an_offer())
    both = {"memberCode": "x", "reservationId": "y"}
    for shown in ({}, both):
        at_gate = {"sessionId": "x", "reservation": shown, "gate": "东门", "idempotencyKey": "k"}
        query = "mutation ($input: PayReservationInput!) { payReservation(input: $input) { errors { code } } }"
        assert (await ask(query, staff, {"input": at_gate})).code == "INVALID_INPUT"


async def test_a_resident_pays_on_the_phone_or_gives_it_up() -> None:
    offer, resident = await an_offer(cost=10, limit_per_resident=9), await a_caller(points=30)
    first = (await mutate("reserveTickets", wanted(offer), resident, answer=RESERVATION))["reservation"]
    order = (await mutate("payOwnReservation", by_id(first["id"]), resident, answer=ORDER))["order"]
    assert (order["tickets"], order["pointsSpent"]) == ([{"status": "VALID"}], 10)
    second = (await mutate("reserveTickets", wanted(offer), resident, answer=RESERVATION))["reservation"]
    given_up = (await mutate("cancelReservation", by_id(second["id"]), resident, answer=RESERVATION))["reservation"]
    assert (given_up["status"], given_up["session"]["viewerReservation"]) == ("CANCELLED", None)
    assert await wallet_of(resident) == (20, 0, 20)


async def test_from_the_deadline_on_everything_says_so_though_nobody_has_marked_it_yet() -> None:
    offer, resident = await an_offer(cost=10, stock=1, limit_per_resident=1), await a_caller(points=10)
    reservation_id = encode_id("Reservation", await a_reservation(offer, resident))
    query = """query ($id: ID!) { node(id: $id) { ... on Reservation { status session { remaining
        viewerReservation { id } viewerCanRedeem { eligible reasons { code } } } } }
        viewer { wallet { held } held: reservations(status: HELD, first: 9) { totalCount }
            expired: reservations(status: EXPIRED, first: 9) { nodes { id } } } }"""
    for before, minutes in ((True, 29.999), (False, 30)):
        answer = await succeed(query, resident, {"id": reservation_id}, now=later(minutes=minutes))
        seen, viewer = answer["node"], answer["viewer"]
        assert seen["status"] == ("HELD" if before else "EXPIRED")
        assert seen["session"]["remaining"] == (0 if before else 1)
        assert (seen["session"]["viewerReservation"] is not None) == before
        reasons = [reason["code"] for reason in seen["session"]["viewerCanRedeem"]["reasons"]]
        assert reasons == (["LIMIT_PER_RESIDENT", "SOLD_OUT", "INSUFFICIENT_POINTS"] if before else [])
        assert (viewer["held"]["totalCount"], len(viewer["expired"]["nodes"])) == ((1, 0) if before else (0, 1))
        assert viewer["wallet"]["held"] == (10 if before else 0)


async def test_gate_staff_see_who_is_to_come() -> None:
    offer = await an_offer(cost=1)
    people = [await a_caller(name, points=1) for name in ("张三", "李四", "王五")]
    reserved = [await a_reservation(offer, caller) for caller in people]
    await paid(people[0], reserved[0])
    await cancelled(people[1], reserved[1])
    query = """query ($id: ID!) { node(id: $id) { ... on OfferSession {
        all: reservations(first: 9) { totalCount nodes { status resident { displayName } } }
        held: reservations(first: 9, status: HELD) { totalCount nodes { resident { displayName } } } } } }"""
    session = {"id": encode_id("OfferSession", offer.session_id)}
    seen = (await succeed(query, await staff_of(offer), session))["node"]
    assert [node["status"] for node in seen["all"]["nodes"]] == ["PAID", "CANCELLED", "HELD"]
    assert seen["held"] == {"totalCount": 1, "nodes": [{"resident": {"displayName": "王五"}}]}
    for other in (people[2], ANONYMOUS):
        assert (await succeed(query, other, session))["node"]["all"] == {"totalCount": 0, "nodes": []}


async def test_a_wallet_that_is_followed_tells_of_points_held_paid_and_free_again() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=30)
    follow = "subscription { walletChanged { balance held available } }"
    async with events_of(follow, caller) as events:
        told = [(await anext(events)).data["walletChanged"]]
        first = await a_reservation(offer, caller)
        told.append((await anext(events)).data["walletChanged"])
        await paid(caller, first)
        told.append((await anext(events)).data["walletChanged"])
        await a_reservation(offer, caller)
        told.append((await anext(events)).data["walletChanged"])
        await expire_reservations(later(hours=1))
        told.append((await anext(events)).data["walletChanged"])
    figures = [(wallet["balance"], wallet["held"], wallet["available"]) for wallet in told]
    assert figures == [(30, 0, 30), (30, 10, 20), (20, 0, 20), (20, 10, 10), (20, 0, 20)]

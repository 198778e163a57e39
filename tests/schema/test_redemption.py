"""From an offer to the gate, as front-ends and gate devices meet it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.people.member_code import make_member_code
from domain.redemption.ticket_token import verify_ticket_token
from tests.builders.keys import a_key
from tests.builders.people import a_caller, organiser_of
from tests.builders.places import an_organisation
from tests.builders.redemption import ENDS, STARTS, a_ticket, an_offer, an_order, staff_of
from tests.clock import NOW, later
from tests.schema.client import ANONYMOUS, encode_id, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

OFFER = """offer { id title status programme cost minimumBalance limitPerResident refundableUntil
    sessions { stock remaining admittedCount startsAt } attractions { name entries } }"""


async def test_an_organiser_writes_an_offer_puts_it_on_sale_pauses_and_closes_it() -> None:
    host = await an_organisation()
    organiser = await organiser_of(host)
    wanted = {
        "title": "少康湖新年游乐汇·学习强国积分兑门票",
        "summary": "出示积分，领取门票",
        "hostId": encode_id("Organisation", host),
        "venue": "少康湖",
        "cost": 0,
        "salesOpenAt": NOW.isoformat(),
        "salesCloseAt": ENDS.isoformat(),
        "sessions": [{"startsAt": STARTS.isoformat(), "endsAt": ENDS.isoformat(), "stock": 500}],
        "attractions": [{"name": "恐龙乐园"}, {"name": "文艺演出", "entries": None}],
    }
    offer = (await mutate("createTicketOffer", wanted, organiser, answer=OFFER))["offer"]
    assert (offer["status"], offer["programme"], offer["limitPerResident"], offer["refundableUntil"]) == (
        "DRAFT",
        "xuexi",
        2,
        None,
    )
    assert offer["attractions"] == [{"name": "恐龙乐园", "entries": 1}, {"name": "文艺演出", "entries": None}]
    by_id = {"offerId": offer["id"]}
    for name, status in {"publish": "ON_SALE", "pause": "PAUSED", "close": "CLOSED"}.items():
        payload = await mutate(f"{name}TicketOffer", by_id, organiser, answer=OFFER)
        assert (payload["errors"], payload["offer"]["status"]) == ([], status)


ORDER = """order { id status pointsSpent createdAt transfer { kind amount } refundTransfer { kind amount }
    session { remaining } resident { displayName }
    tickets { id serial status token qrSvg admissions { gate attraction { name } } } }"""


async def test_points_become_tickets_once_and_a_refund_gives_them_back() -> None:
    offer, caller = await an_offer(cost=20, stock=10), await a_caller(points=50)
    wanted = {"sessionId": encode_id("OfferSession", offer.session_id), "quantity": 2, "idempotencyKey": "intent"}
    first = await mutate("redeemTickets", wanted, caller, answer=ORDER)
    order = first["order"]
    assert (order["status"], order["pointsSpent"], order["session"]["remaining"]) == ("PAID", 40, 8)
    assert order["transfer"] == {"kind": "REDEEM", "amount": 40}
    for ticket in order["tickets"]:
        assert verify_ticket_token(ticket["token"]).serial == ticket["serial"]
        assert (ticket["status"], ticket["qrSvg"][:4], len(ticket["serial"])) == ("VALID", "<svg", 9)
    assert await mutate("redeemTickets", wanted, caller, answer=ORDER) == first
    back = {"orderId": order["id"], "idempotencyKey": "back"}
    refunded = (await mutate("refundOrder", back, caller, answer=ORDER))["order"]
    assert (refunded["status"], refunded["session"]["remaining"]) == ("REFUNDED", 10)
    assert refunded["refundTransfer"] == {"kind": "REFUND", "amount": 40}
    assert {ticket["status"] for ticket in refunded["tickets"]} == {"REFUNDED"}


ELIGIBLE = """query ($id: ID!, $quantity: Int! = 1) { node(id: $id) { ... on OfferSession {
    viewerCanRedeem(quantity: $quantity) { eligible reasons { __typename code
        ... on LimitReached { limit used } ... on InsufficientPoints { available required } } } } } }"""


async def may_redeem(session_id: int, caller: Any, quantity: int = 1, **more: Any) -> Any:
    variables = {"id": encode_id("OfferSession", session_id), "quantity": quantity}
    return (await succeed(ELIGIBLE, caller, variables, **more))["node"]["viewerCanRedeem"]


async def test_may_i_redeem_names_every_reason_why_not() -> None:
    offer = await an_offer(cost=30, minimum_balance=100, stock=2, sales_close_at=later(minutes=30))
    poor = await a_caller(points=50)
    assert await may_redeem(offer.session_id, await a_caller(points=100)) == {"eligible": True, "reasons": []}
    answer = await may_redeem(offer.session_id, poor, 2, now=later(minutes=40))
    assert answer["eligible"] is False
    assert [reason["code"] for reason in answer["reasons"]] == [
        "NOT_OPEN",
        "BELOW_MINIMUM_BALANCE",
        "INSUFFICIENT_POINTS",
    ]
    assert (answer["reasons"][1]["available"], answer["reasons"][1]["required"]) == (50, 100)
    assert (answer["reasons"][2]["available"], answer["reasons"][2]["required"]) == (50, 60)
    nobody = await may_redeem(offer.session_id, ANONYMOUS)
    assert [reason["code"] for reason in nobody["reasons"]] == ["UNAUTHENTICATED"]


async def test_a_ticket_that_was_not_used_expires_with_its_session() -> None:
    offer, caller = await an_offer(), await a_caller()
    await an_order(offer, caller, 2)
    query = """{ viewer { valid: tickets(status: VALID, first: 9) { totalCount }
        expired: tickets(status: EXPIRED, first: 9) { totalCount nodes { status } } } }"""
    during, after = (await succeed(query, caller, now=later(hours=5))), (await succeed(query, caller, now=ENDS))
    assert (during["viewer"]["valid"]["totalCount"], during["viewer"]["expired"]["totalCount"]) == (2, 0)
    assert after["viewer"]["valid"]["totalCount"] == 0
    assert after["viewer"]["expired"]["nodes"] == [{"status": "EXPIRED"}] * 2


ADMITTED = """admission { id gate scannedAt recordedAt conflict undoneAt undoReason attraction { name } recordedBy { id } }
    ticket { status session { admittedCount } }"""


async def test_a_scan_lets_in_and_can_be_taken_back() -> None:
    offer = await an_offer(entries=[1])
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    scan = {"token": ticket.token, "gate": "东门", "scanId": "1"}
    payload = await mutate("admitTicket", {"scan": scan}, staff, answer=ADMITTED)
    assert payload["ticket"] == {"status": "ADMITTED", "session": {"admittedCount": 1}}
    assert (payload["admission"]["gate"], payload["admission"]["attraction"]) == ("东门", None)
    assert payload["admission"]["recordedBy"] == {"id": encode_id("Resident", staff.resident_id or 0)}
    assert await mutate("admitTicket", {"scan": scan}, staff, answer=ADMITTED) == payload
    place = scan | {"scanId": "2", "attractionId": encode_id("Attraction", offer.attraction_ids[0])}
    shown = await mutate("admitTicket", {"scan": place}, staff, answer=ADMITTED)
    assert shown["admission"]["attraction"] == {"name": "示例项目1"}
    undo = {"admissionId": payload["admission"]["id"], "reason": "扫错"}
    answer = "admission { undoneAt undoReason ticket { admissions { gate undoneAt } } }"
    undone = (await mutate("undoAdmission", undo, staff, answer=answer, now=later(minutes=3)))["admission"]
    assert (undone["undoneAt"], undone["undoReason"]) == ("2024-01-12T01:33:00Z", "扫错")
    assert [scan["undoneAt"] is None for scan in undone["ticket"]["admissions"]] == [False, True]


async def test_scans_made_offline_are_all_kept_and_a_clash_is_marked() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    scans = [
        {"token": ticket.token, "gate": gate, "scanId": "1", "scannedAt": later(minutes=minute).isoformat()}
        for gate, minute in (("西门", 4), ("东门", 2))
    ]
    answer = "results { admission { gate scannedAt conflict } error { code } }"
    payload = await mutate("syncAdmissions", {"scans": scans}, staff, answer=answer, now=later(minutes=9))
    assert [row["admission"] for row in payload["results"]] == [
        {"gate": "西门", "scannedAt": "2024-01-12T01:34:00Z", "conflict": True},
        {"gate": "东门", "scannedAt": "2024-01-12T01:32:00Z", "conflict": False},
    ]
    assert await mutate("syncAdmissions", {"scans": scans}, staff, answer=answer, now=later(minutes=9)) == payload


async def test_a_ticket_shows_the_latest_hundred_of_its_admissions() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    scans = [
        {"token": ticket.token, "gate": "东门", "scanId": str(number), "scannedAt": later(seconds=number).isoformat()}
        for number in range(102)
    ]
    answer = "results { error { code } admission { ticket { admissions { scannedAt } } } }"
    payload = await mutate("syncAdmissions", {"scans": scans[:1]}, staff, answer=answer, now=later(minutes=9))
    assert len(payload["results"][0]["admission"]["ticket"]["admissions"]) == 1
    await mutate("syncAdmissions", {"scans": scans}, staff, answer="results { error { code } }", now=later(minutes=9))
    shown = await mutate("syncAdmissions", {"scans": scans[:1]}, staff, answer=answer, now=later(minutes=9))
    admissions = shown["results"][0]["admission"]["ticket"]["admissions"]
    assert (len(admissions), admissions[0]["scannedAt"]) == (100, "2024-01-12T01:30:02Z")


async def test_gate_staff_redeem_for_who_stands_in_front_of_them() -> None:
    offer, caller = await an_offer(cost=5), await a_caller("张三", points=5)
    wanted = {
        "memberCode": make_member_code(caller.resident_id or 0, NOW).token,
        "sessionId": encode_id("OfferSession", offer.session_id),
        "quantity": 1,
        "gate": "东门",
        "idempotencyKey": a_key(),
    }
    order = (await mutate("redeemAtGate", wanted, await staff_of(offer), answer=ORDER))["order"]
    assert (order["resident"], order["pointsSpent"]) == ({"displayName": "张三"}, 5)
    assert [ticket["status"] for ticket in order["tickets"]] == ["ADMITTED"]
    assert order["tickets"][0]["admissions"] == [{"gate": "东门", "attraction": None}]


async def test_offers_are_listed_with_their_sessions() -> None:
    offers = [await an_offer(sales_open_at=later(minutes=minute)) for minute in (1, 3, 2)]
    query = "{ ticketOffers(first: 2) { totalCount nodes { id sessions { offer { id } } } } }"
    found = (await succeed(query))["ticketOffers"]
    expected = [encode_id("TicketOffer", offers[index].id) for index in (1, 2)]
    assert [node["id"] for node in found["nodes"]] == expected
    assert [node["sessions"] for node in found["nodes"]] == [[{"offer": {"id": id_}}] for id_ in expected]
    assert found["totalCount"] == 3

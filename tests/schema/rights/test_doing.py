"""Every mutation against every role: who is let through, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.people.member_code import make_member_code
from schema.build import schema
from tests.builders.volunteering import AFTERWARDS, ENDS, STARTS, a_key
from tests.clock import NOW, later
from tests.schema.client import ask
from tests.schema.rights.world import ROLES, World, a_world

pytestmark = pytest.mark.usefixtures("database")

REFUSED = {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"}
EVERYONE = set(ROLES)
SIGNED_IN = EVERYONE - {"nobody"}
ORGANISERS = {"organiser", "organiser of the district"}
ADMINISTRATORS = {"administrator", "administrator of the community"}
STAFF = {"gate staff"} | ORGANISERS

# Open to all; what they want instead of a session is wrong here, and that is what they say.
OPEN = {
    "requestSignInCode": ({"phone": "no phone"}, "INVALID_INPUT"),
    "signIn": ({"phone": "13800000000", "code": "000000"}, "CODE_INCORRECT"),
    "refreshSession": ({"refreshToken": "no token"}, "UNAUTHENTICATED"),
}


@dataclass(frozen=True)
class Rule:
    """Who may; the others are FORBIDDEN, or told NOT_FOUND unless they are among those who see it. Nobody is UNAUTHENTICATED."""

    may: set[str]
    wanted: Callable[[World], Mapping[str, Any] | None]
    sees: set[str] = field(default_factory=lambda: EVERYONE)
    type_name: str | None = None


def at(name: str, key: str, **more: Any) -> Callable[[World], Mapping[str, Any]]:
    """An input with the id of one thing of the world."""
    return lambda world: {key: world.ids[name]} | more


def a_new_activity(world: World) -> Mapping[str, Any]:
    times = {"startsAt": STARTS.isoformat(), "endsAt": ENDS.isoformat()}
    texts = {"kind": "CLINIC", "title": "义诊", "summary": "义诊", "areaCode": "RC-JPJ", "venue": "广场"}
    return texts | times | {"hostId": world.ids["Organisation"], "pointsRule": {"cap": 0}}


def a_new_offer(world: World) -> Mapping[str, Any]:
    times = {"salesOpenAt": NOW.isoformat(), "salesCloseAt": ENDS.isoformat()}
    session = {"startsAt": STARTS.isoformat(), "endsAt": ENDS.isoformat(), "stock": 1}
    texts = {"title": "门票", "summary": "门票", "venue": "少康湖", "cost": 0}
    return texts | times | {"hostId": world.ids["Organisation"], "sessions": [session]}


def who_came(world: World) -> Mapping[str, Any]:
    record = {"attendee": {"residentId": world.ids["Resident who took no part"]}, "checkedInAt": STARTS.isoformat()}
    return {"shiftId": world.ids["Shift"], "records": [record], "idempotencyKey": a_key()}


def a_statement(world: World) -> Mapping[str, Any]:
    seen = {"figure": 5, "seenOn": "2024-01-12", "maskedAccount": "138****5678", "idempotencyKey": a_key()}
    return seen | {
        "claimant": {"residentId": world.ids["Resident who took no part"]},
        "hostId": world.ids["Organisation"],
    }


def a_file_of_statements(world: World) -> Mapping[str, Any]:
    return {
        "csv": "phone,account,figure,date\n1,2,3,4\n",
        "hostId": world.ids["Organisation"],
        "idempotencyKey": a_key(),
    }


def at_the_gate(world: World) -> Mapping[str, Any]:
    stranger = world.people["stranger"].resident_id
    assert stranger
    code = make_member_code(stranger, AFTERWARDS).token
    session = {"sessionId": world.ids["OfferSession"], "quantity": 1, "idempotencyKey": a_key()}
    return session | {"memberCode": code, "gate": "东门", "admit": False}


def a_reservation_at_the_gate(world: World) -> Mapping[str, Any]:
    session = {"sessionId": world.ids["OfferSession"], "reservation": {"reservationId": world.ids["Reservation"]}}
    return session | {"gate": "东门", "admit": False, "idempotencyKey": a_key()}


def a_scan(world: World) -> Mapping[str, Any]:
    return {"token": world.token, "gate": "东门", "scanId": a_key()}


def a_new_rule(_: World) -> Mapping[str, Any]:
    rule = {"programme": "xuexi", "code": "reading", "name": "读书", "kind": "PER_UNIT", "points": 1}
    return {"rule": rule | {"validFrom": later(days=1).date().isoformat()}, "idempotencyKey": a_key()}


RULES = {
    "signOut": Rule(SIGNED_IN, lambda _: None),
    "updateProfile": Rule(SIGNED_IN, lambda _: {"displayName": "示例"}),
    "createActivity": Rule(ORGANISERS, a_new_activity),
    "publishActivity": Rule(ORGANISERS, at("draft Activity", "activityId"), ORGANISERS, "ActivityIdInput"),
    "signUp": Rule(SIGNED_IN, at("Shift", "shiftId")),
    "cancelSignUp": Rule({"owner"}, at("SignUp", "signUpId"), {"owner"} | ORGANISERS),
    "logAttendance": Rule(ORGANISERS, who_came),
    "voidAttendance": Rule(
        ORGANISERS | ADMINISTRATORS,
        at("Attendance", "attendanceId", reason="记错人", idempotencyKey="void"),
        {"owner", "auditor"} | ORGANISERS | ADMINISTRATORS,
    ),
    "approveAttendance": Rule(
        ORGANISERS | ADMINISTRATORS,
        at("Attendance entered afterwards", "attendanceId", idempotencyKey="approve"),
        {"owner", "auditor"} | ORGANISERS | ADMINISTRATORS,
    ),
    "rejectAttendance": Rule(
        ORGANISERS | ADMINISTRATORS,
        at("Attendance entered afterwards", "attendanceId", reason="名单上没有此人", idempotencyKey="reject"),
        {"owner", "auditor"} | ORGANISERS | ADMINISTRATORS,
    ),
    "settleAlarm": Rule(
        {"auditor"} | ADMINISTRATORS,
        at("Alarm", "alarmId", note="已电话核实", idempotencyKey="settle"),
        {"auditor"} | ADMINISTRATORS,
    ),
    "createTicketOffer": Rule(ORGANISERS, a_new_offer),
    "publishTicketOffer": Rule(ORGANISERS, at("TicketOffer", "offerId"), type_name="TicketOfferIdInput"),
    "pauseTicketOffer": Rule(ORGANISERS, at("TicketOffer", "offerId"), type_name="TicketOfferIdInput"),
    "redeemTickets": Rule(SIGNED_IN, at("OfferSession", "sessionId", quantity=1, idempotencyKey="redeem")),
    "redeemAtGate": Rule({"gate staff"}, at_the_gate),
    "reserveTickets": Rule(SIGNED_IN, at("OfferSession", "sessionId", quantity=1, idempotencyKey="reserve")),
    "payReservation": Rule({"gate staff"}, a_reservation_at_the_gate),
    "payOwnReservation": Rule(
        {"owner"},
        at("Reservation", "reservationId", idempotencyKey="pay"),
        {"owner", "gate staff", "auditor", "administrator"},
        "ReservationIdInput",
    ),
    "cancelReservation": Rule(
        {"owner", "gate staff"},
        at("Reservation", "reservationId", idempotencyKey="give up"),
        {"owner", "gate staff", "auditor", "administrator"},
        "ReservationIdInput",
    ),
    "admitTicket": Rule({"gate staff"}, lambda world: {"scan": a_scan(world)}),
    "syncAdmissions": Rule({"gate staff"}, lambda world: {"scans": [a_scan(world)]}),
    "undoAdmission": Rule({"gate staff"}, at("Admission", "admissionId", reason="扫错"), {"owner", "gate staff"}),
    "refundOrder": Rule(
        {"owner", "gate staff"},
        at("TicketOrder", "orderId", idempotencyKey="refund"),
        {"owner", "gate staff", "auditor", "administrator"},
    ),
    "closeTicketOffer": Rule(ORGANISERS, at("TicketOffer", "offerId"), type_name="TicketOfferIdInput"),
    "adjustPoints": Rule(
        {"administrator"}, at("Resident", "residentId", amount=1, reason="更正", idempotencyKey="adjust")
    ),
    "approveAdjustment": Rule({"administrator"}, at("Adjustment", "adjustmentId", idempotencyKey="approve adjustment")),
    "rejectAdjustment": Rule(
        {"administrator"}, at("Adjustment", "adjustmentId", reason="重复", idempotencyKey="reject adjustment")
    ),
    "reverseTransfer": Rule({"administrator"}, at("Transfer", "transferId", reason="记错了", idempotencyKey="reverse")),
    "setAdjustmentLimit": Rule({"administrator"}, lambda _: {"limit": 1000}),
    "freezeWallet": Rule(
        {"administrator"},
        at("Wallet", "walletId", reason="异常", idempotencyKey="freeze"),
        type_name="WalletStatusInput",
    ),
    "unfreezeWallet": Rule(
        {"administrator"},
        at("Wallet", "walletId", reason="核实", idempotencyKey="unfreeze"),
        type_name="WalletStatusInput",
    ),
    "closeWallet": Rule(
        {"administrator"},
        at("Wallet", "walletId", reason="申请", idempotencyKey="close"),
        type_name="WalletStatusInput",
    ),
    "createProgramme": Rule({"administrator"}, lambda _: {"code": "reading", "name": "读书积分"}),
    "setExpiryPolicy": Rule({"administrator"}, lambda _: {"programme": "xuexi", "expiry": "NEVER"}),
    "setProgrammeBudget": Rule({"administrator"}, lambda _: {"programme": "xuexi", "budget": 1_000_000}),
    "attestClaim": Rule(STAFF, a_statement),
    "importClaims": Rule(STAFF, a_file_of_statements),
    "approveClaim": Rule(
        STAFF | ADMINISTRATORS,
        at("Claim", "claimId", idempotencyKey="approve"),
        {"owner", "auditor"} | STAFF | ADMINISTRATORS,
    ),
    "rejectClaim": Rule(
        STAFF | ADMINISTRATORS,
        at("Claim", "claimId", reason="看不清", idempotencyKey="reject"),
        {"owner", "auditor"} | STAFF | ADMINISTRATORS,
    ),
    "voidClaim": Rule(
        ADMINISTRATORS,
        at("Claim", "claimId", reason="记错人", idempotencyKey="void claim"),
        {"owner", "auditor"} | STAFF | ADMINISTRATORS,
    ),
    "setClaimLimit": Rule({"administrator"}, lambda _: {"approvalAbove": 1000}),
    "publishEarningRule": Rule({"administrator"}, a_new_rule),
    "endEarningRule": Rule({"administrator"}, at("EarningRule", "ruleId", lastDay=later(days=1).date().isoformat())),
    "cancelActivity": Rule(ORGANISERS, at("Activity", "activityId", reason="大雨")),
}


def test_the_tables_have_every_mutation() -> None:
    mutation = schema._schema.mutation_type
    assert mutation
    assert set(RULES) | set(OPEN) == set(mutation.fields)


async def told(name: str, rule: Rule, world: World, caller: Caller) -> set[str]:
    """The codes of a mutation's answer, in its errors or in those of its rows."""
    wanted, type_name = rule.wanted(world), rule.type_name or f"{name[0].upper()}{name[1:]}Input"
    rows = "results { error { code } }" if name in {"logAttendance", "syncAdmissions"} else ""
    arguments = ("", "") if wanted is None else (f"($input: {type_name}!)", "(input: $input)")
    query = f"mutation {arguments[0]} {{ {name}{arguments[1]} {{ {rows} errors {{ code }} }} }}"
    now = AFTERWARDS if name in {"logAttendance", "redeemAtGate", "admitTicket", "syncAdmissions"} else later(minutes=2)
    answer = await ask(query, caller, {"input": wanted} if wanted else None, now=now)
    assert answer.errors == []
    payload = answer.data[name]
    errors = [*payload["errors"], *(row["error"] for row in payload.get("results", []) if row["error"])]
    return {error["code"] for error in errors}


def expected(rule: Rule, role: str) -> set[str]:
    if role == "nobody":
        return {"UNAUTHENTICATED"}
    return set() if role in rule.may else {"FORBIDDEN"} if role in rule.sees else {"NOT_FOUND"}


async def test_each_role_may_do_what_it_may_and_nothing_else() -> None:
    world = await a_world()
    for name, rule in RULES.items():
        for role in sorted(ROLES, key=lambda role: role in rule.may):  # those who may change the world come last
            codes = await told(name, rule, world, world.people[role])
            assert codes & REFUSED == expected(rule, role), (name, role, codes)


@pytest.mark.parametrize("name", OPEN)
async def test_signing_in_is_open_to_everybody(name: str) -> None:
    world = await a_world()
    wanted, code = OPEN[name]
    for role in ("nobody", "stranger", "administrator"):
        assert await told(name, Rule(EVERYONE, lambda _: wanted), world, world.people[role]) == {code}

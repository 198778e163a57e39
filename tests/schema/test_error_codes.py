"""Every code of the contract, provoked through GraphQL. What each refusal needs in detail is tested in tests/domain."""

from __future__ import annotations

import pytest

import storage
from domain.people.caller import Caller
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from schema.codes import ErrorCode
from tests.builders.claims import Station, a_claim, a_station
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_code_for, a_phone, a_resident, an_administrator, organiser_of
from tests.builders.redemption import ENDS as SESSION_ENDS
from tests.builders.redemption import Offer, a_reservation, a_scan, a_ticket, an_offer, an_order, staff_of
from tests.builders.volunteering import (
    AFTERWARDS,
    LONG_AFTERWARDS,
    STARTS,
    a_pending_attendance,
    a_sign_up,
    an_activity,
    an_attendance,
    an_hourly_rule,
)
from tests.clock import NOW, later
from tests.schema.client import encode_id, mutate, refused

pytestmark = pytest.mark.usefixtures("database")

SIGN_IN_CODE_LASTS_5_MINUTES = later(minutes=6)
provoked: set[str] = set()


def statement(station: Station, resident_id: int, figure: int) -> dict[str, object]:
    seen = {"figure": figure, "seenOn": "2024-01-12", "maskedAccount": "138****5678", "idempotencyKey": a_key()}
    claimant = {"residentId": encode_id("Resident", resident_id)}
    return seen | {"claimant": claimant, "hostId": encode_id("Organisation", station.host_id)}


def redemption(offer: Offer, quantity: int = 1, key: str | None = None) -> dict[str, object]:
    session_id = encode_id("OfferSession", offer.session_id)
    return {"sessionId": session_id, "quantity": quantity, "idempotencyKey": key or a_key()}


def scan(token: str, scan_id: str = "1", **more: object) -> dict[str, object]:
    return {"scan": {"token": token, "gate": "东门", "scanId": scan_id} | more}


async def freeze_wallets_of(caller: Caller) -> None:
    sql = "UPDATE accounts SET status = 'FROZEN' WHERE holder_id = ?"
    await storage.write(lambda tx: tx.execute(sql, caller.signed_in()))


async def test_invalid_input() -> None:
    error = await refused("requestSignInCode", {"phone": "0537-2312345"})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["phone"])


async def test_not_found() -> None:
    error = await refused("signUp", {"shiftId": encode_id("Shift", 7)}, await a_caller())
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["shiftId"])


async def test_unauthenticated() -> None:
    assert (await refused("signUp", {"shiftId": encode_id("Shift", 7)}))["code"] == "UNAUTHENTICATED"


async def test_account_disabled() -> None:
    phone, administrator = a_phone(), await an_administrator()
    who = encode_id("Resident", await a_resident(phone=phone))
    await mutate("disableResident", {"residentId": who, "reason": "账号被盗"}, administrator)
    assert (await refused("signIn", {"phone": phone, "code": await a_code_for(phone)}))["code"] == "ACCOUNT_DISABLED"


async def test_forbidden() -> None:
    activity = await an_activity()
    wanted = {"activityId": encode_id("Activity", activity.id), "reason": "大雨"}
    assert (await refused("cancelActivity", wanted, await a_caller()))["code"] == "FORBIDDEN"


async def test_rate_limited() -> None:
    phone = a_phone()
    await mutate("requestSignInCode", {"phone": phone})
    error = await refused("requestSignInCode", {"phone": phone}, now=later(seconds=20))
    assert error["code"] == "RATE_LIMITED"
    assert "40" in error["message"]


async def test_conflict() -> None:
    morning, same_time, caller = await an_activity(title="示例晨练"), await an_activity(), await a_caller()
    await a_sign_up(morning, caller)
    error = await refused("signUp", {"shiftId": encode_id("Shift", same_time.shift_id)}, caller)
    assert error["code"] == "CONFLICT"
    assert "示例晨练" in error["message"]


async def test_idempotency_key_reused() -> None:
    offer, caller = await an_offer(), await a_caller()
    await mutate("redeemTickets", redemption(offer, 1, "the key"), caller)
    error = await refused("redeemTickets", redemption(offer, 2, "the key"), caller)
    assert (error["code"], error["path"]) == ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])


async def test_code_incorrect() -> None:
    phone = a_phone()
    code = await a_code_for(phone)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert (await refused("signIn", {"phone": phone, "code": wrong}))["code"] == "CODE_INCORRECT"


async def test_code_expired() -> None:
    phone = a_phone()
    wanted = {"phone": phone, "code": await a_code_for(phone)}
    assert (await refused("signIn", wanted, now=SIGN_IN_CODE_LASTS_5_MINUTES))["code"] == "CODE_EXPIRED"


async def test_not_open() -> None:
    offer = await an_offer(sales_open_at=later(minutes=10))
    assert (await refused("redeemTickets", redemption(offer), await a_caller()))["code"] == "NOT_OPEN"


async def test_already_signed_up() -> None:
    activity, caller = await an_activity(), await a_caller()
    await a_sign_up(activity, caller)
    error = await refused("signUp", {"shiftId": encode_id("Shift", activity.shift_id)}, caller)
    assert error["code"] == "ALREADY_SIGNED_UP"


async def test_full() -> None:
    activity = await an_activity(capacity=1, waitlist_limit=1)
    await a_sign_up(activity)
    await a_sign_up(activity)
    error = await refused("signUp", {"shiftId": encode_id("Shift", activity.shift_id)}, await a_caller())
    assert (error["code"], error["__typename"], error["limit"], error["used"]) == ("FULL", "LimitReached", 1, 1)


def attended(shift_id: int, *residents: int) -> dict[str, object]:
    records = [
        {"attendee": {"residentId": encode_id("Resident", resident)}, "checkedInAt": STARTS.isoformat()}
        for resident in residents
    ]
    return {"shiftId": encode_id("Shift", shift_id), "records": records, "idempotencyKey": a_key()}


ROW = "results { attendance { id } error { code path } }"


async def test_already_attended() -> None:
    activity, resident = await an_activity(), await a_resident()
    await an_attendance(activity, resident)
    payload = await mutate(
        "logAttendance", attended(activity.shift_id, resident), activity.organiser, answer=ROW, now=AFTERWARDS
    )
    assert payload["results"] == [{"attendance": None, "error": {"code": "ALREADY_ATTENDED", "path": ["records", "0"]}}]


async def test_second_person_required() -> None:
    activity = await an_activity()
    attendance = encode_id("Attendance", await a_pending_attendance(activity, await a_resident()))
    wanted = {"attendanceId": attendance, "idempotencyKey": a_key()}
    error = await refused("approveAttendance", wanted, activity.organiser, now=LONG_AFTERWARDS)
    assert (error["code"], error["path"]) == ("SECOND_PERSON_REQUIRED", ["attendanceId"])


async def test_already_decided() -> None:
    activity = await an_activity()
    attendance = encode_id("Attendance", await a_pending_attendance(activity, await a_resident()))
    colleague, wanted = await organiser_of(activity.host_id), {"attendanceId": attendance, "reason": "名单上没有此人"}
    await mutate("rejectAttendance", wanted | {"idempotencyKey": a_key()}, colleague, now=LONG_AFTERWARDS)
    error = await refused(
        "approveAttendance", {"attendanceId": attendance, "idempotencyKey": a_key()}, colleague, now=LONG_AFTERWARDS
    )
    assert (error["code"], error["path"]) == ("ALREADY_DECIDED", ["attendanceId"])


async def test_not_signed_up() -> None:
    activity, caller = await an_activity(), await a_caller()
    sign_up_id = await a_sign_up(activity, caller)
    await cancel_sign_up(caller, sign_up_id, NOW)
    error = await refused("cancelSignUp", {"signUpId": encode_id("SignUp", sign_up_id)}, caller)
    assert error["code"] == "NOT_SIGNED_UP"


async def test_cancelled() -> None:
    activity = await an_activity()
    await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="大雨"), NOW)
    error = await refused("signUp", {"shiftId": encode_id("Shift", activity.shift_id)}, await a_caller())
    assert error["code"] == "CANCELLED"


async def test_insufficient_points() -> None:
    offer = await an_offer(cost=30)
    error = await refused("redeemTickets", redemption(offer), await a_caller(points=20))
    shown = {name: error[name] for name in ("__typename", "code", "available", "required")}
    assert shown == {
        "__typename": "InsufficientPoints",
        "code": "INSUFFICIENT_POINTS",
        "available": 20,
        "required": 30,
    }


async def test_below_minimum_balance() -> None:
    offer = await an_offer(minimum_balance=500)
    error = await refused("redeemTickets", redemption(offer), await a_caller(points=499))
    assert (error["code"], error["available"], error["required"]) == ("BELOW_MINIMUM_BALANCE", 499, 500)


async def test_account_not_open() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=5)
    await freeze_wallets_of(caller)
    assert (await refused("redeemTickets", redemption(offer), caller))["code"] == "ACCOUNT_NOT_OPEN"


async def test_sold_out() -> None:
    offer = await an_offer(stock=1)
    assert (await refused("redeemTickets", redemption(offer, 2), await a_caller()))["code"] == "SOLD_OUT"


async def test_limit_per_resident() -> None:
    offer, caller = await an_offer(limit_per_resident=2), await a_caller()
    await an_order(offer, caller, 2)
    error = await refused("redeemTickets", redemption(offer), caller)
    assert (error["code"], error["limit"], error["used"]) == ("LIMIT_PER_RESIDENT", 2, 2)


async def test_budget_exhausted() -> None:
    resident, other = await a_resident(), await a_resident()
    activity = await an_activity(points_rule=an_hourly_rule(per_attendance=10, per_hour=0))

    async def limit_budget(tx: storage.Transaction) -> None:
        await tx.execute("UPDATE programmes SET budget = 15")

    await storage.write(limit_budget)
    payload = await mutate(
        "logAttendance", attended(activity.shift_id, resident, other), activity.organiser, answer=ROW, now=AFTERWARDS
    )
    assert [row["error"] for row in payload["results"]] == [
        None,
        {"code": "BUDGET_EXHAUSTED", "path": ["records", "1"]},
    ]


async def test_already_reversed() -> None:
    activity = await an_activity()
    attendance_id = await an_attendance(activity, await a_resident())
    wish = VoidAttendanceWish(attendance_id=attendance_id, reason="记错人", idempotency_key=a_key())
    await void_attendance(activity.organiser, wish, AFTERWARDS)
    wanted = {"attendanceId": encode_id("Attendance", attendance_id), "reason": "记错人", "idempotencyKey": a_key()}
    error = await refused("voidAttendance", wanted, activity.organiser, now=AFTERWARDS)
    assert error["code"] == "ALREADY_REVERSED"


async def test_already_claimed_says_the_last_figure_and_its_day() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 800)
    error = await refused("attestClaim", statement(station, resident_id, 800), station.staff)
    shown = {name: error[name] for name in ("__typename", "code", "lastFigure", "lastSeenOn", "path")}
    assert shown == {
        "__typename": "FigureAlreadyClaimed",
        "code": "ALREADY_CLAIMED",
        "lastFigure": 800,
        "lastSeenOn": "2024-01-12",
        "path": ["figure"],
    }
    assert "800" in error["message"]
    assert "2024-01-12" in error["message"]


async def test_already_resolved() -> None:
    offer, caller = await an_offer(cost=1), await a_caller(points=1)
    reservation = {"reservationId": encode_id("Reservation", await a_reservation(offer, caller))}
    error = await refused("payOwnReservation", reservation | {"idempotencyKey": a_key()}, caller, now=later(hours=1))
    assert (error["code"], error["path"]) == ("ALREADY_RESOLVED", ["reservationId"])
    assert "超过保留时间" in error["message"]


async def test_ticket_invalid() -> None:
    staff = await staff_of(await an_offer())
    assert (await refused("admitTicket", scan("eyJhbGciOiJub25lIn0.e30."), staff))["code"] == "TICKET_INVALID"


async def test_ticket_not_yet_valid() -> None:
    offer = await an_offer(starts_at=later(hours=9), ends_at=later(hours=12), sales_close_at=later(hours=8))
    ticket = await a_ticket(offer)
    assert (await refused("admitTicket", scan(ticket.token), await staff_of(offer)))["code"] == "TICKET_NOT_YET_VALID"


async def test_ticket_expired() -> None:
    offer = await an_offer()
    ticket = await a_ticket(offer)
    error = await refused("admitTicket", scan(ticket.token), await staff_of(offer), now=SESSION_ENDS)
    assert error["code"] == "TICKET_EXPIRED"


async def test_ticket_refunded() -> None:
    offer, caller = await an_offer(), await a_caller()
    ticket = await a_ticket(offer, caller)
    await refund_order(caller, RefundOrderWish(order_id=ticket.order_id, idempotency_key=a_key()), NOW)
    assert (await refused("admitTicket", scan(ticket.token), await staff_of(offer)))["code"] == "TICKET_REFUNDED"


async def test_ticket_already_admitted_says_when_and_where() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    await admit_ticket(staff, a_scan(ticket, gate="西门"), NOW)
    error = await refused("admitTicket", scan(ticket.token), staff, now=later(minutes=5))
    assert (error["code"], error["__typename"]) == ("TICKET_ALREADY_ADMITTED", "AlreadyAdmitted")
    assert error["admission"] == {"gate": "西门", "scannedAt": "2024-01-12T01:30:00Z"}


async def test_not_admitted_here() -> None:
    offer, other = await an_offer(), await an_offer(entries=[1])
    ticket = await a_ticket(offer)
    elsewhere = encode_id("Attraction", other.attraction_ids[0])
    error = await refused("admitTicket", scan(ticket.token, attractionId=elsewhere), await staff_of(offer))
    assert (error["code"], error["path"]) == ("NOT_ADMITTED_HERE", ["scan", "attractionId"])


def test_every_code_has_its_test() -> None:
    assert {code.lower() for code in ErrorCode} <= {name.removeprefix("test_").split("_says")[0] for name in globals()}

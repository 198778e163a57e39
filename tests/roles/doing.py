"""Who may do what: every mutation, every role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from domain.claims.approve_claim import ApproveClaimWish, approve_claim
from domain.claims.reject_claim import RejectClaimWish, reject_claim
from domain.people.disable_resident import DisableResidentWish, disable_resident
from domain.people.member_code import make_member_code
from domain.points.wallet_status import WalletStatusWish, freeze_wallet
from domain.privacy.consents import ConsentPurpose, ConsentTextWish, publish_consent_text
from schema.ids import encode_id, require_id
from storage import fetch
from tests.builders.claims import TODAY, a_file
from tests.builders.earning import a_rule, a_rule_wish
from tests.builders.keys import a_key
from tests.builders.people import a_phone, a_resident, organiser_of
from tests.builders.redemption import Offer, a_reservation, a_ticket, an_order
from tests.builders.volunteering import Activity, a_sign_up, an_attendance
from tests.clock import NOW, later
from tests.roles.people import (
    BOOK,
    BOOK_ADMINS,
    EVERYBODY,
    GATE,
    HOST_ADMINS,
    NONE,
    ORGANISERS,
    OWNER,
    SIGNED_IN,
    Group,
    Who,
    group,
)
from tests.roles.world import (
    World,
    an_activity_of_the_host,
    an_offer_of_the_host,
    attended,
    attested,
    corrected,
    entered_afterwards,
)

Wish = dict[str, Any]
figures = count(1)


@dataclass(frozen=True)
class Deed:
    """A mutation with an input that is good but for who sends it."""

    mutation: str
    wish: Callable[[World], Awaitable[Wish]]
    may: Group
    #: what others are told; nobody is UNAUTHENTICATED
    told: dict[str, Group] = field(default_factory=dict)

    def answer(self, who: Who) -> str | None:
        """The code that somebody gets, None where they may."""
        if who is Who.NOBODY:
            return "UNAUTHENTICATED"
        if who in self.may:
            return None
        return next(code for code, group in self.told.items() if who in group)


EARLIER = later(minutes=-90)  # a shift that began then is over
FORBIDDEN = {"FORBIDDEN": EVERYBODY}
NOT_FOUND = {"NOT_FOUND": EVERYBODY}


async def a_new_activity(world: World) -> Wish:
    times = {"startsAt": later(hours=1).isoformat(), "endsAt": later(hours=2).isoformat()}
    texts = {"kind": "CLINIC", "title": "义诊", "summary": "义诊", "areaCode": "RC-LH-1", "venue": "广场"}
    return texts | times | {"hostId": encode_id("Organisation", world.places.host), "pointsRule": {"cap": 0}}


async def a_new_offer(world: World) -> Wish:
    times = {"salesOpenAt": NOW.isoformat(), "salesCloseAt": later(hours=1).isoformat()}
    session = {"startsAt": later(hours=1).isoformat(), "endsAt": later(hours=2).isoformat(), "stock": 1}
    texts = {"title": "门票", "summary": "门票", "venue": "少康湖", "cost": 0}
    return texts | times | {"hostId": encode_id("Organisation", world.places.host), "sessions": [session]}


async def a_draft(world: World) -> Wish:
    return {"activityId": activity_id(await an_activity_of_the_host(world, publish=False))}


async def a_cancellation(world: World) -> Wish:
    return {"activityId": activity_id(await an_activity_of_the_host(world)), "reason": "下雨"}


async def a_cancellation_of_a_draft(world: World) -> Wish:
    return await a_draft(world) | {"reason": "下雨"}


async def a_place(world: World) -> Wish:
    await cancel_all_sign_ups(world)
    return {"shiftId": shift_id(await an_activity_of_the_host(world))}


async def a_place_in_a_draft(world: World) -> Wish:
    return {"shiftId": shift_id(await an_activity_of_the_host(world, publish=False))}


async def the_owners_sign_up(world: World) -> Wish:
    await cancel_all_sign_ups(world)
    activity = await an_activity_of_the_host(world)
    return {"signUpId": encode_id("SignUp", await a_sign_up(activity, world.caller(Who.OWNER)))}


async def a_list(world: World) -> Wish:
    return {"shiftId": shift_id(await an_activity_of_the_host(world, begins=EARLIER))} | the_owner_came(world)


async def a_list_of_a_draft(world: World) -> Wish:
    draft = await an_activity_of_the_host(world, begins=EARLIER, publish=False)
    return {"shiftId": shift_id(draft)} | the_owner_came(world)


async def the_owners_attendance(world: World) -> Wish:
    activity = await an_activity_of_the_host(world)
    number = await attended(world, activity, world.people[Who.OWNER], Who.ORGANISER)
    return {"attendanceId": encode_id("Attendance", number), "reason": "记错了", "idempotencyKey": a_key()}


async def an_entry(world: World) -> Wish:
    """Entered long afterwards by an organiser who is nobody of the table."""
    activity, recorder = await an_activity_of_the_host(world), await organiser_of(world.places.host)
    number = await entered_afterwards(activity, world.people[Who.OWNER], recorder)
    return {"attendanceId": encode_id("Attendance", number), "idempotencyKey": a_key()}


async def an_entry_of_the_organisers_own(world: World) -> Wish:
    activity = await an_activity_of_the_host(world)
    number = await entered_afterwards(activity, world.people[Who.OWNER], world.caller(Who.ORGANISER))
    return {"attendanceId": encode_id("Attendance", number), "idempotencyKey": a_key()}


async def an_unbelievable_entry(world: World) -> Wish:
    return await an_entry(world) | {"reason": "名单上没有此人"}


async def an_alarm(world: World) -> Wish:
    """The owner was in two places, says an organiser who is nobody of the table."""
    recorder = await organiser_of(world.places.host)
    for _ in range(2):
        activity = await an_activity_of_the_host(world)
        await an_attendance(replace(activity, organiser=recorder), world.people[Who.OWNER])
    number = (await fetch("SELECT id FROM alarms WHERE organiser_id = ?", recorder.resident_id))[0][0]
    return {"alarmId": encode_id("Alarm", number), "note": "已电话核实", "idempotencyKey": a_key()}


async def an_offer_on_sale(world: World) -> Wish:
    return {"offerId": offer_id(await an_offer_of_the_host(world))}


async def a_draft_offer(world: World) -> Wish:
    return {"offerId": offer_id(await an_offer_of_the_host(world, publish=False))}


async def a_redemption(world: World) -> Wish:
    return tickets_of(await an_offer_of_the_host(world, 0))


async def a_redemption_of_a_draft(world: World) -> Wish:
    return tickets_of(await an_offer_of_the_host(world, 0, publish=False))


async def a_redemption_at_the_gate(world: World) -> Wish:
    return await a_redemption(world) | the_owner_shows_a_code(world)


async def a_redemption_of_a_draft_at_the_gate(world: World) -> Wish:
    return await a_redemption_of_a_draft(world) | the_owner_shows_a_code(world)


async def the_owners_order(world: World) -> Wish:
    order = await an_order(await an_offer_of_the_host(world, 1), world.caller(Who.OWNER))
    return {"orderId": encode_id("TicketOrder", order), "idempotencyKey": a_key()}


async def the_owners_reservation(world: World) -> Wish:
    reservation = await a_reservation(await an_offer_of_the_host(world, 1), world.caller(Who.OWNER))
    return {"reservationId": encode_id("Reservation", reservation), "idempotencyKey": a_key()}


async def the_owners_reservation_at_the_gate(world: World) -> Wish:
    offer = await an_offer_of_the_host(world, 1)
    await a_reservation(offer, world.caller(Who.OWNER))
    shown = {"reservation": {"memberCode": the_owner_shows_a_code(world)["memberCode"]}, "gate": "东门"}
    return {"sessionId": encode_id("OfferSession", offer.session_id), "idempotencyKey": a_key()} | shown


async def a_scan(world: World) -> Wish:
    return {"scan": await a_scan_of_the_owners_ticket(world)}


async def some_scans(world: World) -> Wish:
    return {"scans": [await a_scan_of_the_owners_ticket(world)]}


async def an_admission(world: World) -> Wish:
    wish = await a_scan(world)
    query = "mutation ($input: AdmitTicketInput!) { admitTicket(input: $input) { admission { id } } }"
    admitted = await world.data(Who.GATE, query, input=wish)
    return {"admissionId": admitted["admitTicket"]["admission"]["id"], "reason": "扫错了"}


async def a_correction(world: World) -> Wish:
    return {"residentId": world.truth.people[Who.OWNER], "amount": 1, "reason": "补记", "idempotencyKey": a_key()}


async def a_large_correction(world: World) -> Wish:
    return await a_correction(world) | {"amount": 2000}


async def an_adjustment_that_waits(world: World) -> Wish:
    return {"adjustmentId": encode_id("Adjustment", await corrected(world, 2000)), "idempotencyKey": a_key()}


async def an_adjustment_to_reject(world: World) -> Wish:
    return await an_adjustment_that_waits(world) | {"reason": "重复"}


async def a_correction_to_take_back(world: World) -> Wish:
    await corrected(world, 1)
    ((transfer_id,),) = await fetch("SELECT MAX(id) FROM transfers WHERE kind = 'ADJUST'")
    return {"transferId": encode_id("Transfer", transfer_id), "reason": "记错了", "idempotencyKey": a_key()}


async def a_limit_of_corrections(_: World) -> Wish:
    return {"limit": 1000}


async def a_wallet(world: World) -> int:
    """Of somebody who has nothing else to do with it."""
    sql = "SELECT id FROM accounts WHERE holder_id = ? AND programme = 'xuexi'"
    wallet_id: int = (await fetch(sql, await a_resident()))[0][0]
    await world.learn([("Wallet", encode_id("Wallet", wallet_id))])
    return wallet_id


async def an_open_wallet(world: World) -> Wish:
    return {"walletId": encode_id("Wallet", await a_wallet(world)), "reason": "居民申请", "idempotencyKey": a_key()}


async def a_frozen_wallet(world: World) -> Wish:
    wallet_id = await a_wallet(world)
    wish = WalletStatusWish(wallet_id=wallet_id, reason="账户异常", idempotency_key=a_key())
    await freeze_wallet(world.caller(Who.ADMIN), wish, NOW)
    return {"walletId": encode_id("Wallet", wallet_id), "reason": "已核实", "idempotencyKey": a_key()}


async def two_who_are_one(_: World) -> Wish:
    kept, merged = await a_resident(), await a_resident()
    ids = {"keepId": encode_id("Resident", kept), "mergeId": encode_id("Resident", merged)}
    return ids | {"reason": "同一人换号", "idempotencyKey": a_key()}


async def a_new_programme(_: World) -> Wish:
    return {"code": f"a-{a_key()}", "name": "读书积分", "zone": "Asia/Shanghai"}


async def a_budget(_: World) -> Wish:
    return {"programme": "xuexi", "budget": 1_000_000}


async def no_expiry(_: World) -> Wish:
    return {"programme": "xuexi", "expiry": "NEVER"}


async def a_new_rule(_: World) -> Wish:
    rule = {"programme": "xuexi", "code": "reading", "name": "读书", "kind": "PER_UNIT", "points": 1}
    return {"rule": rule | {"validFrom": TODAY.isoformat()}, "idempotencyKey": a_key()}


async def a_rule_that_holds(world: World) -> Wish:
    number = await a_rule(a_rule_wish(), world.caller(Who.ADMIN))
    return {"ruleId": encode_id("EarningRule", number), "lastDay": TODAY.isoformat()}


async def a_name(_: World) -> Wish:
    return {"displayName": "示例居民"}


async def a_figure(world: World) -> int:
    """One that is higher than any before, while nothing of the owner's waits."""
    sql = "SELECT id FROM claims WHERE resident_id = ? AND status = 'PENDING' ORDER BY figure"
    for (claim_id,) in await fetch(sql, world.people[Who.OWNER]):
        wish = RejectClaimWish(claim_id=claim_id, reason="重来", idempotency_key=a_key())
        await reject_claim(world.caller(Who.ADMIN_BELOW), wish, NOW)
    return 2000 * next(figures)


async def a_statement(world: World) -> Wish:
    claimant = {"residentId": world.truth.people[Who.OWNER]}
    seen = {"figure": await a_figure(world), "seenOn": TODAY.isoformat(), "maskedAccount": "138****5678"}
    return seen | {
        "claimant": claimant,
        "hostId": encode_id("Organisation", world.places.host),
        "idempotencyKey": a_key(),
    }


async def a_file_of_statements(world: World) -> Wish:
    phone = world.truth.phones[world.truth.people[Who.OWNER]]
    csv = a_file((phone, "138****5678", await a_figure(world), TODAY, ""))
    return {
        "hostId": encode_id("Organisation", world.places.host),
        "csv": csv,
        "dryRun": False,
        "idempotencyKey": a_key(),
    }


async def a_claim_that_waits(world: World) -> Wish:
    return {"claimId": encode_id("Claim", await attested(world, await a_figure(world))), "idempotencyKey": a_key()}


async def a_claim_to_reject(world: World) -> Wish:
    return await a_claim_that_waits(world) | {"reason": "看不清"}


async def a_claim_that_was_paid(world: World) -> Wish:
    claim_id = await attested(world, await a_figure(world))
    await approve_claim(world.caller(Who.GATE), ApproveClaimWish(claim_id=claim_id, idempotency_key=a_key()), NOW)
    return {"claimId": encode_id("Claim", claim_id), "reason": "记错了", "idempotencyKey": a_key()}


async def the_owners_number(world: World) -> Wish:
    activity = await an_activity_of_the_host(world)
    await attended(world, activity, world.people[Who.OWNER], Who.ORGANISER)
    return {"residentId": world.truth.people[Who.OWNER], "reason": "联系领取遗失物品"}


async def a_consent_text(_: World) -> Wish:
    rows = await fetch("SELECT COUNT(*) FROM consent_texts WHERE purpose = 'SENSITIVE_DATA'")
    return {"purpose": "SENSITIVE_DATA", "version": rows[0][0] + 1, "text": "敏感个人信息单独同意书"}


async def a_consent(world: World) -> Wish:
    wanted = await a_consent_text(world)
    wish = ConsentTextWish(ConsentPurpose.SENSITIVE_DATA, wanted["version"], wanted["text"])
    await publish_consent_text(world.caller(Who.ADMIN), wish, NOW)
    return {"purpose": "SENSITIVE_DATA", "version": wanted["version"]}


async def no_consent(_: World) -> Wish:
    return {"purpose": "SENSITIVE_DATA"}


async def somebody_to_keep_out(world: World) -> Wish:
    phone = a_phone()
    resident_id = encode_id("Resident", await a_resident(phone=phone))
    world.truth.phones[resident_id] = phone
    return {"residentId": resident_id, "reason": "账号被盗"}


async def somebody_kept_out(world: World) -> Wish:
    resident_id = (await somebody_to_keep_out(world))["residentId"]
    wish = DisableResidentWish(require_id(resident_id, "Resident"), "账号被盗")
    await disable_resident(world.caller(Who.ADMIN), wish, NOW)
    return {"residentId": resident_id}


async def a_limit(_: World) -> Wish:
    return {"approvalAbove": 1000}


# The organiser attested it.
SECOND_PEOPLE = (ORGANISERS | GATE | HOST_ADMINS) - {Who.ORGANISER}
NOT_SECOND_PEOPLE = {"SECOND_PERSON_REQUIRED": group(Who.ORGANISER), "FORBIDDEN": OWNER | BOOK} | NOT_FOUND


# The administrator of the district proposed it.
SECOND_ADMINS = BOOK_ADMINS - {Who.ADMIN}
NOT_SECOND_ADMINS = {"SECOND_PERSON_REQUIRED": group(Who.ADMIN)} | FORBIDDEN

DEEDS = {
    "create an activity": Deed("createActivity", a_new_activity, ORGANISERS, FORBIDDEN),
    "publish a draft": Deed("publishActivity", a_draft, ORGANISERS, NOT_FOUND),
    "call an activity off": Deed("cancelActivity", a_cancellation, ORGANISERS, FORBIDDEN),
    "call a draft off": Deed("cancelActivity", a_cancellation_of_a_draft, ORGANISERS, NOT_FOUND),
    "sign up": Deed("signUp", a_place, SIGNED_IN),
    "sign up for a draft": Deed("signUp", a_place_in_a_draft, NONE, {"NOT_OPEN": ORGANISERS} | NOT_FOUND),
    "take the owner's sign-up back": Deed(
        "cancelSignUp", the_owners_sign_up, OWNER, {"FORBIDDEN": ORGANISERS} | NOT_FOUND
    ),
    "log who came": Deed("logAttendance", a_list, ORGANISERS, FORBIDDEN),
    "log who came to a draft": Deed("logAttendance", a_list_of_a_draft, NONE, {"NOT_OPEN": ORGANISERS} | NOT_FOUND),
    "void an attendance": Deed(
        "voidAttendance", the_owners_attendance, ORGANISERS | HOST_ADMINS, {"FORBIDDEN": OWNER | BOOK} | NOT_FOUND
    ),
    "approve what was entered afterwards": Deed(
        "approveAttendance", an_entry, ORGANISERS | HOST_ADMINS, {"FORBIDDEN": OWNER | BOOK} | NOT_FOUND
    ),
    "approve what the host's organiser entered": Deed(
        "approveAttendance",
        an_entry_of_the_organisers_own,
        (ORGANISERS | HOST_ADMINS) - {Who.ORGANISER},
        {"SECOND_PERSON_REQUIRED": group(Who.ORGANISER), "FORBIDDEN": OWNER | BOOK} | NOT_FOUND,
    ),
    "reject what was entered afterwards": Deed(
        "rejectAttendance", an_unbelievable_entry, ORGANISERS | HOST_ADMINS, {"FORBIDDEN": OWNER | BOOK} | NOT_FOUND
    ),
    "settle an alarm": Deed("settleAlarm", an_alarm, BOOK | HOST_ADMINS, NOT_FOUND),
    "create an offer": Deed("createTicketOffer", a_new_offer, ORGANISERS, FORBIDDEN),
    "put a draft on sale": Deed("publishTicketOffer", a_draft_offer, ORGANISERS, {"FORBIDDEN": GATE} | NOT_FOUND),
    "pause an offer": Deed("pauseTicketOffer", an_offer_on_sale, ORGANISERS, FORBIDDEN),
    "close an offer": Deed("closeTicketOffer", an_offer_on_sale, ORGANISERS, FORBIDDEN),
    "close a draft": Deed("closeTicketOffer", a_draft_offer, ORGANISERS, {"FORBIDDEN": GATE} | NOT_FOUND),
    "redeem": Deed("redeemTickets", a_redemption, SIGNED_IN),
    "redeem a draft": Deed("redeemTickets", a_redemption_of_a_draft, NONE, {"NOT_OPEN": ORGANISERS | GATE} | NOT_FOUND),
    "redeem at the gate": Deed("redeemAtGate", a_redemption_at_the_gate, GATE, FORBIDDEN),
    "redeem a draft at the gate": Deed(
        "redeemAtGate",
        a_redemption_of_a_draft_at_the_gate,
        NONE,
        {"NOT_OPEN": GATE, "FORBIDDEN": ORGANISERS} | NOT_FOUND,
    ),
    "refund the owner's order": Deed("refundOrder", the_owners_order, OWNER | GATE, {"FORBIDDEN": BOOK} | NOT_FOUND),
    "reserve": Deed("reserveTickets", a_redemption, SIGNED_IN),
    "reserve of a draft": Deed(
        "reserveTickets", a_redemption_of_a_draft, NONE, {"NOT_OPEN": ORGANISERS | GATE} | NOT_FOUND
    ),
    "pay the owner's reservation": Deed("payReservation", the_owners_reservation_at_the_gate, GATE, FORBIDDEN),
    "pay one's own reservation": Deed(
        "payOwnReservation", the_owners_reservation, OWNER, {"FORBIDDEN": GATE | BOOK} | NOT_FOUND
    ),
    "cancel the owner's reservation": Deed(
        "cancelReservation", the_owners_reservation, OWNER | GATE, {"FORBIDDEN": BOOK} | NOT_FOUND
    ),
    # who holds a ticket's token knows of the ticket
    "let the owner in": Deed("admitTicket", a_scan, GATE, FORBIDDEN),
    "send scans": Deed("syncAdmissions", some_scans, GATE, FORBIDDEN),
    "take a scan back": Deed("undoAdmission", an_admission, GATE, {"FORBIDDEN": OWNER} | NOT_FOUND),
    "correct the owner's points": Deed("adjustPoints", a_correction, BOOK_ADMINS, FORBIDDEN),
    "propose a large correction": Deed("adjustPoints", a_large_correction, BOOK_ADMINS, FORBIDDEN),
    "approve an adjustment": Deed("approveAdjustment", an_adjustment_that_waits, SECOND_ADMINS, NOT_SECOND_ADMINS),
    "reject an adjustment": Deed("rejectAdjustment", an_adjustment_to_reject, SECOND_ADMINS, NOT_SECOND_ADMINS),
    "take a correction back": Deed("reverseTransfer", a_correction_to_take_back, BOOK_ADMINS, FORBIDDEN),
    "set the limit of corrections": Deed("setAdjustmentLimit", a_limit_of_corrections, BOOK_ADMINS, FORBIDDEN),
    "freeze a wallet": Deed("freezeWallet", an_open_wallet, BOOK_ADMINS, FORBIDDEN),
    "open a frozen wallet": Deed("unfreezeWallet", a_frozen_wallet, BOOK_ADMINS, FORBIDDEN),
    "close a wallet": Deed("closeWallet", an_open_wallet, BOOK_ADMINS, FORBIDDEN),
    "merge two residents": Deed("mergeResidents", two_who_are_one, BOOK_ADMINS, FORBIDDEN),
    "keep somebody out": Deed("disableResident", somebody_to_keep_out, BOOK_ADMINS, FORBIDDEN),
    "let somebody in again": Deed("enableResident", somebody_kept_out, BOOK_ADMINS, FORBIDDEN),
    "show a whole number": Deed(
        "revealPhone", the_owners_number, ORGANISERS | BOOK_ADMINS, {"FORBIDDEN": OWNER | BOOK} | NOT_FOUND
    ),
    "publish a text to agree to": Deed("publishConsentText", a_consent_text, BOOK_ADMINS, FORBIDDEN),
    "agree to a text": Deed("giveConsent", a_consent, SIGNED_IN),
    "agree no more": Deed("withdrawConsent", no_consent, SIGNED_IN),
    "create a programme": Deed("createProgramme", a_new_programme, BOOK_ADMINS, FORBIDDEN),
    "set until when points are good": Deed("setExpiryPolicy", no_expiry, BOOK_ADMINS, FORBIDDEN),
    "set a budget": Deed("setProgrammeBudget", a_budget, BOOK_ADMINS, FORBIDDEN),
    "attest what the owner shows": Deed("attestClaim", a_statement, ORGANISERS | GATE, FORBIDDEN),
    "take over a file": Deed("importClaims", a_file_of_statements, ORGANISERS | GATE, FORBIDDEN),
    "approve a claim of the organiser's": Deed("approveClaim", a_claim_that_waits, SECOND_PEOPLE, NOT_SECOND_PEOPLE),
    "reject a claim of the organiser's": Deed("rejectClaim", a_claim_to_reject, SECOND_PEOPLE, NOT_SECOND_PEOPLE),
    "void the owner's claim": Deed(
        "voidClaim", a_claim_that_was_paid, HOST_ADMINS, {"FORBIDDEN": OWNER | BOOK | ORGANISERS | GATE} | NOT_FOUND
    ),
    "set the limit of claims": Deed("setClaimLimit", a_limit, BOOK_ADMINS, FORBIDDEN),
    "publish a rule": Deed("publishEarningRule", a_new_rule, BOOK_ADMINS, FORBIDDEN),
    "end a rule": Deed("endEarningRule", a_rule_that_holds, BOOK_ADMINS, FORBIDDEN),
    "change their own name": Deed("updateProfile", a_name, SIGNED_IN),
}

#: About sessions, and open to everybody who has what it asks for: tests/roles/test_sessions.py.
OPEN_TO_ALL = (
    "submitOperations",  # each of its operations is judged by its own rule: tests/schema/test_submitting.py
    "requestSignInCode",
    "signIn",
    "refreshSession",
    "signOut",
    "endSession",
    "endOtherSessions",
    "eraseMe",
)


def activity_id(activity: Activity) -> str:
    return encode_id("Activity", activity.id)


def shift_id(activity: Activity) -> str:
    return encode_id("Shift", activity.shift_id)


def offer_id(offer: Offer) -> str:
    return encode_id("TicketOffer", offer.id)


def tickets_of(offer: Offer) -> Wish:
    return {"sessionId": encode_id("OfferSession", offer.session_id), "quantity": 1, "idempotencyKey": a_key()}


def the_owner_came(world: World) -> Wish:
    record = {"attendee": {"residentId": world.truth.people[Who.OWNER]}, "checkedInAt": EARLIER.isoformat()}
    return {"records": [record], "idempotencyKey": a_key()}


def the_owner_shows_a_code(world: World) -> Wish:
    return {"memberCode": make_member_code(world.people[Who.OWNER], NOW).token, "gate": "东门"}


async def a_scan_of_the_owners_ticket(world: World) -> Wish:
    ticket = await a_ticket(await an_offer_of_the_host(world, 0), world.caller(Who.OWNER))
    return {"token": ticket.token, "gate": "东门", "scanId": a_key()}


async def cancel_all_sign_ups(world: World) -> None:
    """The owner is free again: nobody is in two shifts at a time."""
    query = "{ viewer { signUps(first: 100) { nodes { id status } } } }"
    for sign_up in (await world.data(Who.OWNER, query))["viewer"]["signUps"]["nodes"]:
        if sign_up["status"] != "CANCELLED":
            cancel = "mutation ($id: ID!) { cancelSignUp(input: {signUpId: $id}) { errors { code } } }"
            await world.data(Who.OWNER, cancel, id=sign_up["id"])

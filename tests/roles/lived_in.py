"""A world in which all kinds of things have happened: a row of each kind, every field filled in somewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from domain.claims.approve_claim import ApproveClaimWish, approve_claim
from domain.claims.reject_claim import RejectClaimWish, reject_claim
from domain.claims.void_claim import VoidClaimWish, void_claim
from domain.earning.rule import Band, CapPeriod, RuleKind
from domain.people.caller import Caller
from domain.people.member_code import make_member_code
from domain.points.approve_adjustment import ApproveAdjustmentWish, approve_adjustment
from domain.points.reject_adjustment import RejectAdjustmentWish, reject_adjustment
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from domain.points.set_expiry_policy import SetExpiryPolicyWish, set_expiry_policy
from domain.points.set_programme_budget import SetProgrammeBudgetWish, set_programme_budget
from domain.points.wallet_status import WalletStatusWish, freeze_wallet, unfreeze_wallet
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.offer_status import close_ticket_offer
from domain.redemption.redeem_at_gate import RedeemAtGateWish, redeem_at_gate
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from domain.volunteering.approve_attendance import approve_attendance
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.reject_attendance import reject_attendance
from domain.volunteering.settle_alarm import SettleAlarmWish, settle_alarm
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from ledger.expiry_policy import Expiry
from schema.ids import encode_id
from storage import fetch
from tests.builders.claims import a_photo
from tests.builders.earning import TODAY, a_rule, a_rule_wish
from tests.builders.keys import a_key
from tests.builders.merging import merge
from tests.builders.people import a_phone, a_resident
from tests.builders.redemption import a_reservation, a_scan, an_order, paid, tickets_of
from tests.builders.seals import seal_all
from tests.builders.volunteering import Activity, a_rejection, a_sign_up, an_approval
from tests.clock import NOW
from tests.roles.people import Who
from tests.roles.truth import Ref
from tests.roles.world import (
    World,
    a_world,
    an_activity_of_the_host,
    an_offer_of_the_host,
    attended,
    attested,
    corrected,
    entered_afterwards,
    ref,
    revoke,
)
from tests.server import Server

SELECT_WALLETS = "SELECT id FROM accounts WHERE holder_id = ? AND kind = 'WALLET'"


async def a_lived_in_world(server: Server) -> World:
    """All of it, and the truth about it."""
    world = await a_world(server)
    happened = Happened()
    await activities(world, happened)
    await offers(world, happened)
    await claims(world, happened)
    await corrections(world, happened)
    policy = SetExpiryPolicyWish(programme="xuexi", expiry=Expiry.MONTHS, months=36, not_before=date(2024, 12, 31))
    await set_expiry_policy(world.caller(Who.ADMIN), policy, NOW)
    everything = a_rule_wish(
        "reading",
        RuleKind.SCORE_BAND,
        bands=(Band(60, 1),),
        valid_until=TODAY,
        caps=dict.fromkeys(CapPeriod, 9),
        activity_kinds=("READING",),
    )
    await a_rule(everything, world.caller(Who.ADMIN))
    budget = SetProgrammeBudgetWish(programme="xuexi", budget=1_000_000)
    happened.rows.append(ref("Programme", await set_programme_budget(world.caller(Who.ADMIN), budget)))
    await seal_all()
    happened.rows += [ref("Seal", row[0]) for row in await fetch("SELECT id FROM seals")]
    await tell(world, happened)
    return world


@dataclass
class Happened:
    """What leads to all rows there are, and what only those know who were there."""

    rows: list[Ref] = field(default_factory=list)
    never_published: list[Ref] = field(default_factory=list)
    neighbour: int = 0
    first_sign_up: Ref = field(default_factory=dict)
    reserved: Ref = field(default_factory=dict)


async def tell(world: World, happened: Happened) -> None:
    """The truth is known, now that all has happened."""
    truth, neighbour = world.truth, ref("Resident", happened.neighbour)
    found = [*happened.rows, *happened.never_published, *(ref("Resident", id_) for id_ in world.people.values())]
    for resident_id in (world.people[Who.OWNER], happened.neighbour):
        found += [ref("Wallet", row[0]) for row in await fetch(SELECT_WALLETS, resident_id)]
    found += [ref("Alarm", row[0]) for row in await fetch("SELECT id FROM alarms")]
    await world.learn((one["__typename"], one["id"]) for one in found)
    world.hide(*happened.never_published)
    truth.took_part = {truth.people[Who.OWNER], neighbour["id"]}
    activity = truth.follow(truth.rows[happened.first_sign_up["id"]], "shift.activity")
    assert activity
    activity["viewerSignUp"] = happened.first_sign_up
    session = truth.follow(truth.rows[happened.reserved["id"]], "session")
    assert session
    session["viewerReservation"] = happened.reserved


async def activities(world: World, happened: Happened) -> None:
    """Published, draft, cancelled; signed up for, waited for, attended, voided."""
    activity = await an_activity_of_the_host(world)
    owner, phone = world.caller(Who.OWNER), a_phone()
    happened.neighbour = neighbour = await a_resident("示例邻居", phone)
    world.truth.phones[encode_id("Resident", neighbour)] = phone
    await a_sign_up(activity, Caller(neighbour), activity.shift_ids[1])
    happened.first_sign_up = ref("SignUp", await a_sign_up(activity, owner, activity.shift_ids[0]))
    await a_sign_up(activity, owner, activity.shift_ids[1])
    await attended(world, activity, world.people[Who.OWNER], Who.ORGANISER)
    await attended(world, activity, neighbour, Who.FORMER_ORGANISER)
    happened.rows += await an_old_account_of_the_neighbours(world, activity, neighbour)
    happened.rows += await what_was_entered_afterwards(world, neighbour)
    await revoke(world, Who.FORMER_ORGANISER)
    wrong = await attended(world, activity, world.people[Who.OWNER], Who.AREA_ORGANISER, shift=1)
    voiding = VoidAttendanceWish(attendance_id=wrong, reason="记错了", idempotency_key=a_key())
    await void_attendance(world.caller(Who.AREA_ORGANISER), voiding, NOW)
    draft = await an_activity_of_the_host(world, "草稿", publish=False)
    cancelled, never = await an_activity_of_the_host(world), await an_activity_of_the_host(world, publish=False)
    for one in (cancelled, never):
        await cancel_activity(world.caller(Who.ORGANISER), CancelActivityWish(activity_id=one.id, reason="下雨"), NOW)
    happened.rows += [ref("Activity", activity.id), ref("Activity", cancelled.id)]
    happened.never_published += [ref("Activity", draft.id), ref("Activity", never.id)]


async def an_old_account_of_the_neighbours(world: World, activity: Activity, neighbour: int) -> list[Ref]:
    """The neighbour was written down twice, once as somebody who is they as well."""
    phone = a_phone()
    old = await a_resident("示例旧号", phone)
    world.truth.phones[encode_id("Resident", old)] = phone
    await attended(world, activity, old, Who.ORGANISER)
    merge_id = await merge(neighbour, old, world.caller(Who.ADMIN))
    return [ref("ResidentMerge", merge_id), ref("Resident", old)]


async def what_was_entered_afterwards(world: World, neighbour: int) -> list[Ref]:
    """One attendance waits for somebody's decision, one was approved, one rejected; their activities."""
    activity, other = await an_activity_of_the_host(world), await an_activity_of_the_host(world)
    former, organiser = world.caller(Who.FORMER_ORGANISER), world.caller(Who.ORGANISER)
    await entered_afterwards(activity, world.people[Who.OWNER], former)
    approved = await entered_afterwards(activity, neighbour, former)
    await approve_attendance(organiser, an_approval(approved), NOW)
    rejected = await entered_afterwards(other, world.people[Who.OWNER], former)
    await reject_attendance(organiser, a_rejection(rejected), NOW)
    await settle_first_alarm(world)
    return [ref("Activity", activity.id), ref("Activity", other.id)]


async def settle_first_alarm(world: World) -> None:
    """The owner was in two places; somebody looked into it."""
    alarms = await fetch("SELECT id FROM alarms WHERE kind = 'TWO_PLACES' ORDER BY id")
    wish = SettleAlarmWish(alarm_id=alarms[0][0], note="已电话核实", idempotency_key=a_key())
    await settle_alarm(world.caller(Who.AUDITOR), wish, NOW)


async def offers(world: World, happened: Happened) -> None:
    """On sale, draft, closed; redeemed, refunded, admitted, taken back, redeemed at the gate, and reserved."""
    offer, draft = await an_offer_of_the_host(world), await an_offer_of_the_host(world, publish=False)
    never = await an_offer_of_the_host(world, publish=False)
    await close_ticket_offer(world.caller(Who.ORGANISER), never.id)
    owner, gate = world.caller(Who.OWNER), world.caller(Who.GATE)
    order, refunded = await an_order(offer, owner, 2), await an_order(offer, owner)
    await refund_order(owner, RefundOrderWish(order_id=refunded, idempotency_key=a_key()), NOW)
    ticket = (await tickets_of(order))[0]
    await admit_ticket(gate, a_scan(ticket), NOW)
    by_mistake = await admit_ticket(
        world.caller(Who.AREA_GATE), a_scan(ticket, attraction_id=offer.attraction_ids[0]), NOW
    )
    await undo_admission(gate, UndoAdmissionWish(admission_id=by_mistake.admission_id, reason="扫错了"), NOW)
    code = make_member_code(world.people[Who.OWNER], NOW).token
    at_gate = RedeemAtGateWish(
        member_code=code, session_id=offer.session_id, quantity=1, gate="东门", idempotency_key=a_key()
    )
    third = await redeem_at_gate(gate, at_gate, NOW)
    neighbour = Caller(happened.neighbour)
    reserved = await a_reservation(offer, neighbour)
    await paid(neighbour, reserved)
    happened.reserved = ref("Reservation", await a_reservation(offer, owner))
    happened.rows += [happened.reserved, ref("Reservation", reserved)]
    happened.rows += [ref("TicketOffer", offer.id), *(ref("TicketOrder", id_) for id_ in (order, refunded, third))]
    happened.never_published += [ref("TicketOffer", draft.id), ref("TicketOffer", never.id)]


async def claims(world: World, happened: Happened) -> None:
    """Paid at once, a neighbour's that was approved and voided, rejected, and one that waits."""
    paid = await attested(world, 100)
    voided = await attested(world, 5000, resident_id=happened.neighbour, photo=a_photo())
    await approve_claim(world.caller(Who.GATE), ApproveClaimWish(claim_id=voided, idempotency_key=a_key()), NOW)
    voiding = VoidClaimWish(claim_id=voided, reason="看错了", idempotency_key=a_key())
    await void_claim(world.caller(Who.ADMIN_BELOW), voiding, NOW)
    rejected = await attested(world, 6000, Who.AREA_GATE)
    rejecting = RejectClaimWish(claim_id=rejected, reason="看不清", idempotency_key=a_key())
    await reject_claim(world.caller(Who.AREA_ORGANISER), rejecting, NOW)
    waiting = await attested(world, 7000, Who.AREA_ORGANISER)
    happened.rows += [ref("Claim", id_) for id_ in (paid, voided, rejected, waiting)]


async def corrections(world: World, happened: Happened) -> None:
    """By one administrator; by two; rejected; one that waits. And a wallet that was frozen for a while."""
    await corrected(world, 10)
    second = world.caller(Who.ZONE_ADMIN)
    approved, rejected, waiting = [await corrected(world, 2000, happened.neighbour) for _ in range(3)]
    approval = ApproveAdjustmentWish(adjustment_id=approved, idempotency_key=a_key())
    await approve_adjustment(second, approval, NOW)
    rejection = RejectAdjustmentWish(adjustment_id=rejected, reason="重复", idempotency_key=a_key())
    await reject_adjustment(second, rejection, NOW)
    (transfer_id,) = (await fetch("SELECT transfer_id FROM adjustments WHERE id = ?", approved))[0]
    taking_back = ReverseTransferWish(transfer_id=transfer_id, reason="记错了", idempotency_key=a_key())
    reversal = (await reverse_transfer(second, taking_back, NOW)).adjustment_id or 0
    wallet_id = (await fetch(SELECT_WALLETS, world.people[Who.OWNER]))[0][0]
    for act, reason in ((freeze_wallet, "账户异常"), (unfreeze_wallet, "已核实")):
        wish = WalletStatusWish(wallet_id=wallet_id, reason=reason, idempotency_key=a_key())
        await act(second, wish, NOW)
    happened.rows += [ref("Adjustment", id_) for id_ in (approved, rejected, waiting, reversal)]

"""A small world in which every role has a holder and every type a row."""

from __future__ import annotations

from dataclasses import dataclass

from domain.people.caller import ANONYMOUS, Caller
from domain.people.rights import Role
from domain.places.create_area import NewArea, create_area
from domain.places.kinds import AreaLevel
from domain.points.adjust_points import AdjustPointsWish, adjust_points
from domain.points.wallet_status import WalletStatusWish, freeze_wallet, unfreeze_wallet
from domain.redemption.admit_ticket import admit_ticket
from schema.ids import encode_id
from storage import fetch
from tests.builders.claims import Station, a_claim
from tests.builders.earning import a_rule, a_rule_wish
from tests.builders.people import a_caller, an_administrator, an_auditor, gate_staff_of, organiser_of, role_over
from tests.builders.places import an_area, an_organisation
from tests.builders.redemption import a_reservation, a_scan, a_ticket, an_offer
from tests.builders.volunteering import (
    a_key,
    a_pending_attendance,
    a_sign_up,
    an_activity,
    an_attendance,
    an_hourly_rule,
)
from tests.clock import NOW

ROLES = (
    "nobody",
    "stranger",
    "owner",
    "organiser",
    "organiser of the district",
    "organiser elsewhere",
    "gate staff",
    "gate staff elsewhere",
    "auditor",
    "auditor of the community",
    "administrator",
    "administrator of the community",
    "administrator elsewhere",
)


@dataclass(frozen=True)
class World:
    """Who there is, and the global ids of what there is. What has an owner is the owner's; `draft` things are drafts."""

    people: dict[str, Caller]
    ids: dict[str, str]
    token: str


async def a_world() -> World:
    """The world on a new database."""
    district, elsewhere = await an_area(code="370811"), await an_organisation()
    community = await create_area(
        NewArea(code="RC-JPJ", name="津浦街社区", level=AreaLevel.COMMUNITY, parent_id=district)
    )
    host = await an_organisation(community)
    people = {
        "nobody": ANONYMOUS,
        "stranger": await a_caller(),
        "owner": await a_caller(points=100),
        "organiser": await organiser_of(host),
        "organiser of the district": await holder_of(Role.ORGANISER, district),
        "organiser elsewhere": await organiser_of(elsewhere),
        "gate staff": await gate_staff_of(host),
        "gate staff elsewhere": await gate_staff_of(elsewhere),
        "auditor": await an_auditor(district),
        "auditor of the community": await an_auditor(community),
        "administrator": await an_administrator(district),
        "administrator of the community": await an_administrator(community),
        "administrator elsewhere": await holder_of(Role.ADMIN, organisation_id=elsewhere),
    }
    ids = await places(district, host) | await volunteering(host, people) | await people_and_points(people)
    ids |= {"Claim": await a_claim_that_waits(host, people["owner"])}
    ids |= await corrections(people)
    redemption, token = await tickets(host, people)
    return World(people, ids | redemption, token)


async def holder_of(role: Role, area_id: int | None = None, *, organisation_id: int | None = None) -> Caller:
    caller = await a_caller()
    assert caller.resident_id
    await role_over(caller.resident_id, role, area_id=area_id, organisation_id=organisation_id)
    return caller


async def places(district: int, host: int) -> dict[str, str]:
    return {"Area": encode_id("Area", district), "Organisation": encode_id("Organisation", host)}


async def volunteering(host: int, people: dict[str, Caller]) -> dict[str, str]:
    owner = people["owner"]
    assert owner.resident_id
    activity = await an_activity(host_id=host, points_rule=an_hourly_rule())
    draft = await an_activity(host_id=host, publish=False)
    sign_up_id = await a_sign_up(activity, owner)
    attendance_id = await an_attendance(activity, owner.resident_id)
    # at the same time somewhere else, somebody remembers: that is an alarm
    entered_id = await a_pending_attendance(await an_activity(host_id=host), owner.resident_id)
    ((alarm_id,),) = await fetch("SELECT id FROM alarms")
    return {
        "Activity": encode_id("Activity", activity.id),
        "draft Activity": encode_id("Activity", draft.id),
        "Shift": encode_id("Shift", activity.shift_id),
        "draft Shift": encode_id("Shift", draft.shift_id),
        "SignUp": encode_id("SignUp", sign_up_id),
        "Attendance": encode_id("Attendance", attendance_id),
        "Attendance entered afterwards": encode_id("Attendance", entered_id),
        "Alarm": encode_id("Alarm", alarm_id),
    }


async def people_and_points(people: dict[str, Caller]) -> dict[str, str]:
    owner = people["owner"].resident_id
    ((wallet,),) = await fetch("SELECT id FROM accounts WHERE holder_id = ?", owner)
    ((system,),) = await fetch("SELECT id FROM accounts WHERE kind = 'ISSUANCE'")
    ((programme,),) = await fetch("SELECT id FROM programmes")
    ((entry, transfer), *_) = await fetch(
        "SELECT id, transfer_id FROM entries WHERE account_id = ? ORDER BY id", wallet
    )
    return {
        "Resident": encode_id("Resident", owner or 0),
        "Resident who took no part": encode_id("Resident", people["stranger"].resident_id or 0),
        "Wallet": encode_id("Wallet", wallet),
        "Account": encode_id("Account", wallet),
        "system Account": encode_id("Account", system),
        "Entry": encode_id("Entry", entry),
        "Transfer": encode_id("Transfer", transfer),
        "Programme": encode_id("Programme", programme),
        "EarningRule": encode_id("EarningRule", await a_rule(a_rule_wish())),
    }


async def a_claim_that_waits(host: int, owner: Caller) -> str:
    """Attested by somebody who has no other part in the world."""
    staff = await organiser_of(host)
    return encode_id("Claim", await a_claim(Station(host, staff, staff, staff), owner.resident_id or 0, 5000))


async def corrections(people: dict[str, Caller]) -> dict[str, str]:
    """Proposed by an administrator who has no other part in the world."""
    wish = AdjustPointsWish(
        resident_id=people["owner"].resident_id or 0, amount=2000, reason="补记", idempotency_key=a_key()
    )
    adjusted = await adjust_points(await an_administrator(), wish, NOW)
    ((wallet_id,),) = await fetch("SELECT id FROM accounts WHERE holder_id = ?", people["owner"].resident_id)
    changes = []
    for act in (freeze_wallet, unfreeze_wallet):
        status = WalletStatusWish(wallet_id=wallet_id, reason="核实", idempotency_key=a_key())
        changes.append(await act(await an_administrator(), status, NOW))
    return {
        "Adjustment": encode_id("Adjustment", adjusted.adjustment_id or 0),
        "AccountChange": encode_id("AccountChange", changes[0]),
    }


async def tickets(host: int, people: dict[str, Caller]) -> tuple[dict[str, str], str]:
    offer = await an_offer(host_id=host, cost=10, entries=[1])
    draft = await an_offer(host_id=host, entries=[1], publish=False)
    ticket = await a_ticket(offer, people["owner"])
    admitted = await admit_ticket(people["gate staff"], a_scan(ticket), NOW)
    reservation = await a_reservation(offer, people["owner"])
    return {
        "TicketOffer": encode_id("TicketOffer", offer.id),
        "draft TicketOffer": encode_id("TicketOffer", draft.id),
        "OfferSession": encode_id("OfferSession", offer.session_id),
        "draft OfferSession": encode_id("OfferSession", draft.session_id),
        "Attraction": encode_id("Attraction", offer.attraction_ids[0]),
        "draft Attraction": encode_id("Attraction", draft.attraction_ids[0]),
        "Reservation": encode_id("Reservation", reservation),
        "TicketOrder": encode_id("TicketOrder", ticket.order_id),
        "Ticket": encode_id("Ticket", ticket.id),
        "Admission": encode_id("Admission", admitted.admission_id),
    }, ticket.token

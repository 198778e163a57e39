"""A town in which everything comes so many at a time: one of each, or fifty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.people.caller import Caller
from domain.people.grant_role import RoleWish, add_grant
from domain.people.rights import Role
from domain.places.create_area import NewArea, add_area
from domain.places.create_organisation import NewOrganisation, add_organisation
from domain.places.kinds import AreaLevel, OrganisationKind
from domain.redemption.create_ticket_offer import (
    AttractionWish,
    CreateTicketOfferWish,
    SessionWish,
    create_ticket_offer,
)
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.redemption.sync_admissions import sync_admissions
from domain.volunteering.create_activity import create_activity
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.sign_up import sign_up
from storage import Transaction, fetch, write
from tests.builders.places import an_area
from tests.builders.redemption import a_scan, tickets_of
from tests.builders.volunteering import (
    AFTERWARDS,
    Activity,
    a_list,
    a_shift,
    a_sign_up,
    an_activity_wish,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW, later
from tests.story.crowd import Person, a_crowd, a_person

DISTRICT = "RC-TOWN"


@dataclass(frozen=True, slots=True)
class Town:
    """Somebody who may see all of it, and the things where everything hangs together."""

    viewer: Person
    activity_ids: tuple[int, ...]
    offer_ids: tuple[int, ...]


async def a_town(size: int) -> Town:
    """Every list that a query can reach has so many rows, or more, somewhere in it."""
    viewer = await a_person(points=1000)
    area_id = await an_area(code=DISTRICT)
    host_id, partner_ids = await some_organisations(size, area_id, viewer)
    crowd = await a_crowd(size)
    activity_ids = await some_activities(size, host_id, partner_ids, [viewer, *crowd])
    offer_ids = await some_offers(size, host_id, viewer)
    return Town(viewer, activity_ids, offer_ids)


async def some_organisations(size: int, area_id: int, viewer: Person) -> tuple[int, tuple[int, ...]]:
    """A host and its partners, a community for each; the viewer works for all of them, and audits the district."""

    async def body(tx: Transaction) -> tuple[int, tuple[int, ...]]:
        host_id = await add_organisation(tx, body_of("示例主办单位", area_id))
        partner_ids = []
        for number in range(size):
            new = NewArea(code=f"{DISTRICT}-{number}", name="示例社区", level=AreaLevel.COMMUNITY, parent_id=area_id)
            partner_ids.append(await add_organisation(tx, body_of(f"示例协办单位{number}", await add_area(tx, new))))
        over: list[tuple[Role, dict[str, int]]] = [(Role.GATE_STAFF, {"organisation_id": host_id})]
        over += [(Role.ORGANISER, {"organisation_id": id_}) for id_ in (host_id, *partner_ids)]
        for role, where in [*over, (Role.AUDITOR, {"area_id": area_id})]:
            await add_grant(tx, RoleWish(resident_id=viewer.resident_id, role=role, **where), NOW)
        return host_id, tuple(partner_ids)

    return await write(body)


def body_of(name: str, area_id: int) -> NewOrganisation:
    return NewOrganisation(name=name, kind=OrganisationKind.ASSOCIATION, area_id=area_id)


async def some_activities(
    size: int, host_id: int, partner_ids: tuple[int, ...], people: list[Person]
) -> tuple[int, ...]:
    """The first has all partners, as many shifts, sign-ups and attendances; the viewer signed up for each activity."""
    viewer = Caller(people[0].resident_id)
    wish = await an_activity_wish(host_id=host_id, area_code=DISTRICT, points_rule=an_hourly_rule())
    first = replace(wish, partner_ids=partner_ids, shifts=tuple(a_shift() for _ in range(size)))
    wishes = [first, *(replace(wish, starts_at=on(day), ends_at=on(day, hours=1)) for day in range(1, size))]
    ids = [await create_activity(viewer, each, NOW) for each in wishes]
    shifts = [await fetch("SELECT id FROM shifts WHERE activity_id = ? ORDER BY position", id_) for id_ in ids]
    for rows in shifts:
        await sign_up(viewer, rows[0][0], NOW)
    main = Activity(ids[0], host_id, tuple(row[0] for row in shifts[0]), viewer)
    for person in people[1:]:
        await a_sign_up(main, Caller(person.resident_id))
    came = a_list(main, *(was_there(person.resident_id) for person in people[:size]))
    await log_attendance(viewer, came, AFTERWARDS)
    return tuple(ids)


def on(day: int, hours: int = 0) -> datetime:
    return later(days=day, hours=hours)


async def some_offers(size: int, host_id: int, viewer: Person) -> tuple[int, ...]:
    """The first has as many sessions and attractions; the viewer has as many orders of it, and as many tickets in one."""
    caller = Caller(viewer.resident_id)
    wish = CreateTicketOfferWish(
        title="示例新年游乐汇",
        summary="出示积分兑换门票",
        host_id=host_id,
        venue="少康湖",
        cost=1,
        limit_per_resident=100,
        sales_open_at=NOW,
        sales_close_at=later(hours=6),
        sessions=tuple(SessionWish(starts_at=later(hours=1), ends_at=later(hours=6), stock=100) for _ in range(size)),
        attractions=tuple(AttractionWish(name=f"示例项目{number}", entries=1) for number in range(size)),
        publish=True,
    )
    ids = [await create_ticket_offer(caller, each, NOW) for each in [wish] * size]
    session_id = (await fetch("SELECT id FROM offer_sessions WHERE offer_id = ? ORDER BY position", ids[0]))[0][0]
    orders = []
    for number, quantity in enumerate([size] + [1] * (size - 1)):
        asked = RedeemTicketsWish(session_id=session_id, quantity=quantity, idempotency_key=f"order {number}")
        orders.append(await redeem_tickets(caller, asked, NOW))
    ticket = (await tickets_of(orders[0]))[0]
    minutes = range(1, size + 1)
    await sync_admissions(caller, [a_scan(ticket, scanned_at=NOW - timedelta(minutes=ago)) for ago in minutes], NOW)
    return tuple(ids)

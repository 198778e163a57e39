"""Filling an empty database with the demo: places, people, and some weeks of life around the day of filling.

Places and people are written as they are; everything that happens goes through the acts, at the time it happens. The same
day gives the same demo, but for keys and secrets.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.demo.activities import DEMO_ACTIVITIES, EXAMPLE, VOLUNTEER_RULE, DemoActivity
from api.demo.claims import show_pages
from api.demo.coming import Naming, picked, scanned_mostly
from api.demo.offers import DEMO_OFFERS, FAIR, STRAWBERRIES, DemoOffer
from api.demo.people import (
    ADMINISTRATORS,
    GATE_STAFF,
    HIGH_TECH_ORGANISERS,
    ORGANISERS,
    demo_residents,
    demo_staff,
    phone_of,
)
from api.demo.places import CENTRE, demo_areas, demo_organisations
from api.demo.rules import publish_rules
from domain.people.caller import Caller
from domain.people.grant_role import RoleWish, add_grant
from domain.people.register_resident import NewResident, add_resident
from domain.places.create_area import NewArea, add_area
from domain.places.create_organisation import NewOrganisation, add_organisation
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.create_ticket_offer import (
    AttractionWish,
    CreateTicketOfferWish,
    SessionWish,
    create_ticket_offer,
)
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.redemption.scan import Scan
from domain.redemption.ticket_token import ticket_token
from domain.refusals import Conflict
from domain.volunteering.activity_wish import CreateActivityWish, ShiftWish
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.attendee import ById
from domain.volunteering.create_activity import create_activity
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.points_rule import PointsRule
from domain.volunteering.sign_up import sign_up
from storage import Row, Transaction, fetch, write
from storage.instants import from_micros

SHANGHAI = ZoneInfo("Asia/Shanghai")
HISTORY = timedelta(days=15)  # how long before the day of filling all of it was announced
LONG_AGO = -4  # days: what was forgotten there is entered afterwards
LATECOMERS_STAY_AWAY = 8  # of those who signed up, each eighth does not come
VISITORS_OF_YESTERDAY, VISITORS_TO_COME, STRAWBERRY_FRIENDS = 8, 20, 5


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made first, by the names and codes that the rest refers to."""

    now: datetime
    areas: dict[str, int]
    organisations: dict[str, int]
    people: dict[str, int]

    @property
    def announced_at(self) -> datetime:
        return self.now - HISTORY

    def at(self, day: int, clock: time) -> datetime:
        """A time of day in Shanghai, so many days after the day of filling."""
        today: date = self.now.astimezone(SHANGHAI).date()
        return datetime.combine(today + timedelta(days=day), clock, SHANGHAI)

    def caller(self, phone: str) -> Caller:
        return Caller(self.people[phone])

    def resident(self, number: int) -> Caller:
        """One of the residents; numbers beyond the last begin anew."""
        return self.caller(phone_of(1 + number % len(demo_residents())))


async def fill_if_empty(now: datetime) -> bool:
    """The demo is in the database if that was empty; whether it was."""
    if await fetch("SELECT 1 FROM areas LIMIT 1") or await fetch("SELECT 1 FROM residents LIMIT 1"):
        return False
    try:
        demo = await write(lambda tx: lay_ground(tx, now))
    except Conflict:  # another process that started at the same moment was first
        return False
    await publish_rules(demo.caller(ADMINISTRATORS.phones[0]), demo.announced_at, now)
    for number, activity in enumerate(DEMO_ACTIVITIES):
        await play_activity(demo, activity, first_resident=number * 17)
    for offer in DEMO_OFFERS:
        await open_offer(demo, offer)
    await study(demo)
    await visit_fair(demo)
    await pick_strawberries(demo)
    return True


async def is_half_filled() -> bool:
    """Whether an earlier filling was interrupted: the people of the demo are there, its last orders are not."""
    people = await fetch("SELECT 1 FROM residents WHERE display_name LIKE '示例居民%' LIMIT 1")
    sql = "SELECT 1 FROM ticket_orders o JOIN ticket_offers f ON f.id = o.offer_id WHERE f.cost > 0 LIMIT 1"
    return bool(people) and not await fetch(sql)


async def lay_ground(tx: Transaction, now: datetime) -> Demo:
    """Places, bodies and people, all in one transaction."""
    demo = Demo(now, {}, {}, {})
    for area in demo_areas():
        demo.areas[area.code] = await add_area(
            tx,
            NewArea(
                code=area.code,
                name=area.name,
                level=area.level,
                parent_id=demo.areas[area.parent] if area.parent else None,
                managed_by_id=demo.areas[area.managed_by] if area.managed_by else None,
            ),
        )
    for body in demo_organisations():
        new = NewOrganisation(name=body.name, kind=body.kind, area_id=demo.areas[body.area])
        demo.organisations[body.name] = await add_organisation(tx, new)
    for person in [*demo_residents(), *demo_staff()]:
        someone = NewResident(display_name=person.name, phone=person.phone, area_id=demo.areas[person.area])
        resident_id = await add_resident(tx, someone, demo.announced_at, secrets.token_bytes)
        demo.people[person.phone] = resident_id
        if person.role:
            role = RoleWish(resident_id=resident_id, role=person.role, area_id=demo.areas[person.area])
            await add_grant(tx, role, demo.announced_at)
    return demo


async def play_activity(demo: Demo, activity: DemoActivity, first_resident: int) -> None:
    """The activity is published, people signed up, and if it lies behind they have been there."""
    organiser = organiser_of(demo, activity)
    activity_id = await create_activity(organiser, activity_wish(demo, activity), demo.announced_at)
    shifts = await fetch(
        "SELECT id, starts_at, ends_at FROM shifts WHERE activity_id = ? ORDER BY position", activity_id
    )
    shift = shifts[-1] if activity.shifts else shifts[0]
    attendees, absent = [], []
    for number in range(activity.sign_ups):
        resident = demo.resident(first_resident + number)
        await sign_up(resident, shift[0], demo.announced_at + timedelta(hours=number))
        if number % LATECOMERS_STAY_AWAY != LATECOMERS_STAY_AWAY - 1:
            attendees.append(resident)
        else:
            absent.append(resident)
    if activity.over:
        named = scanned_mostly if activity.rule is VOLUNTEER_RULE else picked
        await log_attendees(organiser, shift, [named(number, each) for number, each in enumerate(attendees)])
    if activity.day <= LONG_AGO and absent:
        await enter_afterwards(organiser, shift, absent[0])


def organiser_of(demo: Demo, activity: DemoActivity) -> Caller:
    """Who may organise there: what the High-tech Zone manages is not Rencheng's."""
    managed = {area.code for area in demo_areas() if area.managed_by}
    return demo.caller((HIGH_TECH_ORGANISERS if activity.area in managed else ORGANISERS).phones[0])


def activity_wish(demo: Demo, activity: DemoActivity) -> CreateActivityWish:
    rule = activity.rule
    return CreateActivityWish(
        kind=activity.kind,
        title=activity.title,
        summary=activity.summary + EXAMPLE,
        host_id=demo.organisations[activity.host],
        partner_ids=tuple(demo.organisations[name] for name in activity.partners),
        area_code=activity.area,
        venue=activity.venue,
        starts_at=demo.at(activity.day, activity.starts),
        ends_at=demo.at(activity.day + activity.days - 1, activity.ends),
        sign_up_closes_at=demo.at(activity.day + activity.days - 1, activity.starts) if activity.days > 1 else None,
        capacity=activity.capacity,
        points_rule=PointsRule(
            programme=rule.programme, per_attendance=rule.per_attendance, per_hour=rule.per_hour, cap=rule.cap
        ),
        shifts=shift_wishes(demo, activity),
        publish=True,
    )


def shift_wishes(demo: Demo, activity: DemoActivity) -> tuple[ShiftWish, ...]:
    """The tasks of a day, or a shift for each of several days; none where one shift spans the activity."""
    tasks = activity.shifts
    if activity.days > 1:
        return tuple(
            ShiftWish(
                name=f"{demo.at(day, activity.starts):%m月%d日}",
                starts_at=demo.at(day, activity.starts),
                ends_at=demo.at(day, activity.ends),
            )
            for day in range(activity.day, activity.day + activity.days)
        )
    return tuple(
        ShiftWish(
            name=name,
            starts_at=demo.at(activity.day, starts),
            ends_at=demo.at(activity.day, ends),
            capacity=capacity,
        )
        for name, starts, ends, capacity in tasks
    )


async def log_attendees(organiser: Caller, shift: Row, attendees: list[Naming]) -> None:
    """The organiser logs everybody who came, an hour after the end; some forgot to check out."""
    shift_id, starts_at, ends_at = shift[0], from_micros(shift[1]), from_micros(shift[2])
    records = tuple(
        AttendanceRecord(
            attendee=each(starts_at - timedelta(minutes=number % 10)),
            checked_in_at=starts_at - timedelta(minutes=number % 10),
            checked_out_at=None if number % 5 == 4 else ends_at,
        )
        for number, each in enumerate(attendees)
    )
    wish = LogAttendanceWish(shift_id=shift_id, records=records, idempotency_key=f"demo-attendance-{shift_id}")
    rows = await log_attendance(organiser, wish, ends_at + timedelta(hours=1))
    assert all(row.refusal is None for row in rows), rows


async def enter_afterwards(organiser: Caller, shift: Row, forgotten: Caller) -> None:
    """Two days later the organiser remembers somebody: that waits for a second person."""
    shift_id, starts_at, ends_at = shift[0], from_micros(shift[1]), from_micros(shift[2])
    record = AttendanceRecord(ById(forgotten.signed_in()), starts_at, ends_at, reason="当天手机没电，事后补录（示例）")
    wish = LogAttendanceWish(shift_id=shift_id, records=(record,), idempotency_key=f"demo-afterwards-{shift_id}")
    (row,) = await log_attendance(organiser, wish, ends_at + timedelta(days=2))
    assert row.refusal is None, row


async def open_offer(demo: Demo, offer: DemoOffer) -> None:
    """The offer is on sale."""
    last_day = max(offer.days)
    wish = CreateTicketOfferWish(
        title=offer.title,
        summary=offer.summary,
        host_id=demo.organisations[offer.host],
        venue=offer.venue,
        cost=offer.cost,
        minimum_balance=offer.minimum_balance,
        limit_per_resident=offer.limit,
        sales_open_at=demo.announced_at,
        sales_close_at=demo.at(last_day, offer.ends),
        refundable_until=demo.at(last_day, offer.starts),
        sessions=tuple(
            SessionWish(starts_at=demo.at(day, offer.starts), ends_at=demo.at(day, offer.ends), stock=offer.stock)
            for day in offer.days
        ),
        attractions=tuple(AttractionWish(name=name) for name in offer.attractions),
        publish=True,
    )
    await create_ticket_offer(demo.caller(ORGANISERS.phones[0]), wish, demo.announced_at)


async def study(demo: Demo) -> None:
    """Some showed what they studied on Xuexi Qiangguo."""
    host_id, today = demo.organisations[CENTRE], demo.at(0, time()).date()
    staff, second = demo.caller(ORGANISERS.phones[0]), demo.caller(GATE_STAFF.phones[0])
    await show_pages(host_id, staff, second, lambda number: demo.caller(phone_of(number)), today, demo.now)


async def visit_fair(demo: Demo) -> None:
    """Some were at the fair yesterday, others have tickets for the days to come."""
    yesterday, *later = await sessions_of(FAIR)
    # In the evening the day's own session is over.
    to_come = [session for session in later if from_micros(session[2]) > demo.now]
    opening = from_micros(yesterday[1])
    for number in range(VISITORS_OF_YESTERDAY):
        order_id = await redeem(demo, number, yesterday[0], FAIR.limit, opening - timedelta(days=1))
        await enter(demo, order_id, yesterday, opening + timedelta(minutes=number))
    for number in range(VISITORS_OF_YESTERDAY, VISITORS_OF_YESTERDAY + VISITORS_TO_COME):
        await redeem(demo, number, to_come[number % len(to_come)][0], 1 + number % FAIR.limit, demo.now)


async def pick_strawberries(demo: Demo) -> None:
    """Some of those with points spend them."""
    sessions = await sessions_of(STRAWBERRIES)
    sql = """SELECT holder_id FROM accounts WHERE kind = 'WALLET' AND programme = 'xuexi' AND credits - debits >= ?
        ORDER BY holder_id"""
    holders = await fetch(sql, STRAWBERRIES.cost)
    for number, (holder_id,) in enumerate(holders[:STRAWBERRY_FRIENDS]):
        wish = RedeemTicketsWish(
            session_id=sessions[-1 - number % 3][0], quantity=1, idempotency_key=f"demo-strawberries-{number}"
        )
        await redeem_tickets(Caller(holder_id), wish, demo.now)


async def sessions_of(offer: DemoOffer) -> list[Row]:
    """The sessions of an offer in order: id, start, end."""
    sql = """SELECT s.id, s.starts_at, s.ends_at FROM offer_sessions s JOIN ticket_offers o ON o.id = s.offer_id
        WHERE o.title = ? ORDER BY s.position"""
    return list(await fetch(sql, offer.title))


async def redeem(demo: Demo, number: int, session_id: int, quantity: int, at: datetime) -> int:
    wish = RedeemTicketsWish(session_id=session_id, quantity=quantity, idempotency_key=f"demo-fair-{number}")
    return await redeem_tickets(demo.resident(number), wish, at)


async def enter(demo: Demo, order_id: int, session: Row, at: datetime) -> None:
    """Every ticket of an order is let in at the gate."""
    gate = demo.caller(GATE_STAFF.phones[0])
    for (serial,) in await fetch("SELECT serial FROM tickets WHERE order_id = ? ORDER BY id", order_id):
        token = ticket_token(serial, session[0], from_micros(session[1]), from_micros(session[2]))
        await admit_ticket(gate, Scan(token=token, gate="示例正门", scan_id=f"demo-{serial}"), at)

"""Announcing the demo's activities and offers."""

from __future__ import annotations

from api.demo.activities import DEMO_ACTIVITIES, EXAMPLE, DemoActivity
from api.demo.offers import DEMO_OFFERS, DemoOffer
from api.demo.people import HIGH_TECH_ORGANISERS, ORGANISERS
from api.demo.places import demo_areas
from api.demo.town import Demo
from domain.people.caller import Caller
from domain.redemption.create_ticket_offer import AttractionWish, CreateTicketOfferWish, SessionWish, add_ticket_offer
from domain.redemption.create_ticket_offer import checked as checked_offer
from domain.volunteering.activity_wish import CreateActivityWish, ShiftWish, checked
from domain.volunteering.create_activity import add_activity
from domain.volunteering.points_rule import PointsRule
from storage import Transaction


async def announce(tx: Transaction, demo: Demo) -> None:
    """The activities are published, and the offers on sale."""
    for activity in DEMO_ACTIVITIES:
        wish = checked(activity_wish(demo, activity), demo.announced_at)
        activity_id = await add_activity(tx, organiser_of(demo, activity), wish, demo.announced_at)
        demo.activities[activity.title] = activity_id
    seller = demo.caller(ORGANISERS.phones[0])
    for offer in DEMO_OFFERS:
        await add_ticket_offer(tx, seller, checked_offer(offer_wish(demo, offer)), demo.announced_at)


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


def offer_wish(demo: Demo, offer: DemoOffer) -> CreateTicketOfferWish:
    last_day = max(offer.days)
    return CreateTicketOfferWish(
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

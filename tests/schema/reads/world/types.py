"""The world, declared: every kind of source, with and without arguments."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from enum import Enum
from typing import Annotated, cast

import strawberry

from schema.reads.arguments import Text, argument
from schema.reads.asking import Asking
from schema.reads.declare import (
    Node,
    by_id,
    by_ids,
    column,
    computed,
    connection,
    row_type,
    sql,
    to_many,
    to_one,
    to_one_of,
)
from schema.reads.paging import Connection
from schema.reads.references import Finished, reference
from schema.reads.sources import Condition, Link, condition
from tests.schema.reads.world import models

ORGANISES = (
    "EXISTS (SELECT 1 FROM grants g WHERE g.body_id = {body} AND g.person_id = :viewer AND g.role = 'ORGANISER')"
)
ORGANISES_HOST = ORGANISES.replace("{body}", "{t}.host_id")
BOOKED = "{other}.person_id = :viewer AND {other}.status <> 'CANCELLED'"


@strawberry.enum(description="What an event is.")
class Kind(Enum):
    CLINIC = "CLINIC"
    READING = "READING"


@strawberry.enum(description="Where an event stands.")
class EventStatus(Enum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"


@strawberry.enum(description="Where a booking stands.")
class BookingStatus(Enum):
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    CANCELLED = "CANCELLED"


@strawberry.enum(description="The order of events.")
class EventOrder(Enum):
    STARTS_AT_ASC = "asc"
    STARTS_AT_DESC = "desc"


@strawberry.interface(description="What stands in the way.")
class Reason:
    code: str = strawberry.field(description="A code.")


@strawberry.type(description="There is no place left.")
class Full(Reason):
    capacity: int = strawberry.field(description="How many places there are.")


@strawberry.type(description="Something else.")
class Other(Reason):
    at: datetime | None = strawberry.field(description="Since when.")
    where: list[str] | None = strawberry.field(description="Where.")


@strawberry.type(description="May the viewer?")
class Eligibility:
    eligible: bool = strawberry.field(description="Yes or no.")
    reasons: list[Reason] = strawberry.field(description="Why not.")


@strawberry.type(description="Points for coming.")
class Rule:
    each: int = strawberry.field(description="For each.")
    cap: int = strawberry.field(description="At most.")
    kind: Kind = strawberry.field(description="For what.")


def rule(each: int, cap: int, kind: str) -> Rule:
    return Rule(each=each, cap=cap, kind=Kind[kind])


def masked(phone: str | None, id: int, asking: Asking) -> str | None:  # noqa: A002 - the column's name
    return phone if phone is None or asking.viewer == id else f"{phone[:3]}****{phone[-4:]}"


def eligibility(capacity: int | None, taken: int, status: str, asking: Asking, quantity: int) -> Eligibility:
    reasons: list[Reason] = []
    if asking.viewer is None:
        reasons.append(Other(code="ANONYMOUS", at=asking.now, where=["viewer", asking.language]))
    if status != "PUBLISHED":
        reasons.append(Other(code=status, at=None, where=None))
    if capacity is not None and taken + quantity > capacity:
        reasons.append(Full(code="FULL", capacity=capacity))
    return Eligibility(eligible=not reasons, reasons=reasons)


def positive(quantity: int) -> Text | None:
    return None if 1 <= quantity <= 9 else Text("数量须在 1 到 9 之间。", "A quantity is 1 to 9.")


@row_type(models.Area)
class Area(Node):
    """A place."""

    code: str = column("A code.")
    name: str = column("A name.")
    parent: Area | None = to_one("Where it lies.")
    children: list[Area] = to_many("What lies in it.", "parent_id", order="-code")
    path: list[Area] = to_many(
        "From the top down.", via=Link(models.AreaWithin, "area_id", "ancestor_id"), order="{link}.distance DESC"
    )


@row_type(models.Body)
class Body(Node):
    """An organisation."""

    name: str = column("A name.")
    area: Area = to_one("Where it is.")
    events: Connection[Event] = connection("What it hosts.", "host_id", order="-starts_at")


@row_type(
    models.Person,
    visible="({t}.id = :viewer OR EXISTS (SELECT 1 FROM grants g WHERE g.person_id = :viewer AND g.role = 'ORGANISER'))",
)
class Person(Node):
    """Somebody."""

    name: str = column("A name.")
    phone: str | None = computed("Masked for others.", needs=("phone", "id"), by=masked)
    area: Area | None = to_one("Where they live.")
    movements: Connection[Movement] = connection("Their points.", "person_id", order="posted_at")


@row_type(models.Grant)
class Grant:
    """A role."""

    role: str = column("Which.")
    body: Body = to_one("Over what.")


@row_type(models.Person, visible="{t}.id = :viewer")
class Viewer:
    """Who asks."""

    person: Person = to_one("Themselves.", "id")
    roles: list[Grant] = to_many("What they may.", "person_id")
    bookings: Connection[Booking] = connection(
        "Where they go.",
        "person_id",
        order=("created_at",),
        args={"status": argument(BookingStatus | None, "Only these.")},
        where="(:status IS NULL OR {other}.status = :status)",
    )
    balance_at: int = sql(
        "What they had.",
        "SELECT COALESCE(SUM(m.amount), 0) FROM movements m WHERE m.person_id = {t}.id AND m.posted_at <= :at",
        args={"at": argument(datetime, "When.")},
    )


@row_type(models.Slot)
class Slot(Node):
    """A time within an event."""

    event: Event = to_one("Of what.")
    visible_event: Event | None = to_one("Of what, where it may be seen.", "event_id", checked=True)
    name: str = column("A name.")
    starts_at: datetime = column("When.")
    booking_count: int = sql(
        "How many come.", "SELECT COUNT(*) FROM bookings b WHERE b.slot_id = {t}.id AND b.status = 'CONFIRMED'"
    )
    viewer_can_book: Eligibility = computed(
        "May the viewer?",
        needs={
            "capacity": "event.capacity",
            "status": "event.status",
            "taken": "SELECT COUNT(*) FROM bookings b WHERE b.slot_id = {t}.id AND b.status = 'CONFIRMED'",
        },
        by=eligibility,
        args={"quantity": argument(int, "How many places.", default=1, check=positive)},
    )


@row_type(
    models.Booking,
    visible="({t}.person_id = :viewer OR EXISTS (SELECT 1 FROM slots s JOIN events e ON e.id = s.event_id "
    f"WHERE s.id = {{t}}.slot_id AND {ORGANISES.replace('{body}', 'e.host_id')}))",
)
class Booking(Node):
    """A place that was taken."""

    person: Person = to_one("By whom.")
    slot: Slot = to_one("In what.")
    status: BookingStatus = column("Where it stands.")
    created_at: datetime = column("Since when.")
    is_own: bool = sql("The viewer's?", "{t}.person_id = :viewer AND :viewer IS NOT NULL")


Cause = Annotated[Booking | Slot, strawberry.union("Cause", description="Why points moved.")]


@row_type(models.Movement, visible="{t}.person_id = :viewer")
class Movement(Node):
    """Points that moved."""

    amount: int = column("How many.")
    posted_at: datetime = column("When.")
    cause: Cause | None = to_one_of("Why.", kind="cause", by="cause_id", types={"BOOKING": "Booking", "SLOT": "Slot"})


def bookings_where(statuses: list[BookingStatus] | None) -> Iterator[Condition]:
    yield condition(ORGANISES_HOST)
    if statuses is not None:
        yield condition("{other}.status IN :statuses", statuses=statuses)


@row_type(models.Event, visible=f"({{t}}.status <> 'DRAFT' OR {ORGANISES_HOST})")
class Event(Node):
    """Something that is on."""

    kind: Kind = column("What it is.")
    title: str = column("A title.")
    shouted: str = column("A louder title.", "title", as_=str.upper)
    status: EventStatus = column("Where it stands.")
    host: Body = to_one("Who hosts it.")
    area: Area = to_one("Where.")
    partners: list[Body] = to_many(
        "Who helps.",
        via=Link(models.EventPartner, "event_id", "body_id"),
        order="name",
        where="{other}.id <> {t}.host_id",
    )
    starts_at: datetime = column("When.")
    latitude: float | None = column("How far north.")
    capacity: int | None = column("How many places.")
    is_outdoors: bool = column("Under the sky?")
    rule: Rule = computed("Points.", needs={"each": "points_each", "cap": "points_cap", "kind": "kind"}, by=rule)
    slots: list[Slot] = to_many("Its times.", "event_id", order="starts_at")
    viewer_booking: Booking | None = to_one(
        "The viewer's place.",
        on="{other}.slot_id IN (SELECT s.id FROM slots s WHERE s.event_id = {t}.id) AND " + BOOKED,
        order=("-created_at",),
    )
    booking_of: Booking | None = to_one(
        "Somebody's place.",
        on="{other}.slot_id IN (SELECT s.id FROM slots s WHERE s.event_id = {t}.id) AND {other}.person_id = :person",
        order=("created_at",),
        checked=True,
        args={"person": argument(strawberry.ID, "Whose.", id_of="Person")},
    )
    bookings: Connection[Booking] = connection(
        "Organisers only.",
        via=Link(models.Slot, "event_id", "id", meets="slot_id"),
        order="created_at",
        args={"statuses": argument(list[BookingStatus] | None, "Only these.")},
        where=bookings_where,
    )


@strawberry.input(description="Which events.")
class EventFilter:
    kinds: list[Kind] | None = strawberry.field(default=None, description="Of these kinds.")
    starts_from: datetime | None = strawberry.field(default=None, description="From here on.")
    area_code: str | None = strawberry.field(default=None, description="Here or below.")


def events_where(filter: EventFilter | None) -> Iterator[Condition]:  # noqa: A002 - the argument's name in the contract
    if filter is None:
        return
    if filter.kinds is not None:
        yield condition("{other}.kind IN :kinds", kinds=filter.kinds)
    if filter.starts_from is not None:
        yield condition("{other}.starts_at >= :since", since=filter.starts_from)
    if filter.area_code is not None:
        within = "SELECT w.area_id FROM area_within w JOIN areas a ON a.id = w.ancestor_id WHERE a.code = :code"
        yield condition(f"{{other}}.area_id IN ({within})", code=filter.area_code)


@strawberry.type(description="Where reading starts.")
class Query:
    node: Node | None = by_id("Anything.")
    nodes: list[Node | None] = by_ids("Anythings.")
    event: Event | None = by_id("An event.")
    viewer: Viewer | None = to_one("Who asks.", on="{other}.id = :viewer")
    area: Area | None = to_one("A place.", on="{other}.code = :code", args={"code": argument(str, "Its code.")})
    areas: list[Area] = to_many("All places.", order="code")
    events: Connection[Event] = connection(
        "What is on.",
        order={EventOrder.STARTS_AT_ASC: "starts_at", EventOrder.STARTS_AT_DESC: "-starts_at"},
        args={
            "filter": argument(EventFilter | None, "Which."),
            "order_by": argument(EventOrder, "In which order.", default=EventOrder.STARTS_AT_ASC),
        },
        where=events_where,
    )


@strawberry.type(description="What became of one of many.")
class Result:
    booking: Booking | None = strawberry.field(description="A booking.")
    strict: Booking = strawberry.field(description="The same, which must be there.")


@strawberry.type(description="What became of it.")
class Payload:
    event: Event | None = strawberry.field(description="An event.")
    results: list[Result | None] = strawberry.field(description="One for each.")
    viewer: Viewer | None = strawberry.field(description="Who asks from now on.")


@strawberry.type(description="Where writing starts.")
class Mutation:
    @strawberry.mutation(description="Touches rows.")  # type: ignore[untyped-decorator]  # Strawberry leaves it untyped
    async def touch(self, event: int, bookings: list[int], person: int) -> Payload:
        results = [Result(booking=reference(Booking, b), strict=reference(Booking, b)) for b in bookings]
        viewer = reference(Viewer, person, viewer=person)
        return Payload(event=reference(Event, event), results=list(results), viewer=viewer)

    @strawberry.mutation(description="Answers what is ready.")  # type: ignore[untyped-decorator]  # Strawberry leaves it untyped
    def ready(self) -> Rule:
        return cast("Rule", Finished({"as it is": 1}))


@strawberry.type(description="Where listening starts.")
class Subscription:
    @strawberry.subscription(description="An event, twice.")  # type: ignore[untyped-decorator]  # Strawberry leaves it untyped
    async def changed(self, number: int) -> AsyncIterator[Event]:
        yield reference(Event, number)
        yield reference(Event, number)

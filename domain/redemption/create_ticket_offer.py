"""Offering tickets: an offer with its sessions and attractions, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.people.caller import Caller
from domain.people.rights import Role, require_role_over_organisation
from domain.ranges import check_length, check_range
from domain.redemption.states import OfferStatus
from domain.refusals import InvalidInput, NotFound
from domain.text import clean_name, clean_text
from ledger.posting import MAX_POINTS
from storage import Transaction, write
from storage.instants import to_micros

MAX_LIMIT_PER_RESIDENT = 100  # tickets; an order's tickets are written in one statement
MAX_STOCK = 1_000_000
MAX_SESSIONS = 100
MAX_ATTRACTIONS = 50
MAX_ENTRIES = 1000
LONGEST_SESSION = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWish:
    """When the offer takes place, and how many tickets there are."""

    starts_at: datetime
    ends_at: datetime
    stock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttractionWish:
    """What a ticket opens, and how often; None is without limit."""

    name: str
    entries: int | None = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTicketOfferWish:
    """An offer: `cost` points are spent for one ticket, `minimum_balance` is only shown."""

    title: str
    summary: str
    host_id: int
    venue: str
    programme: str = "xuexi"
    cost: int
    minimum_balance: int = 0
    limit_per_resident: int = 2
    sales_open_at: datetime
    sales_close_at: datetime
    refundable_until: datetime | None = None
    sessions: tuple[SessionWish, ...]
    attractions: tuple[AttractionWish, ...] = ()
    publish: bool = False


async def create_ticket_offer(caller: Caller, wish: CreateTicketOfferWish, now: datetime) -> int:
    """The offer stands, ON_SALE if it is to be published, else a DRAFT; its id. Every session has all its tickets left.

    Raises Unauthenticated, InvalidInput at its field, NotFound and Forbidden (the host), InvalidInput (the programme).
    """
    caller.signed_in()
    good = checked(wish)

    async def body(tx: Transaction) -> int:
        return await add_ticket_offer(tx, caller, good, now)

    return await write(body)


async def add_ticket_offer(tx: Transaction, caller: Caller, wish: CreateTicketOfferWish, now: datetime) -> int:
    """As create_ticket_offer, as a part of a transaction; the wish was checked."""
    if await tx.fetch_value("SELECT id FROM organisations WHERE id = ?", wish.host_id) is None:
        raise NotFound(path=("hostId",))
    await require_role_over_organisation(tx, caller, Role.ORGANISER, wish.host_id)
    if await tx.fetch_value("SELECT id FROM programmes WHERE code = ?", wish.programme) is None:
        raise InvalidInput(reason="unknown_programme", values={"programme": wish.programme}, path=("programme",))
    return await insert_offer(tx, wish, caller.signed_in(), now)


def checked(wish: CreateTicketOfferWish) -> CreateTicketOfferWish:
    """The wish with its texts cleaned. Raises InvalidInput."""
    good = replace(
        wish,
        title=clean_name(wish.title, "title"),
        summary=clean_text(wish.summary, "summary"),
        venue=clean_name(wish.venue, "venue"),
    )
    check_price(wish)
    check_times(wish)
    check_sessions(wish)
    return replace(good, attractions=checked_attractions(wish.attractions))


def check_price(wish: CreateTicketOfferWish) -> None:
    check_range(wish.limit_per_resident, 1, MAX_LIMIT_PER_RESIDENT, "limitPerResident")
    # so that what a whole order costs is still a whole number for JSON
    check_range(wish.cost, 0, MAX_POINTS // wish.limit_per_resident, "cost")
    check_range(wish.minimum_balance, 0, MAX_POINTS, "minimumBalance")


def check_times(wish: CreateTicketOfferWish) -> None:
    if wish.sales_close_at <= wish.sales_open_at:
        raise InvalidInput(reason="sales_close_before_open", path=("salesCloseAt",))
    if wish.refundable_until is not None and wish.refundable_until <= wish.sales_open_at:
        raise InvalidInput(reason="refund_ends_before_sales_open", path=("refundableUntil",))


def check_sessions(wish: CreateTicketOfferWish) -> None:
    check_length(wish.sessions, 1, MAX_SESSIONS, "sessions")
    for index, session in enumerate(wish.sessions):
        ends_path = ("sessions", str(index), "endsAt")
        if session.ends_at <= session.starts_at:
            raise InvalidInput(reason="ends_before_start", path=ends_path)
        if session.ends_at - session.starts_at > LONGEST_SESSION:
            raise InvalidInput(reason="session_too_long", values={"days": LONGEST_SESSION.days}, path=ends_path)
        if session.ends_at <= wish.sales_open_at:
            raise InvalidInput(reason="session_ends_before_sales_open", path=ends_path)
        check_range(session.stock, 1, MAX_STOCK, "sessions", str(index), "stock")


def checked_attractions(attractions: Sequence[AttractionWish]) -> tuple[AttractionWish, ...]:
    check_length(attractions, 0, MAX_ATTRACTIONS, "attractions")
    good: dict[str, AttractionWish] = {}
    for index, attraction in enumerate(attractions):
        path = ("attractions", str(index))
        name = clean_name(attraction.name, *path, "name")
        if name in good:
            raise InvalidInput(reason="attraction_named_twice", values={"name": name}, path=(*path, "name"))
        if attraction.entries is not None:
            check_range(attraction.entries, 1, MAX_ENTRIES, *path, "entries")
        good[name] = replace(attraction, name=name)
    return tuple(good.values())


INSERT_OFFER = """INSERT INTO ticket_offers (id, title, summary, status, host_id, venue, programme, cost, minimum_balance,
    limit_per_resident, sales_open_at, sales_close_at, refundable_until, announced, created_by_id, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_SESSION = """INSERT INTO offer_sessions (id, offer_id, starts_at, ends_at, stock, remaining, position)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
INSERT_ATTRACTION = "INSERT INTO attractions (id, offer_id, name, entries, position) VALUES (?, ?, ?, ?, ?)"


async def insert_offer(tx: Transaction, wish: CreateTicketOfferWish, creator_id: int, now: datetime) -> int:
    offer_id = tx.new_id()
    status = OfferStatus.ON_SALE if wish.publish else OfferStatus.DRAFT
    refundable_until = None if wish.refundable_until is None else to_micros(wish.refundable_until)
    texts = wish.title, wish.summary, status.value, wish.host_id, wish.venue, wish.programme
    figures = wish.cost, wish.minimum_balance, wish.limit_per_resident
    times = to_micros(wish.sales_open_at), to_micros(wish.sales_close_at), refundable_until
    await tx.execute(INSERT_OFFER, offer_id, *texts, *figures, *times, int(wish.publish), creator_id, to_micros(now))
    await insert_parts(tx, wish, offer_id)
    return offer_id


async def insert_parts(tx: Transaction, wish: CreateTicketOfferWish, offer_id: int) -> None:
    sessions = [
        (
            tx.new_id(),
            offer_id,
            to_micros(session.starts_at),
            to_micros(session.ends_at),
            session.stock,
            session.stock,
            at,
        )
        for at, session in enumerate(wish.sessions)
    ]
    attractions = [
        (tx.new_id(), offer_id, attraction.name, attraction.entries, at)
        for at, attraction in enumerate(wish.attractions)
    ]
    await tx.execute_many(INSERT_SESSION, sessions)
    await tx.execute_many(INSERT_ATTRACTION, attractions)

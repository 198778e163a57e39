"""The rows of a new activity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.volunteering.activity_wish import CreateActivityWish
from domain.volunteering.search import grams_of, search_text_of
from domain.volunteering.states import ActivityStatus
from storage import Transaction
from storage.instants import to_micros

COLUMNS = """id, kind, title, summary, status, host_id, area_id, venue, latitude, longitude, starts_at, ends_at,
    sign_up_closes_at, capacity, waitlist_limit, points_programme, points_per_attendance, points_per_hour, points_cap,
    points_lowest_grade, points_least_share, search_text, created_by_id, created_at, published_at"""
INSERT_ACTIVITY = f"INSERT INTO activities ({COLUMNS}) VALUES ({', '.join(['?'] * len(COLUMNS.split(',')))})"
INSERT_PARTNER = "INSERT INTO activity_partners (id, activity_id, organisation_id, position) VALUES (?, ?, ?, ?)"
INSERT_SHIFT = """INSERT INTO shifts (id, activity_id, name, starts_at, ends_at, capacity, position)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
INSERT_GRAM = "INSERT INTO activity_grams (gram, activity_id) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class NewActivity:
    """A checked wish, and what it was resolved to."""

    id: int
    wish: CreateActivityWish
    host_name: str
    area_id: int
    created_by_id: int


async def insert_activity(tx: Transaction, new: NewActivity, now: datetime) -> None:
    """The activity with its partners, its shifts and what searches find it by."""
    wish, search_text = new.wish, search_text_of(new.wish.title, new.wish.summary, new.wish.venue, new.host_name)
    await tx.execute(INSERT_ACTIVITY, *activity_row(new, search_text, now))
    partners = [(tx.new_id(), new.id, partner_id, at) for at, partner_id in enumerate(wish.partner_ids)]
    shifts = [
        (tx.new_id(), new.id, shift.name, to_micros(shift.starts_at), to_micros(shift.ends_at), shift.capacity, at)
        for at, shift in enumerate(wish.shifts)
    ]
    await tx.execute_many(INSERT_PARTNER, partners)
    await tx.execute_many(INSERT_SHIFT, shifts)
    await tx.execute_many(INSERT_GRAM, [(gram, new.id) for gram in sorted(grams_of(search_text))])


def activity_row(new: NewActivity, search_text: str, now: datetime) -> tuple[object, ...]:
    """The values of COLUMNS."""
    wish, rule, created_at = new.wish, new.wish.points_rule, to_micros(now)
    status = ActivityStatus.PUBLISHED if wish.publish else ActivityStatus.DRAFT
    closes_at = None if wish.sign_up_closes_at is None else to_micros(wish.sign_up_closes_at)
    return (
        *(new.id, wish.kind.value, wish.title, wish.summary, status.value, wish.host_id, new.area_id),
        *(wish.venue, wish.latitude, wish.longitude, to_micros(wish.starts_at), to_micros(wish.ends_at)),
        *(closes_at, wish.capacity, wish.waitlist_limit),
        *(rule.programme, rule.per_attendance, rule.per_hour, rule.cap, rule.lowest_grade.value, rule.least_share),
        *(search_text, new.created_by_id, created_at, created_at if wish.publish else None),
    )

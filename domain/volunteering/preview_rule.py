"""Trying a rule on what was already attended, before it is published: who would have had how many points."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.earning.award import Attended, Award, award
from domain.earning.counters import Used
from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.find_rules import find_rules
from domain.earning.rule import CapPeriod, EarningRule, RuleBook
from domain.earning.rule_wish import RuleWish, check_kind, checked
from domain.earning.slots import slots_of_points, week_of
from domain.local_days import day_begins, local_day
from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.ranges import check_range
from domain.refusals import InvalidInput, NotFound
from domain.volunteering.approval import counts
from domain.volunteering.points_rule import RULE, line_of, rule_of, time_served
from storage import Reader, Row, read
from storage.dialect import in_ids
from storage.instants import from_micros, to_micros

MOST_DAYS = 366
MOST_ATTENDANCES = 20_000
MAX_PAGE = 100
NOT_PUBLISHED = 0  # the id of a rule that has none


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRuleWish:
    """A rule, and the days of its programme on which it is tried; then a page of residents by their ids."""

    rule: RuleWish
    from_day: date
    until_day: date
    first: int = 50
    after: int = 0


@dataclass(slots=True)
class Tried:
    """What attendances would have earned: `points` by all rules, `by_rule` by the one that is tried, which would have given `cut`
    more but for caps, or cut it from others; `paid` is what they really earned."""

    resident_id: int | None = None
    attendances: int = 0
    points: int = 0
    by_rule: int = 0
    cut: int = 0
    paid: int = 0

    def add(self, given: Award, rule: EarningRule, paid: int) -> None:
        self.attendances += 1
        self.points += given.points
        self.paid += paid
        for line in given.lines:
            if line.rule is rule:
                self.by_rule += line.points
            if line.rule is rule or (line.cut and line.cut.rule is rule):
                self.cut += line.would_have_given - line.points


@dataclass(frozen=True, slots=True)
class RulePreview:
    """All attendances together, and a page of residents."""

    total: Tried
    residents: int
    page: tuple[Tried, ...]
    has_next: bool


@dataclass(frozen=True, slots=True)
class Past:
    """An attendance that counts: whose, what decides, what it earned."""

    resident_id: int
    attended: Attended
    paid: int


async def preview_rule(caller: Caller, wish: PreviewRuleWish) -> RulePreview:
    """What attendances of the days would have earned had the rule been published to hold on them, beside the others of its
    programme and in place of its code's versions; caps go on from what was earned before. Nothing is written.

    By administrators of a whole district. Raises Unauthenticated, InvalidInput (the rule; the days, 366 at most; the page),
    Forbidden, NotFound (programme), InvalidInput (its code is of another kind; more than 20000 attendances).
    """
    caller.signed_in()
    rule = checked(wish.rule)
    check_days(wish)
    check_range(wish.first, 1, MAX_PAGE, "first")
    tried = replace(rule, valid_from=wish.from_day, valid_until=wish.until_day).as_version(NOT_PUBLISHED, 1)

    async def body(reader: Reader) -> tuple[RuleBook, list[Past], Used]:
        await require_book_administrator(reader, caller)
        row = await reader.fetch_one("SELECT id, zone FROM programmes WHERE code = ?", rule.programme)
        if row is None:
            raise NotFound(path=("rule", "programme"))
        published = await find_rules(reader, row[0])
        check_kind(rule, published)
        book = published.with_version(tried)
        past = await find_past(reader, wish, row[1])
        return book, past, await find_used_before(reader, book, past, wish.from_day)

    book, past, used = await read(body)
    return await asyncio.to_thread(replay, book, tried, past, used, wish)


def check_days(wish: PreviewRuleWish) -> None:
    """Raises InvalidInput."""
    days = (wish.until_day - wish.from_day).days + 1
    if days < 1:
        raise InvalidInput(reason="days_end_before_start", path=("until",))
    if days > MOST_DAYS:
        raise InvalidInput(reason="too_many_days", values={"limit": MOST_DAYS}, path=("until",))


SELECT_PAST = f"""SELECT d.resident_id, d.points_earned, t.id, t.kind, s.starts_at, s.ends_at, d.checked_in_at, d.checked_out_at,
    d.grade, d.units, d.score, {RULE}
    FROM attendances d JOIN shifts s ON s.id = d.shift_id JOIN activities t ON t.id = d.activity_id
    WHERE t.points_programme = ? AND s.starts_at >= ? AND s.starts_at < ? AND {counts("d")}
    ORDER BY COALESCE(d.decided_at, d.recorded_at), d.id LIMIT ?"""


async def find_past(reader: Reader, wish: PreviewRuleWish, zone: str) -> list[Past]:
    """The attendances of the days that count, in the order in which they were paid. Raises InvalidInput."""
    begins, ends = day_begins(wish.from_day, zone), day_begins(wish.until_day + timedelta(days=1), zone)
    limits = (to_micros(begins), to_micros(ends), MOST_ATTENDANCES + 1)
    rows = await reader.fetch(SELECT_PAST, wish.rule.programme, *limits)
    if len(rows) > MOST_ATTENDANCES:
        raise InvalidInput(reason="too_many_attendances", values={"limit": MOST_ATTENDANCES}, path=("until",))
    return [past_of(row, zone) for row in rows]


def past_of(row: Row, zone: str) -> Past:
    starts, ends, came, left = map(from_micros, row[4:8])
    served, grade = time_served(came, left, starts, ends), EvidenceGrade(row[8])
    attended = Attended(
        activity_id=row[2],
        activity_kind=row[3],
        day=local_day(starts, zone),
        served=served,
        lasted=ends - starts,
        grade=grade,
        units=row[9],
        score=row[10],
        own=line_of(rule_of(row[11:]), grade, served, ends - starts),
    )
    return Past(row[0], attended, row[1])


# What residents earned by each code, and in all, before a day: as far as a period is concerned that goes on.
SELECT_BEFORE = """SELECT d.resident_id, d.activity_id, r.code, CAST(SUM(w.points) AS BIGINT)
    FROM awards w JOIN attendances d ON d.id = w.attendance_id JOIN activities t ON t.id = d.activity_id
    JOIN programmes p ON p.code = t.points_programme LEFT JOIN earning_rules r ON r.id = w.rule_id
    WHERE p.id = ? AND w.local_day < ? AND d.voided_at IS NULL AND w.points > 0 AND d.resident_id {ids} {more}
    GROUP BY d.resident_id, d.activity_id, r.code"""


async def find_used_before(reader: Reader, book: RuleBook, past: Sequence[Past], first_day: date) -> Used:
    """What the counters of the attendances' residents would have held when the first day began."""
    periods = frozenset().union(*book.counted.values()) - {CapPeriod.DAY} if book.counted else frozenset[CapPeriod]()
    residents = sorted({one.resident_id for one in past})
    activities = sorted({one.attended.activity_id for one in past})
    used: Used = {}
    for period in sorted(periods):
        more, values = within(period, in_ids(reader.dialect), first_day, activities)
        sql = SELECT_BEFORE.format(ids=in_ids(reader.dialect), more=more)
        for resident_id, activity_id, code, points in await reader.fetch(
            sql, book.programme_id, first_day.isoformat(), residents, *values
        ):
            counters = used.setdefault(resident_id, {})
            for slot in slots_of_points(code, book, activity_id, first_day):
                if slot.period[0] == period[0]:
                    counters[slot] = counters.get(slot, 0) + points
    return used


def within(period: CapPeriod, among: str, first_day: date, activities: Sequence[int]) -> tuple[str, tuple[object, ...]]:
    """Which awards a period that goes on has counted, as SQL and its values."""
    match period:
        case CapPeriod.ACTIVITY:
            return f"AND d.activity_id {among}", (list(activities),)
        case CapPeriod.WEEK:
            return "AND w.week = ?", (week_of(first_day),)
        case _:
            return "", ()


def replay(book: RuleBook, rule: EarningRule, past: Iterable[Past], used: Used, wish: PreviewRuleWish) -> RulePreview:
    """Each attendance is decided as if it were recorded now, after those before it. Some 0.2 s of computing for 20000."""
    total, found = Tried(), dict[int, Tried]()
    for one in past:
        counters = used.setdefault(one.resident_id, {})
        given = award(one.attended, book, counters)
        for slot, counted in given.counted.items():
            counters[slot] = counters.get(slot, 0) + counted.added
        total.add(given, rule, one.paid)
        found.setdefault(one.resident_id, Tried(one.resident_id)).add(given, rule, one.paid)
    following = [found[id_] for id_ in sorted(found) if id_ > wish.after]
    return RulePreview(total, len(found), tuple(following[: wish.first]), len(following) > wish.first)

"""Publishing a rule, or the next version of one: from a day on, and never for a day that is over."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.earning.find_rules import find_rules
from domain.earning.rule import CapPeriod, EarningRule, RuleBook, RuleKind
from domain.earning.rule_wish import RuleWish, check_kind, checked
from domain.local_days import local_day
from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.refusals import InvalidInput, NotFound
from ledger.budget import HeldProgramme, hold_programme
from ledger.idempotency import Intent, claim
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishEarningRuleWish:
    """A rule to be published, once for this key."""

    rule: RuleWish
    idempotency_key: str


async def publish_earning_rule(caller: Caller, wish: PublishEarningRuleWish, now: datetime) -> int:
    """The rule holds from its first day on, today or later as the programme has days; its id. It is never changed, only ended.

    Other versions of its code end on the day before, or never begin. Caps go on counting what was earned by the code before; a
    CAP counts what was earned by anything. By administrators of a whole district. Raises Unauthenticated, InvalidInput (a
    field), InvalidInput and KeyReused (the key), Forbidden, NotFound (programme), InvalidInput (it begins in the past, or its
    code is of another kind).
    """
    publisher_id = caller.signed_in()
    rule = checked(wish.rule)
    intent = Intent(publisher_id, wish.idempotency_key, "publish_earning_rule", wish_data(rule))

    async def body(tx: Transaction) -> int:
        rule_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, rule_id, now)
        if first_answer is not None:
            return first_answer
        await require_book_administrator(tx, caller)
        held = await hold_programme(tx, rule.programme)
        if held is None:
            raise NotFound(path=("rule", "programme"))
        book = await find_rules(tx, held.id)
        new = next_version(rule, rule_id, book, local_day(now, held.zone))
        await end_others(tx, held, new)
        await insert_rule(tx, held, new, publisher_id, now)
        await count_what_was_earned(tx, held, new, book)
        return rule_id

    return await write(body)


def wish_data(rule: RuleWish) -> dict[str, Any]:
    """What an idempotency key remembers of a wish, as JSON data."""
    data = dataclasses.asdict(rule)
    days = {name: value and value.isoformat() for name, value in data.items() if isinstance(value, date | None)}
    return data | days | {"caps": {period.value: cap for period, cap in rule.caps.items()}}


def next_version(rule: RuleWish, rule_id: int, book: RuleBook, today: date) -> EarningRule:
    """Raises InvalidInput."""
    if rule.valid_from < today:
        raise InvalidInput(reason="rule_begins_in_the_past", values={"today": today}, path=("rule", "validFrom"))
    check_kind(rule, book)
    former = [version for version in book.versions if version.code == rule.code]
    return rule.as_version(rule_id, 1 + max((version.version for version in former), default=0))


END_OTHERS = """UPDATE earning_rules SET valid_until = ?
    WHERE programme_id = ? AND code = ? AND (valid_until IS NULL OR valid_until > ?)"""


async def end_others(tx: Transaction, held: HeldProgramme, new: EarningRule) -> None:
    last = (new.valid_from - timedelta(days=1)).isoformat()
    await tx.execute(END_OTHERS, last, held.id, new.code, last)


INSERT = """INSERT INTO earning_rules (id, programme_id, code, version, name, kind, points, valid_from, valid_until,
    cap_per_activity, cap_per_day, cap_per_week, cap_total, lowest_grade, least_share, activity_kinds, published_at,
    published_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_BAND = "INSERT INTO earning_rule_bands (id, rule_id, from_score, points) VALUES (?, ?, ?, ?)"


async def insert_rule(
    tx: Transaction, held: HeldProgramme, rule: EarningRule, publisher_id: int, now: datetime
) -> None:
    values = (
        *(rule.id, held.id, rule.code, rule.version, rule.name, rule.kind.value, rule.points),
        *(rule.valid_from.isoformat(), rule.valid_until and rule.valid_until.isoformat()),
        *(rule.caps.get(period) for period in CapPeriod),
        *(rule.lowest_grade.value, rule.least_share, ",".join(rule.activity_kinds), to_micros(now), publisher_id),
    )
    await tx.execute(INSERT, *values)
    bands = [(tx.new_id(), rule.id, band.from_score, band.points) for band in rule.bands]
    if bands:
        await tx.execute_many(INSERT_BAND, bands)


PERIODS = {
    CapPeriod.ACTIVITY: "'A:' || d.activity_id",
    CapPeriod.DAY: "'D:' || w.local_day",
    CapPeriod.WEEK: "'W:' || w.week",
    CapPeriod.TOTAL: "'T'",
}


async def count_what_was_earned(tx: Transaction, held: HeldProgramme, new: EarningRule, before: RuleBook) -> None:
    """What nobody counted for the code until now is counted from the awards that stand."""
    for period in frozenset(new.caps) - before.counted.get(new.code, frozenset()):
        of_code = "" if new.kind is RuleKind.CAP else "AND r.code = ? AND r.programme_id = ?"
        given_by = () if new.kind is RuleKind.CAP else (new.code, held.id)
        sql = f"""INSERT INTO award_counters (programme_id, code, resident_id, period, used)
            SELECT p.id, CAST(? AS TEXT), d.resident_id, {PERIODS[period]}, CAST(SUM(w.points) AS BIGINT)
            FROM awards w JOIN attendances d ON d.id = w.attendance_id JOIN activities t ON t.id = d.activity_id
            JOIN programmes p ON p.code = t.points_programme LEFT JOIN earning_rules r ON r.id = w.rule_id
            WHERE p.id = ? AND d.voided_at IS NULL AND w.points > 0 {of_code} GROUP BY p.id, d.resident_id, 4"""
        await tx.execute(sql, new.code, held.id, *given_by)

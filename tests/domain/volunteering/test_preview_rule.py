"""Trying a rule on past data: what it says is what is paid once the rule is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.earning.rule import Band, CapPeriod, RuleKind
from domain.earning.rule_wish import RuleWish
from domain.local_days import day_begins
from domain.people.caller import ANONYMOUS, Caller
from domain.refusals import Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated
from domain.volunteering import preview_rule as previewing
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.preview_rule import PreviewRuleWish, RulePreview, preview_rule
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch, read
from storage.instants import to_micros
from tests.builders.earning import TODAY, a_cap, a_rule, a_rule_wish
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor
from tests.builders.volunteering import (
    AFTERWARDS,
    STARTS,
    Activity,
    a_list,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW
from tests.domain.volunteering.counted import rows_of

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


def a_trial(rule: RuleWish, first: int = 100, **given: Any) -> PreviewRuleWish:
    """The rule on today."""
    today: dict[str, Any] = {"from_day": TODAY, "until_day": TODAY, "first": first}
    return PreviewRuleWish(rule=rule, **(today | given))


async def everything() -> list[object]:
    """What a preview must leave as it is."""
    tables = ("award_counters", "awards", "earning_rules", "transfers", "idempotency_keys")
    return [await rows_of(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in tables]


async def some_life(random: Random, people: list[int], days_ago: int = 0, lists: int = 6) -> list[Activity]:
    """Activities of so many days ago, each with some of the people, who stayed for some of the time and did something."""
    earlier, activities = days_ago * DAY, []
    for _ in range(lists):
        rule = an_hourly_rule(per_attendance=random.randint(0, 2), cap=random.randint(0, 4))
        starts, ends = STARTS - earlier, STARTS - earlier + timedelta(hours=4)
        activity = await an_activity(points_rule=rule, starts_at=starts, ends_at=ends, now=NOW - earlier)
        records = [
            replace(
                was_there(id_, starts, starts + timedelta(minutes=random.randint(60, 240))),
                units=random.randint(0, 3),
                score=random.choice([None, 50, 70, 95]),
            )
            for id_ in random.sample(people, k=random.randint(1, len(people)))
        ]
        await log_attendance(activity.organiser, a_list(activity, *records), AFTERWARDS - earlier + timedelta(hours=2))
        activities.append(activity)
    return activities


RULES = [
    a_rule_wish("try", caps={CapPeriod.ACTIVITY: 2, CapPeriod.DAY: 5}),
    a_rule_wish("try", RuleKind.FIRST_OF_DAY, 4, caps={CapPeriod.TOTAL: 6}),
    a_rule_wish("try", RuleKind.PER_UNIT, 2, caps={CapPeriod.WEEK: 7}),
    a_rule_wish("try", RuleKind.SCORE_BAND, bands=(Band(60, 1), Band(90, 3))),
    a_cap("try", day=9, total=25),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind.value)
async def test_what_a_preview_says_of_a_day_is_what_was_paid_under_the_published_rule(rule: RuleWish) -> None:
    random, administrator = Random(rule.kind), await an_administrator()
    people = [await a_resident() for _ in range(4)]
    before = NOW - 2 * DAY
    for wish in (a_rule_wish("hourly"), a_cap("most", week=30)):
        await a_rule(replace(wish, valid_from=TODAY - 2 * DAY), administrator, before)
    await some_life(random, people, days_ago=1, lists=3)
    await a_rule(rule, administrator)
    await some_life(random, people)
    kept = await everything()
    tried = await preview_rule(administrator, a_trial(rule))
    assert await everything() == kept
    assert {row.resident_id: (row.points, row.paid) for row in tried.page} == {
        id_: (paid, paid) for id_, paid in await paid_today()
    }
    assert tried.total.points == tried.total.paid > 0
    sql = (
        "SELECT COALESCE(SUM(w.points), 0) FROM awards w JOIN earning_rules r ON r.id = w.rule_id WHERE r.code = 'try'"
    )
    assert tried.total.by_rule == (await rows_of(sql))[0][0]
    assert await read(audit_everything) == []


async def paid_today() -> list[Any]:
    sql = """SELECT d.resident_id, CAST(SUM(d.points_earned) AS BIGINT) FROM attendances d JOIN shifts s ON s.id = d.shift_id
        WHERE s.starts_at >= ? GROUP BY d.resident_id"""
    start = to_micros(day_begins(TODAY, "Asia/Shanghai"))
    return await rows_of(sql, start)


async def test_a_rule_that_is_not_published_shows_who_would_have_had_more() -> None:
    administrator, resident, voided = await an_administrator(), await a_resident(), await a_resident()
    activities = [await an_activity(points_rule=an_hourly_rule(per_attendance=1, per_hour=0)) for _ in range(3)]
    for activity in activities:
        await an_attendance(activity, resident)
    wish = VoidAttendanceWish(
        attendance_id=await an_attendance(activities[0], voided), reason="记错人", idempotency_key=a_key()
    )
    await void_attendance(activities[0].organiser, wish, AFTERWARDS)
    tried = await preview_rule(administrator, a_trial(a_rule_wish(caps={CapPeriod.DAY: 5})))
    (row,) = tried.page
    assert (row.resident_id, row.attendances, row.points, row.by_rule, row.cut, row.paid) == (resident, 3, 8, 5, 1, 3)
    tried = await preview_rule(administrator, a_trial(a_cap(day=2)))
    assert (tried.total.points, tried.total.by_rule, tried.total.cut, tried.residents) == (2, 0, 1, 1)


async def test_a_code_keeps_its_kind_as_when_it_is_published() -> None:
    administrator = await an_administrator()
    await a_rule(a_rule_wish("try", valid_until=TODAY), administrator)
    refusal = await refusal_of(administrator, a_trial(a_rule_wish("try", RuleKind.PER_ATTENDANCE)))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.reason, refusal.path) == ("rule_kind_differs", ("rule", "kind"))


async def test_what_was_voided_on_earlier_days_leaves_room_under_a_cap() -> None:
    administrator, resident = await an_administrator(), await a_resident()
    rule = an_hourly_rule(per_attendance=3, per_hour=0)
    activities = []
    for earlier in (2 * DAY, DAY):
        starts, ends = STARTS - earlier, STARTS - earlier + timedelta(hours=4)
        activity = await an_activity(points_rule=rule, starts_at=starts, ends_at=ends, now=NOW - earlier)
        rows = a_list(activity, was_there(resident, starts, ends))
        await log_attendance(activity.organiser, rows, AFTERWARDS - earlier + timedelta(hours=2))
        activities.append(activity)
    mistake = VoidAttendanceWish(
        attendance_id=(await rows_of("SELECT MAX(id) FROM attendances"))[0][0], reason="记错人", idempotency_key=a_key()
    )
    await an_attendance(await an_activity(points_rule=rule), resident)
    trial = a_trial(a_cap(total=7))
    assert (await preview_rule(administrator, trial)).total.points == 1
    await void_attendance(activities[-1].organiser, mistake, AFTERWARDS)
    assert (await preview_rule(administrator, trial)).total.points == 3


async def test_residents_come_in_pages() -> None:
    administrator, activity = await an_administrator(), await an_activity()
    people = sorted([await a_resident() for _ in range(5)])
    await log_attendance(activity.organiser, a_list(activity, *map(was_there, people)), AFTERWARDS)
    first = await preview_rule(administrator, a_trial(a_rule_wish(), first=3))
    second = await preview_rule(administrator, a_trial(a_rule_wish(), first=3, after=people[2]))

    def ids(found: RulePreview) -> list[int | None]:
        return [row.resident_id for row in found.page]

    assert (ids(first), first.has_next, ids(second), second.has_next) == (people[:3], True, people[3:], False)
    assert first.total == second.total
    assert first.residents == 5


async def refusal_of(caller: Caller, wish: PreviewRuleWish) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await preview_rule(caller, wish)
    return refused.value


async def test_what_is_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    administrator, activity = await an_administrator(), await an_activity()
    await an_attendance(activity, await a_resident())
    for given, path in (
        ({"until_day": TODAY - DAY}, ("until",)),
        ({"until_day": TODAY + 366 * DAY}, ("until",)),
        ({"first": 0}, ("first",)),
        ({"first": 101}, ("first",)),
    ):
        refusal = await refusal_of(administrator, a_trial(a_rule_wish(), **given))
        assert (type(refusal), refusal.path) == (InvalidInput, path)
    assert (await preview_rule(administrator, a_trial(a_rule_wish(), until_day=TODAY + 365 * DAY))).residents == 1
    monkeypatch.setattr(previewing, "MOST_ATTENDANCES", 0)
    refusal = await refusal_of(administrator, a_trial(a_rule_wish()))
    assert isinstance(refusal, InvalidInput)
    assert (refusal.reason, refusal.path) == ("too_many_attendances", ("until",))


async def test_only_administrators_try_rules() -> None:
    await a_resident()
    for caller in (await a_caller(), await an_auditor()):
        assert isinstance(await refusal_of(caller, a_trial(a_rule_wish())), Forbidden)
    assert isinstance(await refusal_of(ANONYMOUS, a_trial(a_rule_wish())), Unauthenticated)
    nowhere = a_trial(a_rule_wish(programme="nowhere"))
    assert isinstance(await refusal_of(await an_administrator(), nowhere), NotFound)
    assert await fetch("SELECT 1 FROM earning_rules") == []

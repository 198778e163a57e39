"""Rules from a day on: a change touches no earlier day, versions never overlap, and what was published is never changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.earning.award import WHOLE
from domain.earning.end_earning_rule import EndEarningRuleWish, end_earning_rule
from domain.earning.publish_earning_rule import PublishEarningRuleWish, publish_earning_rule
from domain.earning.rule import Band, CapPeriod, RuleKind
from domain.earning.rule_wish import RuleWish
from domain.people.caller import ANONYMOUS, Caller
from domain.refusals import Forbidden, InvalidInput, KeyReused, NotFound, Refusal, Unauthenticated
from domain.volunteering.evidence import EvidenceGrade
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch, read, write
from tests.builders.earning import TODAY, a_cap, a_rule, a_rule_wish
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor
from tests.builders.volunteering import AFTERWARDS, a_list, an_activity, an_attendance, was_there
from tests.clock import NOW, later
from tests.domain.volunteering.counted import balance_of, rows_of

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)
MIDNIGHT = later(hours=14.5)  # NOW is 09:30 in Shanghai
SELECT_DAYS = "SELECT version, valid_from, valid_until FROM earning_rules WHERE code = ? ORDER BY version"


async def days_of(code: str = "hourly") -> list[Any]:
    """Each version with its first and its last day, counted from today."""

    def counted(day: str | None) -> int | None:
        return None if day is None else (date.fromisoformat(day) - TODAY).days

    return [(version, counted(first), counted(last)) for version, first, last in await rows_of(SELECT_DAYS, code)]


async def refusal_of(caller: Caller, wish: RuleWish, key: str = "K") -> Refusal:
    with pytest.raises(Refusal) as refused:
        await publish_earning_rule(caller, PublishEarningRuleWish(rule=wish, idempotency_key=key), NOW)
    return refused.value


async def test_the_next_version_takes_over_from_its_first_day_on() -> None:
    administrator = await an_administrator()
    await a_rule(a_rule_wish(), administrator)
    await a_rule(a_rule_wish(valid_from=TODAY + 5 * DAY), administrator)
    await a_rule(a_rule_wish("other"), administrator)
    assert await days_of() == [(1, 0, 4), (2, 5, None)]
    await a_rule(a_rule_wish(valid_from=TODAY + 3 * DAY, valid_until=TODAY + 9 * DAY), administrator)
    assert await days_of() == [(1, 0, 2), (2, 5, 2), (3, 3, 9)], "what had not begun is replaced too"
    assert await days_of("other") == [(1, 0, None)]
    assert await read(audit_everything) == []


async def test_a_change_touches_no_earlier_day() -> None:
    """Yesterday's shift is paid by yesterday's rule, also when it is sent in after the change."""
    administrator, early, late = await an_administrator(), await a_resident(), await a_resident()
    await a_rule(a_rule_wish(points=1), administrator)
    activity = await an_activity()
    await an_attendance(activity, early)
    await a_rule(a_rule_wish(points=10, valid_from=TODAY + DAY), administrator, MIDNIGHT)
    await log_attendance(activity.organiser, a_list(activity, was_there(late)), MIDNIGHT + DAY / 4)
    assert (await balance_of(early), await balance_of(late)) == (2, 2)


async def test_the_day_of_a_shift_is_that_of_the_programmes_zone() -> None:
    administrator, resident = await an_administrator(), await a_resident()
    await a_rule(a_rule_wish(points=10, valid_from=TODAY + DAY), administrator)
    before = await an_activity(starts_at=MIDNIGHT - DAY / 24, ends_at=MIDNIGHT + DAY / 24)
    at_midnight = await an_activity(starts_at=MIDNIGHT, ends_at=MIDNIGHT + DAY / 12)
    for activity, starts in ((before, MIDNIGHT - DAY / 24), (at_midnight, MIDNIGHT)):
        wish = a_list(activity, was_there(resident, starts))
        await log_attendance(activity.organiser, wish, MIDNIGHT + DAY / 6)
    assert await rows_of("SELECT local_day, points FROM awards") == [((TODAY + DAY).isoformat(), 20)]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"code": "Hourly"}, "code"),
    ({"name": " "}, "name"),
    ({"points": 0}, "points"),
    ({"points": 1_000_001}, "points"),
    ({"bands": (Band(60, 1),)}, "bands"),
    ({"valid_from": TODAY - DAY}, "validFrom"),
    ({"valid_until": TODAY - DAY}, "validUntil"),
    ({"caps": {CapPeriod.DAY: 0}}, "capPerDay"),
    ({"least_share": WHOLE + 1}, "leastSharePercent"),
    ({"kind": RuleKind.SCORE_BAND}, "points"),
    ({"kind": RuleKind.SCORE_BAND, "points": 0}, "bands"),
    ({"kind": RuleKind.SCORE_BAND, "points": 0, "bands": (Band(60, 1), Band(60, 2))}, "bands"),
    ({"kind": RuleKind.SCORE_BAND, "points": 0, "bands": (Band(10_001, 1),)}, "bands"),
    ({"kind": RuleKind.CAP}, "points"),
    ({"kind": RuleKind.CAP, "points": 0}, "capPerDay"),
    ({"kind": RuleKind.CAP, "points": 0, "caps": {CapPeriod.DAY: 5}, "least_share": 60}, "leastSharePercent"),
    ({"kind": RuleKind.CAP, "points": 0, "lowest_grade": EvidenceGrade.SCANNED_ONCE}, "lowestGrade"),
    ({"kind": RuleKind.CAP, "points": 0, "activity_kinds": ("CLINIC",)}, "activityKinds"),
]


async def test_what_no_rule_can_be_is_refused_at_its_field() -> None:
    administrator = await an_administrator()
    for given, path in REFUSED:
        refusal = await refusal_of(administrator, replace(a_rule_wish(), **given))
        assert isinstance(refusal, InvalidInput), given
        assert refusal.path, given
        assert refusal.path[:2] == ("rule", path), given
    assert await rows_of("SELECT id FROM earning_rules") == []


async def test_a_code_keeps_its_kind_and_a_key_its_wish() -> None:
    administrator = await an_administrator()
    wish = PublishEarningRuleWish(rule=a_rule_wish(), idempotency_key="K")
    answers = await asyncio.gather(*(publish_earning_rule(administrator, wish, NOW) for _ in range(8)))
    assert len(set(answers)) == 1
    assert await days_of() == [(1, 0, None)]
    assert isinstance(await refusal_of(administrator, a_rule_wish(points=2)), KeyReused)
    other = await refusal_of(administrator, a_rule_wish(kind=RuleKind.PER_ATTENDANCE), key="L")
    assert isinstance(other, InvalidInput)
    assert (other.reason, other.path) == ("rule_kind_differs", ("rule", "kind"))


async def test_versions_that_are_published_at_once_follow_one_another() -> None:
    administrator = await an_administrator()
    wishes = [a_rule_wish(valid_from=TODAY + number * DAY) for number in (3, 0, 2, 1)]
    await asyncio.gather(*(a_rule(wish, administrator) for wish in wishes))
    days = await days_of()
    assert [version for version, _, _ in days] == [1, 2, 3, 4]
    assert sum(last is None for _, _, last in days) == 1
    assert await read(audit_everything) == []


async def test_only_administrators_of_a_whole_district_publish_and_end() -> None:
    rule_id = await a_rule(a_rule_wish())
    ending = EndEarningRuleWish(rule_id=rule_id, last_day=TODAY)
    for caller in (await a_caller(), await an_auditor()):
        assert isinstance(await refusal_of(caller, a_rule_wish()), Forbidden)
        with pytest.raises(Forbidden):
            await end_earning_rule(caller, ending, NOW)
    assert isinstance(await refusal_of(ANONYMOUS, a_rule_wish()), Unauthenticated)
    assert isinstance(await refusal_of(await an_administrator(), a_rule_wish(programme="nowhere")), NotFound)
    with pytest.raises(NotFound):
        await end_earning_rule(await an_administrator(), EndEarningRuleWish(rule_id=404, last_day=TODAY), NOW)


async def test_a_rule_ends_once_and_never_before_yesterday() -> None:
    administrator = await an_administrator()
    rule_id = await a_rule(a_rule_wish(), administrator)

    async def end(days: int) -> int:
        wish = EndEarningRuleWish(rule_id=rule_id, last_day=TODAY + days * DAY)
        return await end_earning_rule(administrator, wish, NOW)

    with pytest.raises(InvalidInput):
        await end(-2)
    assert await end(5) == await end(5) == rule_id
    assert await end(-1) == rule_id
    with pytest.raises(InvalidInput):
        await end(3)
    assert await days_of() == [(1, 0, -1)]


CHANGES = [
    "UPDATE earning_rules SET points = 99",
    "UPDATE earning_rules SET valid_from = '2024-01-01'",
    "UPDATE earning_rules SET valid_until = NULL",
    "UPDATE earning_rules SET valid_until = '2999-01-01'",
    "DELETE FROM earning_rules",
    "UPDATE earning_rule_bands SET points = 99",
    "DELETE FROM earning_rule_bands",
    "UPDATE awards SET points = points",
    "DELETE FROM awards",
]


async def test_what_was_published_or_awarded_is_never_changed() -> None:
    bands = a_rule_wish("score", RuleKind.SCORE_BAND, bands=(Band(60, 1),), valid_until=TODAY)
    for wish in (bands, a_rule_wish(valid_until=TODAY)):
        await a_rule(wish)
    await an_attendance(await an_activity(), await a_resident())
    for change in CHANGES:
        with pytest.raises(Exception, match="are never changed"):
            await write(lambda tx, sql=change: tx.execute(sql))  # type: ignore[misc]
    assert await fetch("SELECT 1 FROM awards")


async def test_a_cap_that_is_new_counts_what_was_earned_before_it_and_stands() -> None:
    administrator, resident = await an_administrator(), await a_resident()
    await a_rule(a_rule_wish(points=2), administrator)
    mistaken = await an_activity()
    voiding = VoidAttendanceWish(
        attendance_id=await an_attendance(mistaken, resident), reason="记错人", idempotency_key=a_key()
    )
    await void_attendance(mistaken.organiser, voiding, AFTERWARDS)
    await an_attendance(await an_activity(), resident)
    await a_rule(a_rule_wish(points=2, caps={CapPeriod.TOTAL: 5, CapPeriod.WEEK: 7}), administrator)
    await a_rule(a_cap(day=9), administrator)
    await an_attendance(await an_activity(), resident)
    assert await balance_of(resident) == 5
    counters = await rows_of("SELECT code, period, used, cap FROM award_counters ORDER BY code, period")
    week = f"W:{TODAY.isocalendar().year}-W{TODAY.isocalendar().week:02}"
    assert counters == [("hourly", "T", 5, 5), ("hourly", week, 5, 7), ("most", f"D:{TODAY}", 5, 9)]
    assert await read(audit_everything) == []

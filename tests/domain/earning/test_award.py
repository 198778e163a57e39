"""What an attendance earns by the rules of its day, as plain functions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.earning.award import Attended, Award, Cut, CutBy, Line, award
from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.rule import Band, CapPeriod, EarningRule, RuleBook, RuleKind
from domain.earning.slots import Slot, slots_looked_at, week_of

TODAY = date(2026, 11, 25)  # a Wednesday
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
DAY, WEEK, TOTAL, ACTIVITY = CapPeriod.DAY, CapPeriod.WEEK, CapPeriod.TOTAL, CapPeriod.ACTIVITY


def a_rule(code: str = "hourly", kind: RuleKind = RuleKind.PER_HOUR, points: int = 1, **given: Any) -> EarningRule:
    version: dict[str, Any] = {"id": 1, "version": 1, "name": code, "valid_from": TODAY} | given
    return EarningRule(code=code, kind=kind, points=0 if kind is RuleKind.CAP else points, **version)


def attended(hours: float = 2, lasted: float = 2, own: Line | None = None, **given: Any) -> Attended:
    usual: dict[str, Any] = {
        "activity_id": 7,
        "activity_kind": "CLINIC",
        "day": TODAY,
        "grade": EvidenceGrade.SCANNED_ONCE,
    }
    times = {"served": timedelta(hours=hours), "lasted": timedelta(hours=lasted)}
    return Attended(**(usual | times | given), own=own)


def earned(*rules: EarningRule, used: dict[Slot, int] | None = None, **given: Any) -> Award:
    return award(attended(**given), RuleBook(1, rules), used or {})


KINDS = [
    (a_rule(kind=RuleKind.PER_ATTENDANCE, points=5), {}, 5),
    (a_rule(kind=RuleKind.FIRST_OF_DAY, points=5), {}, 5),
    (a_rule(points=3), {"hours": 1.99}, 3),
    (a_rule(points=3), {"hours": 2}, 6),
    (a_rule(kind=RuleKind.PER_UNIT, points=2), {"units": 4}, 8),
    (a_rule(kind=RuleKind.PER_UNIT, points=2), {}, 0),
    (a_rule(kind=RuleKind.SCORE_BAND, points=0, bands=(Band(60, 1), Band(90, 3))), {"score": 59}, 0),
    (a_rule(kind=RuleKind.SCORE_BAND, points=0, bands=(Band(60, 1), Band(90, 3))), {"score": 60}, 1),
    (a_rule(kind=RuleKind.SCORE_BAND, points=0, bands=(Band(60, 1), Band(90, 3))), {"score": 100}, 3),
    (a_rule(kind=RuleKind.SCORE_BAND, points=0, bands=(Band(60, 1), Band(90, 3))), {}, 0),
    (a_rule(kind=RuleKind.CAP, caps={DAY: 9}), {}, 0),
    (a_rule(activity_kinds=("READING",)), {}, 0),
    (a_rule(activity_kinds=("READING", "CLINIC")), {}, 2),
    (a_rule(valid_from=TOMORROW), {}, 0),
    (a_rule(valid_from=YESTERDAY, valid_until=YESTERDAY), {}, 0),
    (a_rule(valid_from=YESTERDAY, valid_until=TODAY), {}, 2),
    (a_rule(valid_from=TODAY, valid_until=YESTERDAY), {}, 0),
]


@pytest.mark.parametrize(("rule", "given", "points"), KINDS)
def test_each_kind_of_rule_gives_what_it_says(rule: EarningRule, given: dict[str, Any], points: int) -> None:
    assert earned(rule, **given).points == points


WITHHELD = [
    ({"least_share": 60}, {"hours": 1.2}, None),
    ({"least_share": 60}, {"hours": 1.19}, Cut(CutBy.SHARE, 60)),
    ({"lowest_grade": EvidenceGrade.SCANNED_ONCE}, {}, None),
    ({"lowest_grade": EvidenceGrade.SCANNED_ONCE}, {"grade": EvidenceGrade.ORGANISER_LIST}, Cut(CutBy.GRADE)),
    ({"lowest_grade": EvidenceGrade.SCANNED_IN_AND_OUT}, {}, Cut(CutBy.GRADE)),
]


@pytest.mark.parametrize(("rule", "given", "cut"), WITHHELD)
def test_weak_evidence_or_too_little_time_gives_nothing_and_says_so(
    rule: dict[str, Any], given: dict[str, Any], cut: Cut | None
) -> None:
    (line,) = earned(a_rule(**rule), **given).lines
    assert (line.would_have_given, line.points, line.cut) == (
        1 if given.get("hours") else 2,
        0 if cut else line.would_have_given,
        cut,
    )


def test_the_tightest_cap_is_the_one_that_is_named() -> None:
    rule = a_rule(caps={ACTIVITY: 5, DAY: 3, WEEK: 2, TOTAL: 100})
    most = a_rule("most", RuleKind.CAP, id=2, caps={DAY: 2})
    (line,) = earned(rule, most, hours=4, lasted=4).lines
    assert (line.would_have_given, line.points, line.cut) == (4, 2, Cut(CutBy.WEEK_CAP, 2, rule))
    (line,) = earned(rule, most, hours=4, lasted=4, used={Slot("most", "D:2026-11-25"): 1}).lines
    assert (line.points, line.cut) == (1, Cut(CutBy.DAY_CAP, 2, most))


def test_a_cap_bounds_all_rules_together_what_the_activity_gives_first() -> None:
    most = a_rule("most", RuleKind.CAP, id=2, caps={DAY: 6})
    own = Line(None, 2, 5, 5)
    first, hourly = a_rule("a-first", RuleKind.FIRST_OF_DAY, points=3), a_rule("b-hourly")
    given = earned(hourly, first, most, own=own)
    assert [(line.rule and line.rule.code, line.points) for line in given.lines] == [
        (None, 5),
        ("a-first", 1),
        ("b-hourly", 0),
    ]
    assert [line.cut and line.cut.by for line in given.lines] == [None, CutBy.DAY_CAP, CutBy.DAY_CAP]
    assert given.counted[Slot("most", "D:2026-11-25")].added == 6


def test_first_of_day_gives_once_and_not_for_what_does_not_count() -> None:
    rule = a_rule(kind=RuleKind.FIRST_OF_DAY, least_share=60)
    too_short = earned(rule, hours=1)
    assert (too_short.points, too_short.counted) == (0, {})
    first = earned(rule)
    used = {slot: counted.added for slot, counted in first.counted.items()}
    assert (first.points, used) == (1, {Slot("hourly", "F:2026-11-25"): 1})
    assert earned(rule, used=used) == Award()
    assert earned(rule, used=used, day=TOMORROW).points == 1


def test_a_cap_goes_on_counting_under_the_next_version() -> None:
    first = a_rule(valid_until=TODAY, caps={WEEK: 3})
    second = a_rule(id=2, version=2, valid_from=TOMORROW, caps={WEEK: 2, DAY: 2})
    book = RuleBook(1, [first, second])
    monday = award(attended(), book, {})
    used = {slot: counted.added for slot, counted in monday.counted.items()}
    assert used == {Slot("hourly", "W:2026-W48"): 2, Slot("hourly", "D:2026-11-25"): 2}
    assert award(attended(day=TOMORROW), book, used).points == 0


@pytest.mark.parametrize(
    ("day", "week"),
    [("2026-11-22", "2026-W47"), ("2026-11-23", "2026-W48"), ("2026-12-31", "2026-W53"), ("2027-01-03", "2026-W53")],
)
def test_a_week_begins_on_monday_also_over_new_year(day: str, week: str) -> None:
    assert week_of(date.fromisoformat(day)) == week


caps = st.dictionaries(st.sampled_from(CapPeriod), st.integers(1, 12))
codes = st.sampled_from(["a", "b", "c"])
kinds = st.sampled_from([RuleKind.PER_ATTENDANCE, RuleKind.PER_HOUR, RuleKind.FIRST_OF_DAY, RuleKind.CAP])
rules = st.builds(a_rule, codes, kinds, st.integers(1, 5), caps=caps)
books = st.lists(rules, max_size=3, unique_by=lambda rule: rule.code)
attendances = st.lists(st.tuples(st.integers(1, 2), st.integers(0, 9), st.integers(1, 5)), max_size=12)


@given(books, attendances)
def test_whatever_comes_no_cap_is_passed_and_every_line_adds_up(
    versions: list[EarningRule], came: list[tuple[int, int, int]]
) -> None:
    book, used = RuleBook(1, versions), dict[Slot, int]()
    for activity_id, days, hours in came:
        one = attended(hours=hours, lasted=5, activity_id=activity_id, day=TODAY + timedelta(days=days))
        looked_at = slots_looked_at(book, activity_id, one.activity_kind, one.day)
        given_now = award(one, book, {slot: used[slot] for slot in looked_at if slot in used})
        assert set(given_now.counted) <= set(looked_at), "what is changed was locked"
        for line in given_now.lines:
            assert 0 <= line.points <= line.would_have_given
            assert (line.points < line.would_have_given) == (line.cut is not None)
        for slot, counted in given_now.counted.items():
            used[slot] = used.get(slot, 0) + counted.added
            assert counted.added > 0
            assert counted.cap is None or used[slot] <= counted.cap

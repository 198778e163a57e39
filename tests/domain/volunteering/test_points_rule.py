"""What an attendance earns, for any times and any rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.volunteering.points_rule import PointsRule, points_for, time_served
from ledger.posting import MAX_POINTS
from tests.clock import NOW, later

points = st.integers(0, MAX_POINTS)
rules = st.builds(PointsRule, per_attendance=points, per_hour=points, cap=points)
spans = st.timedeltas(timedelta(0), timedelta(days=366))
instants = st.integers(-10_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("minutes", "earned"), [(0, 5), (59, 5), (60, 7), (119, 7), (120, 9), (180, 11), (240, 12), (6000, 12)]
)
def test_whole_hours_count_up_to_the_cap(minutes: int, earned: int) -> None:
    assert points_for(PointsRule(per_attendance=5, per_hour=2, cap=12), timedelta(minutes=minutes)) == earned


@given(rules, spans)
def test_points_are_never_below_zero_nor_above_the_cap(rule: PointsRule, served: timedelta) -> None:
    assert 0 <= points_for(rule, served) <= rule.cap


@given(rules, spans, spans)
def test_to_stay_longer_never_earns_less(rule: PointsRule, served: timedelta, more: timedelta) -> None:
    assert points_for(rule, served) <= points_for(rule, served + more)


@given(rules, st.integers(0, 8000))
def test_the_minutes_of_an_hour_that_is_not_whole_earn_nothing(rule: PointsRule, hours: int) -> None:
    whole = timedelta(hours=hours)
    assert points_for(rule, whole) == points_for(rule, whole + timedelta(minutes=59, seconds=59))


@given(instants, instants, instants, instants)
def test_time_served_is_what_both_have_in_common(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    (came, left), (starts, ends) = sorted((a, b)), sorted((c, d))
    served = time_served(came, left, starts, ends)
    assert timedelta(0) <= served <= min(left - came, ends - starts)
    assert served == time_served(starts, ends, came, left)
    if starts <= came and left <= ends:
        assert served == left - came


def test_who_left_before_the_shift_served_no_time() -> None:
    assert time_served(NOW, later(hours=1), later(hours=2), later(hours=3)) == timedelta(0)

"""Until when points can be spent, and back from the day to the points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.expiry_policy import DAY, Expiry, ExpiryPolicy
from tests.clock import NOW

SHANGHAI = "Asia/Shanghai"
YEAR = ExpiryPolicy(Expiry.END_OF_YEAR, None, SHANGHAI)
NEVER = ExpiryPolicy(Expiry.NEVER, None, SHANGHAI)


def after(months: int) -> ExpiryPolicy:
    return ExpiryPolicy(Expiry.MONTHS, months, SHANGHAI)


NOTICED = replace(after(12), not_before=date(2024, 6, 1))
POLICIES = st.one_of(st.just(YEAR), st.integers(1, 120).map(after))


@pytest.mark.parametrize(
    ("policy", "came_in", "last_day"),
    [
        (YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        (YEAR, date(2024, 12, 31), date(2024, 12, 31)),
        (after(1), date(2024, 1, 15), date(2024, 2, 15)),
        (after(1), date(2024, 1, 31), date(2024, 2, 29)),
        (after(1), date(2023, 1, 31), date(2023, 2, 28)),
        (after(36), date(2024, 2, 29), date(2027, 2, 28)),
        (after(12), date(2024, 12, 31), date(2025, 12, 31)),
        (NEVER, date(2024, 1, 1), None),
        (replace(YEAR, not_before=date(2024, 6, 1)), date(2023, 5, 1), date(2024, 6, 1)),
        (replace(YEAR, not_before=date(2024, 6, 1)), date(2024, 5, 1), date(2024, 12, 31)),
    ],
)
def test_points_can_be_spent_until(policy: ExpiryPolicy, came_in: date, last_day: date | None) -> None:
    assert policy.last_day(came_in) == last_day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), POLICIES)
def test_the_first_day_left_is_the_first_whose_points_outlive_the_day(over: date, policy: ExpiryPolicy) -> None:
    first = policy.first_day_left(over)
    assert first
    outlives, expired = policy.last_day(first), policy.last_day(first - DAY)
    assert outlives
    assert outlives > over
    assert expired
    assert expired <= over


@given(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.dates(date(2020, 1, 1), date(2025, 12, 31)))
def test_nothing_expires_before_the_day_of_notice(over: date, came_in: date) -> None:
    first, last_day = NOTICED.first_day_left(over), NOTICED.last_day(came_in)
    assert last_day
    assert (last_day > over) is (first is None or came_in >= first)


def test_days_are_those_of_the_programmes_zone() -> None:
    new_year = YEAR.start_of(date(2024, 1, 1))
    assert new_year.isoformat() == "2023-12-31T16:00:00+00:00"
    assert YEAR.day_of(new_year) == date(2024, 1, 1)
    assert YEAR.day_of(new_year - timedelta(microseconds=1)) == date(2023, 12, 31)
    assert NEVER.first_day_left(YEAR.day_of(NOW)) is None

"""The rule itself, without a database: a table of every reason in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from domain.volunteering.eligibility import SignUpFacts, has_place, reasons_not_to_sign_up
from tests.clock import NOW, later

NOTHING_AGAINST_IT = SignUpFacts(
    viewer=1,
    activity_status="PUBLISHED",
    closes_at=later(hours=1),
    shift_starts_at=later(hours=2),
    sign_up_id=None,
    overlapping_title=None,
    activity_capacity=None,
    activity_confirmed=7,
    waitlist_limit=3,
    waitlist_count=0,
    shift_capacity=None,
    shift_confirmed=7,
)

CASES: list[tuple[dict[str, Any], datetime, list[str]]] = [
    ({}, NOW, []),
    ({"viewer": None}, NOW, ["UNAUTHENTICATED"]),
    ({"activity_status": "CANCELLED"}, NOW, ["CANCELLED"]),
    ({"activity_status": "DRAFT"}, NOW, ["NOT_OPEN activity_draft"]),
    ({}, later(hours=1), ["NOT_OPEN sign_up_closed"]),
    ({"closes_at": later(hours=9)}, later(hours=2), ["NOT_OPEN shift_started"]),
    ({"sign_up_id": 5}, NOW, ["ALREADY_SIGNED_UP"]),
    ({"overlapping_title": "示例"}, NOW, ["CONFLICT shifts_overlap"]),
    ({"activity_capacity": 7}, NOW, []),
    ({"activity_capacity": 7, "waitlist_count": 3}, NOW, ["FULL"]),
    ({"shift_capacity": 7, "waitlist_count": 3}, NOW, ["FULL"]),
    ({"shift_capacity": 8, "activity_capacity": 8, "waitlist_count": 3}, NOW, []),
    (
        {
            "activity_status": "CANCELLED",
            "sign_up_id": 5,
            "overlapping_title": "示例",
            "shift_capacity": 7,
            "waitlist_limit": 0,
        },
        later(hours=3),
        [
            "CANCELLED",
            "NOT_OPEN sign_up_closed",
            "NOT_OPEN shift_started",
            "ALREADY_SIGNED_UP",
            "CONFLICT shifts_overlap",
            "FULL",
        ],
    ),
]


@pytest.mark.parametrize(("facts", "now", "expected"), CASES)
def test_every_reason_is_named_in_order(facts: dict[str, Any], now: datetime, expected: list[str]) -> None:
    reasons = reasons_not_to_sign_up(replace(NOTHING_AGAINST_IT, **facts), now)
    assert [" ".join(filter(None, (r.code, getattr(r, "reason", "")))) for r in reasons] == expected


@pytest.mark.parametrize(
    ("activity", "shift", "left"),
    [(None, None, True), (8, None, True), (7, None, False), (None, 7, False), (8, 8, True)],
)
def test_a_place_is_one_on_the_activity_and_on_the_shift(activity: int | None, shift: int | None, left: bool) -> None:  # noqa: FBT001
    facts = replace(NOTHING_AGAINST_IT, activity_capacity=activity, shift_capacity=shift)
    assert has_place(facts) is left

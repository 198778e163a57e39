"""What an attendance earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.ranges import check_range
from domain.volunteering.evidence import EvidenceGrade, reaches
from ledger.posting import MAX_POINTS

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
WHOLE = 100  # per cent


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRule:
    """Points of one programme for one attendance; see points_for(). It pays from `lowest_grade` on, to whoever was there for
    `least_share` per cent of the shift."""

    programme: str = "xuexi"
    per_attendance: int = 0
    per_hour: int = 0
    cap: int
    lowest_grade: EvidenceGrade = EvidenceGrade.ENTERED_AFTERWARDS
    least_share: int = 0


# The columns of an activity that rule_of() reads, of the row t.
RULE = """t.points_programme, t.points_per_attendance, t.points_per_hour, t.points_cap, t.points_lowest_grade,
    t.points_least_share"""


def rule_of(columns: Sequence[Any]) -> PointsRule:
    """The rule that an activity's row holds: the values of RULE."""
    programme, per_attendance, per_hour, cap, lowest_grade, least_share = columns
    return PointsRule(
        programme=programme,
        per_attendance=per_attendance,
        per_hour=per_hour,
        cap=cap,
        lowest_grade=EvidenceGrade(lowest_grade),
        least_share=least_share,
    )


def check_points_rule(rule: PointsRule) -> None:
    """Raises InvalidInput at the figure that is out of its range. Whether the programme exists, only the database knows."""
    check_range(rule.per_attendance, 0, MAX_POINTS, "pointsRule", "perAttendance")
    check_range(rule.per_hour, 0, MAX_POINTS, "pointsRule", "perHour")
    check_range(rule.cap, 0, MAX_POINTS, "pointsRule", "cap")
    check_range(rule.least_share, 0, WHOLE, "pointsRule", "leastSharePercent")


def time_served(came: datetime, left: datetime, starts: datetime, ends: datetime) -> timedelta:
    """How much of the shift somebody was there: max(0, min(left, ends) - max(came, starts))."""
    return max(timedelta(0), min(left, ends) - max(came, starts))


def points_for(rule: PointsRule, served: timedelta) -> int:
    """min(cap, per_attendance + per_hour * whole hours served): 59 minutes are no hour, 119 are one."""
    return min(rule.cap, rule.per_attendance + rule.per_hour * (served // HOUR))


def earned(rule: PointsRule, grade: EvidenceGrade, served: timedelta, length: timedelta) -> int:
    """The points for so much of a shift of that length, known so well: points_for(), or 0 where the rule does not pay."""
    return points_for(rule, served) if pays(rule, grade, served, length) else 0


def pays(rule: PointsRule, grade: EvidenceGrade, served: timedelta, length: timedelta) -> bool:
    """Whether the rule pays at all for so much of a shift of that length, known so well. Exactly the least share is enough."""
    return reaches(grade, rule.lowest_grade) and WHOLE * served >= rule.least_share * length

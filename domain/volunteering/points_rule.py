"""What an attendance earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.earning.award import HOUR, WHOLE, Cut, CutBy, Line, withheld_by
from domain.earning.evidence_grade import EvidenceGrade
from domain.ranges import check_range
from ledger.posting import MAX_POINTS

SECOND = timedelta(seconds=1)


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
    return min(rule.cap, points_before_cap(rule, served))


def points_before_cap(rule: PointsRule, served: timedelta) -> int:
    """What it would give without its cap; no more than a wallet could hold."""
    return min(MAX_POINTS, rule.per_attendance + rule.per_hour * (served // HOUR))


def line_of(rule: PointsRule, grade: EvidenceGrade, served: timedelta, lasted: timedelta) -> Line | None:
    """What the activity itself gives for so much of a shift that lasted so long; None where there is nothing to give."""
    would = points_before_cap(rule, served)
    if not would:
        return None
    withheld = withheld_by(rule.lowest_grade, rule.least_share, grade, served, lasted)
    points = 0 if withheld else points_for(rule, served)
    capped = Cut(CutBy.ATTENDANCE_CAP, rule.cap) if points < would else None
    return Line(None, served // HOUR, would, points, withheld or capped)

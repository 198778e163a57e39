"""What an attendance earns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ranges import check_range
from ledger.posting import MAX_POINTS

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRule:
    """Points of one programme for one attendance; see points_for()."""

    programme: str = "xuexi"
    per_attendance: int = 0
    per_hour: int = 0
    cap: int


def check_points_rule(rule: PointsRule) -> None:
    """Raises InvalidInput at the figure that is not 0 to 2^53-1. Whether the programme exists, only the database knows."""
    check_range(rule.per_attendance, 0, MAX_POINTS, "pointsRule", "perAttendance")
    check_range(rule.per_hour, 0, MAX_POINTS, "pointsRule", "perHour")
    check_range(rule.cap, 0, MAX_POINTS, "pointsRule", "cap")


def time_served(came: datetime, left: datetime, starts: datetime, ends: datetime) -> timedelta:
    """How much of the shift somebody was there: max(0, min(left, ends) - max(came, starts))."""
    return max(timedelta(0), min(left, ends) - max(came, starts))


def points_for(rule: PointsRule, served: timedelta) -> int:
    """min(cap, per_attendance + per_hour * whole hours served): 59 minutes are no hour, 119 are one."""
    return min(rule.cap, rule.per_attendance + rule.per_hour * (served // HOUR))

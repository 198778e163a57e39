"""What an attendance earns: the same plain functions decide when it is paid, previewed, and tried on past data.

Lines are decided in one order: what the activity itself gives, then the rules in force on the day, by their codes. Each is cut
by its own caps and by what the CAP rules leave; the tightest is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.earning.evidence_grade import EvidenceGrade, reaches
from domain.earning.rule import CapPeriod, EarningRule, RuleBook, RuleKind
from domain.earning.slots import Slot, first_of_day, slot_of, slots_of_points

HOUR = timedelta(hours=1)
WHOLE = 100  # per cent


class CutBy(StrEnum):
    """What kept a line from giving all it would have given."""

    ATTENDANCE_CAP = "ATTENDANCE_CAP"
    ACTIVITY_CAP = "ACTIVITY_CAP"
    DAY_CAP = "DAY_CAP"
    WEEK_CAP = "WEEK_CAP"
    TOTAL_CAP = "TOTAL_CAP"
    GRADE = "GRADE"
    SHARE = "SHARE"


CAPS = {
    CapPeriod.ACTIVITY: CutBy.ACTIVITY_CAP,
    CapPeriod.DAY: CutBy.DAY_CAP,
    CapPeriod.WEEK: CutBy.WEEK_CAP,
    CapPeriod.TOTAL: CutBy.TOTAL_CAP,
}


# Not a matter of counting: these give nothing, whatever was given before.
WITHHELD = (CutBy.GRADE, CutBy.SHARE)


@dataclass(frozen=True, slots=True)
class Cut:
    """What cut a line: a limit (points, or per cent of the shift), and the rule whose cap it is."""

    by: CutBy
    limit: int | None = None
    rule: EarningRule | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule gives; `rule` None is the activity itself. `basis` is the hours, units or score that it counted."""

    rule: EarningRule | None
    basis: int
    would_have_given: int
    points: int
    cut: Cut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """All that decides. `own` is what the activity itself gives."""

    activity_id: int
    activity_kind: str
    day: date
    served: timedelta
    lasted: timedelta
    grade: EvidenceGrade
    units: int | None = None
    score: int | None = None
    own: Line | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What is added to a counter, and the cap it must keep; None where none is in force."""

    added: int
    cap: int | None


@dataclass(frozen=True, slots=True)
class Award:
    """The lines of an attendance, and what they change in its resident's counters."""

    lines: tuple[Line, ...] = ()
    counted: Mapping[Slot, Counted] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)


def award(attended: Attended, book: RuleBook, used: Mapping[Slot, int]) -> Award:
    """What the attendance earns by the rules of its day. `used` is what its resident's counters hold before it."""
    rules = book.in_force(attended.day)
    if not book.versions:
        return Award((attended.own,) if attended.own else ())
    bounds = [rule for rule in rules if rule.kind is RuleKind.CAP]
    lines: list[Line] = []
    now = dict(used)
    if attended.own:
        lines.append(cut_by_caps(attended.own, bounds, attended, now))
        count(lines[-1], book, attended, now)
    for rule in rules:
        line = line_of(rule, attended, now)
        if line:
            lines.append(cut_by_caps(line, [rule, *bounds], attended, now))
            count(lines[-1], book, attended, now)
    added = {slot: after - used.get(slot, 0) for slot, after in now.items() if after != used.get(slot, 0)}
    limits = {slot: limit for rule in rules for slot, limit in limits_of(rule, attended)}
    return Award(tuple(lines), {slot: Counted(more, limits.get(slot)) for slot, more in added.items()})


def limits_of(rule: EarningRule, attended: Attended) -> Iterator[tuple[Slot, int]]:
    """What a rule's counters may not go beyond."""
    for period, limit in rule.caps.items():
        yield slot_of(rule.code, period, attended.activity_id, attended.day), limit
    yield first_of_day(rule.code, attended.day), 1


def line_of(rule: EarningRule, attended: Attended, used: Mapping[Slot, int]) -> Line | None:
    """What a rule gives before any cap; None where it has nothing to give."""
    if not rule.is_about(attended.activity_kind):
        return None
    basis, would = counted_by(rule, attended)
    if not would or (rule.kind is RuleKind.FIRST_OF_DAY and used.get(first_of_day(rule.code, attended.day))):
        return None
    withheld = withheld_by(rule.lowest_grade, rule.least_share, attended.grade, attended.served, attended.lasted)
    return Line(rule, basis, would, 0 if withheld else would, withheld)


def counted_by(rule: EarningRule, attended: Attended) -> tuple[int, int]:
    """What a rule counts of an attendance, and the points for it."""
    match rule.kind:
        case RuleKind.PER_HOUR:
            hours = attended.served // HOUR
            return hours, rule.points * hours
        case RuleKind.PER_UNIT:
            return attended.units or 0, rule.points * (attended.units or 0)
        case RuleKind.SCORE_BAND:
            return attended.score or 0, band_points(rule, attended.score)
        case RuleKind.PER_ATTENDANCE | RuleKind.FIRST_OF_DAY:
            return 1, rule.points
        case RuleKind.CAP:
            return 0, 0


def band_points(rule: EarningRule, score: int | None) -> int:
    """The points of the highest band that the score reaches."""
    reached = [] if score is None else [band for band in rule.bands if band.from_score <= score]
    return max(reached, key=lambda band: band.from_score).points if reached else 0


def withheld_by(
    lowest: EvidenceGrade, least_share: int, grade: EvidenceGrade, served: timedelta, lasted: timedelta
) -> Cut | None:
    """Why nothing is given although there is something to count. Exactly the least share is enough."""
    if not reaches(grade, lowest):
        return Cut(CutBy.GRADE)
    if WHOLE * served < least_share * lasted:
        return Cut(CutBy.SHARE, least_share)
    return None


def cut_by_caps(line: Line, capping: Sequence[EarningRule], attended: Attended, used: Mapping[Slot, int]) -> Line:
    """The line with no more than every cap leaves; the first of the tightest is named."""
    for rule in capping:
        for period, limit in rule.caps.items():
            left = max(0, limit - used.get(slot_of(rule.code, period, attended.activity_id, attended.day), 0))
            if left < line.points:
                line = replace(line, points=left, cut=Cut(CAPS[period], limit, rule))
    return line


def count(line: Line, book: RuleBook, attended: Attended, used: dict[Slot, int]) -> None:
    """The line is counted wherever a cap of its rule, or of all rules, counts it."""
    code = line.rule.code if line.rule else None
    if line.points:
        for slot in slots_of_points(code, book, attended.activity_id, attended.day):
            used[slot] = used.get(slot, 0) + line.points
    if line.rule and line.rule.kind is RuleKind.FIRST_OF_DAY and not (line.cut and line.cut.by in WITHHELD):
        used[first_of_day(line.rule.code, attended.day)] = 1

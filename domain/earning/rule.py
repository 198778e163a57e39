"""Earning rules: what a programme gives for an attendance, from one of its days to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from domain.earning.evidence_grade import EvidenceGrade


class RuleKind(StrEnum):
    """What a rule gives its points for. A CAP gives nothing: it bounds what all rules of its programme give together."""

    PER_ATTENDANCE = "PER_ATTENDANCE"
    PER_HOUR = "PER_HOUR"
    FIRST_OF_DAY = "FIRST_OF_DAY"
    PER_UNIT = "PER_UNIT"
    SCORE_BAND = "SCORE_BAND"
    CAP = "CAP"


class CapPeriod(StrEnum):
    """What a cap counts over. Days and ISO weeks are the programme's own."""

    ACTIVITY = "ACTIVITY"
    DAY = "DAY"
    WEEK = "WEEK"
    TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Band:
    """So many points from a score on, until the next band begins."""

    from_score: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningRule:
    """One version of a rule. `valid_until` None is without end; one before `valid_from` was replaced before it began."""

    id: int
    code: str
    version: int
    name: str
    kind: RuleKind
    points: int = 0
    bands: tuple[Band, ...] = ()
    valid_from: date
    valid_until: date | None = None
    caps: Mapping[CapPeriod, int] = field(default_factory=dict)
    lowest_grade: EvidenceGrade = EvidenceGrade.ENTERED_AFTERWARDS
    least_share: int = 0
    activity_kinds: tuple[str, ...] = ()

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def is_about(self, activity_kind: str) -> bool:
        """Whether it looks at activities of the kind; one that names none looks at all."""
        return not self.activity_kinds or activity_kind in self.activity_kinds


@dataclass(frozen=True)
class RuleBook:
    """All versions of all rules of a programme."""

    programme_id: int
    versions: Sequence[EarningRule] = ()
    days: dict[date, Sequence[EarningRule]] = field(default_factory=dict, compare=False, repr=False)

    def in_force(self, day: date) -> Sequence[EarningRule]:
        """The rules of a day, by their codes: at most one version of each. Found once for each day."""
        found = self.days.get(day)
        if found is None:
            found = sorted((rule for rule in self.versions if rule.is_in_force(day)), key=lambda rule: rule.code)
            self.days[day] = found
        return found

    @cached_property
    def counted(self) -> Mapping[str, frozenset[CapPeriod]]:
        """What is counted for each code: whatever one of its versions caps, so that a cap carries over to the next version."""
        found: dict[str, frozenset[CapPeriod]] = {}
        for rule in self.versions:
            found[rule.code] = found.get(rule.code, frozenset()) | frozenset(rule.caps)
        return found

    @cached_property
    def cap_codes(self) -> tuple[str, ...]:
        """The codes of the rules that bound all others, those that have ended too: a version may follow."""
        return tuple(sorted({rule.code for rule in self.versions if rule.kind is RuleKind.CAP}))

    def with_version(self, new: EarningRule) -> RuleBook:
        """The book as it is once one more version is published: from its first day on it alone counts of its code."""
        last = new.valid_from - timedelta(days=1)
        kept = [
            replace(rule, valid_until=last)
            if rule.code == new.code and (rule.valid_until is None or rule.valid_until > last)
            else rule
            for rule in self.versions
        ]
        return RuleBook(self.programme_id, [*kept, new])

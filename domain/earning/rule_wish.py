"""What an administrator wants a rule to be, and whether it can be that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.rule import Band, CapPeriod, EarningRule, RuleBook, RuleKind
from domain.ranges import check_length, check_range
from domain.refusals import InvalidInput
from domain.text import clean_name

CODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)
MOST_POINTS = 1_000_000  # for one attendance, hour or unit
LARGEST_CAP = 1_000_000_000
HIGHEST_SCORE = 10_000
MAX_BANDS = 20
USUAL_SHARE = 60  # per cent of the shift
CAP_FIELDS = {
    CapPeriod.ACTIVITY: "capPerActivity",
    CapPeriod.DAY: "capPerDay",
    CapPeriod.WEEK: "capPerWeek",
    CapPeriod.TOTAL: "capTotal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWish:
    """A version of a rule to be; see EarningRule. `least_share` None is the usual 60 %."""

    programme: str
    code: str
    name: str
    kind: RuleKind
    points: int = 0
    bands: tuple[Band, ...] = ()
    valid_from: date
    valid_until: date | None = None
    caps: Mapping[CapPeriod, int] = field(default_factory=dict)
    lowest_grade: EvidenceGrade = EvidenceGrade.ENTERED_AFTERWARDS
    least_share: int | None = None
    activity_kinds: tuple[str, ...] = ()

    def as_version(self, rule_id: int, version: int) -> EarningRule:
        """The rule that it becomes."""
        usual = 0 if self.kind is RuleKind.CAP else USUAL_SHARE
        return EarningRule(
            id=rule_id,
            code=self.code,
            version=version,
            name=self.name,
            kind=self.kind,
            points=self.points,
            bands=self.bands,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            caps=self.caps,
            lowest_grade=self.lowest_grade,
            least_share=usual if self.least_share is None else self.least_share,
            activity_kinds=self.activity_kinds,
        )


def checked(wish: RuleWish) -> RuleWish:
    """The wish with its name cleaned and its bands in order. Raises InvalidInput at the first field that breaks a rule."""
    if not CODE.fullmatch(wish.code):
        raise InvalidInput(reason="rule_code_malformed", path=("rule", "code"))
    name = clean_name(wish.name, "rule", "name")
    if wish.kind is RuleKind.CAP:
        check_gives_nothing(wish)
    else:
        check_gives(wish)
    if wish.valid_until is not None and wish.valid_until < wish.valid_from:
        raise InvalidInput(
            reason="rule_ends_before_start",
            path=("rule", "validUntil"),
        )
    for period, cap in wish.caps.items():
        check_range(cap, 1, LARGEST_CAP, "rule", CAP_FIELDS[period])
    if wish.least_share is not None:
        check_range(wish.least_share, 0, 100, "rule", "leastSharePercent")
    bands = tuple(sorted(wish.bands, key=lambda band: band.from_score))
    return replace(wish, name=name, bands=bands, activity_kinds=tuple(dict.fromkeys(wish.activity_kinds)))


def check_gives_nothing(wish: RuleWish) -> None:
    """A CAP has caps and nothing else. Raises InvalidInput."""
    given = {
        "points": wish.points,
        "bands": wish.bands,
        "lowestGrade": wish.lowest_grade is not EvidenceGrade.ENTERED_AFTERWARDS,
        "leastSharePercent": wish.least_share is not None,
        "activityKinds": wish.activity_kinds,
    }
    for field_name, value in given.items():
        if value:
            raise InvalidInput(reason="cap_gives_nothing", path=("rule", field_name))
    if not wish.caps:
        raise InvalidInput(
            reason="cap_without_caps",
            path=("rule", "capPerDay"),
        )


def check_gives(wish: RuleWish) -> None:
    """A rule gives points, by bands where it looks at scores. Raises InvalidInput."""
    if wish.kind is not RuleKind.SCORE_BAND:
        if wish.bands:
            raise InvalidInput(
                reason="bands_are_for_scores",
                path=("rule", "bands"),
            )
        check_range(wish.points, 1, MOST_POINTS, "rule", "points")
        return
    if wish.points:
        raise InvalidInput(
            reason="scores_have_bands",
            path=("rule", "points"),
        )
    check_length(wish.bands, 1, MAX_BANDS, "rule", "bands")
    for index, band in enumerate(wish.bands):
        check_range(band.from_score, 0, HIGHEST_SCORE, "rule", "bands", str(index), "fromScore")
        check_range(band.points, 0, MOST_POINTS, "rule", "bands", str(index), "points")
        if band.from_score in {other.from_score for other in wish.bands[:index]}:
            raise InvalidInput(reason="band_named_twice", path=("rule", "bands", str(index), "fromScore"))


def check_kind(rule: RuleWish, book: RuleBook) -> None:
    """A code keeps its kind for good, that of rules that have ended too. Raises InvalidInput."""
    if any(version.code == rule.code and version.kind is not rule.kind for version in book.versions):
        raise InvalidInput(reason="rule_kind_differs", path=("rule", "kind"))

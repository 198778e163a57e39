"""Earning rules for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.publish_earning_rule import PublishEarningRuleWish, publish_earning_rule
from domain.earning.rule import Band, CapPeriod, RuleKind
from domain.earning.rule_wish import RuleWish
from domain.local_days import local_day
from domain.people.caller import Caller
from tests.builders.keys import a_key
from tests.builders.people import PROGRAMME, SHANGHAI, an_administrator
from tests.clock import NOW

TODAY = local_day(NOW, SHANGHAI)


def a_rule_wish(
    code: str = "hourly",
    kind: RuleKind = RuleKind.PER_HOUR,
    points: int | None = None,
    *,
    name: str = "每小时一分",
    programme: str = PROGRAMME,
    valid_from: date = TODAY,
    valid_until: date | None = None,
    caps: Mapping[CapPeriod, int] | None = None,
    bands: tuple[Band, ...] = (),
    lowest_grade: EvidenceGrade = EvidenceGrade.ENTERED_AFTERWARDS,
    least_share: int | None = None,
    activity_kinds: tuple[str, ...] = (),
) -> RuleWish:
    """By default a point an hour from today on, for whoever was there for 60 % of the shift."""
    usual = 0 if kind in (RuleKind.CAP, RuleKind.SCORE_BAND) else 1
    return RuleWish(
        programme=programme,
        code=code,
        name=name,
        kind=kind,
        points=usual if points is None else points,
        bands=bands,
        valid_from=valid_from,
        valid_until=valid_until,
        caps=caps or {},
        lowest_grade=lowest_grade,
        least_share=least_share,
        activity_kinds=activity_kinds,
    )


async def a_rule(wish: RuleWish, administrator: Caller | None = None, now: datetime = NOW) -> int:
    """The rule is published; its id."""
    asked = PublishEarningRuleWish(rule=wish, idempotency_key=a_key())
    return await publish_earning_rule(administrator or await an_administrator(), asked, now)


def a_cap(code: str = "most", **given: int) -> RuleWish:
    """Bounds all rules of the programme: `a_cap(day=10)`."""
    return a_rule_wish(
        code, RuleKind.CAP, name="总上限", caps={CapPeriod[name.upper()]: cap for name, cap in given.items()}
    )

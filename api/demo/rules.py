"""Example rules of both programmes, as Chinese schemes have them (示例): an hour a point, and a daily cap that was lowered."""

from __future__ import annotations

from datetime import datetime

from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.publish_earning_rule import PublishEarningRuleWish, publish_earning_rule
from domain.earning.rule import CapPeriod, RuleKind
from domain.earning.rule_wish import RuleWish
from domain.local_days import local_day
from domain.people.caller import Caller
from storage import fetch


async def publish_rules(administrator: Caller, announced_at: datetime, now: datetime) -> None:
    """The rules hold from the day of announcing on; the lower cap from the day of filling on."""
    zones = dict(map(tuple, await fetch("SELECT code, zone FROM programmes")))
    # A point an hour, two at most for one activity, to whoever was scanned and was there for 60 % of the time.
    hourly = RuleWish(
        programme="volunteer",
        code="hourly",
        name="每小时一分（示例）",
        kind=RuleKind.PER_HOUR,
        points=1,
        valid_from=local_day(announced_at, zones["volunteer"]),
        caps={CapPeriod.ACTIVITY: 2},
        lowest_grade=EvidenceGrade.SCANNED_ONCE,
        least_share=60,
    )
    await publish(administrator, hourly, announced_at)
    # Xuexi's own cap was 66 points a day from January 2019, and 52 from 28 March 2019: rules are dated.
    for cap, at in ((66, announced_at), (52, now)):
        most = RuleWish(
            programme="xuexi",
            code="daily-cap",
            name=f"每日上限 {cap} 分（示例）",
            kind=RuleKind.CAP,
            valid_from=local_day(at, zones["xuexi"]),
            caps={CapPeriod.DAY: cap},
        )
        await publish(administrator, most, at)


async def publish(administrator: Caller, rule: RuleWish, at: datetime) -> None:
    key = f"demo-rule-{rule.code}-{rule.valid_from}"
    await publish_earning_rule(administrator, PublishEarningRuleWish(rule=rule, idempotency_key=key), at)

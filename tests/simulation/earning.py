"""Dated rules, as administrators may want to publish and end them; and what they give for an attendance."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.earning.end_earning_rule import EndEarningRuleWish, end_earning_rule
from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.publish_earning_rule import PublishEarningRuleWish, publish_earning_rule
from domain.earning.rule import CapPeriod, RuleKind
from domain.earning.rule_wish import RuleWish
from tests.simulation.model import DONE, Model, Refused
from tests.simulation.things import Attendance, Line, Rule
from tests.simulation.town import SHANGHAI, Town

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Publish:
    """The administrator publishes a rule, or the next version of one."""

    key: str
    programme: str
    code: str
    kind: RuleKind
    points: int
    caps: tuple[tuple[CapPeriod, int], ...]
    share: int
    trusts_memory: bool
    begins: date
    ends: date | None

    @property
    def intent(self) -> Hashable:
        return "administrator", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        is_cap = self.kind is RuleKind.CAP
        rule = RuleWish(
            programme=self.programme,
            code=self.code,
            name="示例规则",
            kind=self.kind,
            points=self.points,
            valid_from=self.begins,
            valid_until=self.ends,
            caps=dict(self.caps),
            lowest_grade=EvidenceGrade.ENTERED_AFTERWARDS if self.trusts_memory else EvidenceGrade.ORGANISER_LIST,
            least_share=None if is_cap else self.share,
        )
        wish = PublishEarningRuleWish(rule=rule, idempotency_key=self.key)
        return await publish_earning_rule(town.administrator, wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        """No day that is over changes, and what was paid stays paid."""
        former = [rule for rule in model.rules.values() if (rule.programme, rule.code) == (self.programme, self.code)]
        if self.begins < (now + SHANGHAI).date() or any(rule.kind is not self.kind for rule in former):
            raise Refused("INVALID_INPUT")
        for rule in former:
            if rule.ends is None or rule.ends >= self.begins:
                rule.ends = self.begins - DAY
        model.rules[self.key] = Rule(
            self.programme, self.code, len(former) + 1, self.kind, self.points, dict(self.caps), self.share,
            self.trusts_memory, self.begins, self.ends,
        )  # fmt: skip
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


@dataclass(frozen=True, slots=True)
class End:
    """The administrator ends a rule."""

    rule: str
    last_day: date

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> int:
        wish = EndEarningRuleWish(rule_id=town.heard[self.rule], last_day=self.last_day)
        return await end_earning_rule(town.administrator, wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        rule = model.rules[self.rule]
        if self.last_day < (now + SHANGHAI).date() - DAY or (rule.ends is not None and rule.ends < self.last_day):
            raise Refused("INVALID_INPUT")
        rule.ends = self.last_day
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.rule: answer}


def lines_of(model: Model, attendance: Attendance) -> tuple[Line, ...]:
    """What being there earns: what the activity itself gives, then the rules of the shift's day, by their codes."""
    shift = model.town.shifts[attendance.shift]
    programme, own = shift.rule.programme, shift.rule
    hours = attendance.served // HOUR
    rules = sorted((r for r in model.rules.values() if in_force(r, programme, shift.day)), key=lambda rule: rule.code)
    bounds = [rule for rule in rules if rule.kind is RuleKind.CAP]
    lines: tuple[Line, ...] = ()
    would = own.per_attendance + own.per_hour * hours
    if would:
        lines += (cut(model, attendance, lines, Line(None, would, min(own.cap, would)), bounds),)
    for rule in rules:
        would = rule.points * {RuleKind.CAP: 0, RuleKind.PER_HOUR: hours}.get(rule.kind, 1)
        if would and not (rule.kind is RuleKind.FIRST_OF_DAY and was_first(model, attendance, rule)):
            lasted = shift.ends_at - shift.starts_at
            withheld = (attendance.late and not rule.trusts_memory) or 100 * attendance.served < rule.share * lasted
            line = Line(rule, would, 0 if withheld else would, withheld)
            lines += (cut(model, attendance, lines, line, [rule, *bounds]),)
    return lines


def in_force(rule: Rule, programme: str, day: date) -> bool:
    return rule.programme == programme and rule.begins <= day and (rule.ends is None or day <= rule.ends)


def cut(model: Model, attendance: Attendance, before: tuple[Line, ...], line: Line, capping: list[Rule]) -> Line:
    """The line with no more than each cap leaves of what stands already, of the lines before it too."""
    points = line.points
    for rule in capping:
        for period, cap in rule.caps.items():
            counted = [*before, *standing(model, attendance, period)]
            used = sum(each.points for each in counted if rule.kind is RuleKind.CAP or each.code == rule.code)
            points = min(points, max(0, cap - used))
    return Line(line.rule, line.would, points, line.withheld)


def standing(model: Model, attendance: Attendance, period: CapPeriod) -> Iterator[Line]:
    """What the same person earned in the same programme and period, by all that was not taken back."""
    shifts = model.town.shifts
    here = shifts[attendance.shift]
    for other in model.attendances.values():
        there = shifts[other.shift]
        same_period = {
            CapPeriod.ACTIVITY: there is here,
            CapPeriod.DAY: there.day == here.day,
            CapPeriod.WEEK: there.day.isocalendar()[:2] == here.day.isocalendar()[:2],
            CapPeriod.TOTAL: True,
        }[period]
        if (
            other.who == attendance.who
            and not other.voided
            and there.rule.programme == here.rule.programme
            and same_period
        ):
            yield from other.lines


def was_first(model: Model, attendance: Attendance, rule: Rule) -> bool:
    """Whether the day's first was given already, be it that a cap left nothing of it."""
    return any(line.code == rule.code and not line.withheld for line in standing(model, attendance, CapPeriod.DAY))

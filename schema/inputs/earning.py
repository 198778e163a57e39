"""What clients may send about earning rules."""

from __future__ import annotations

from datetime import date

import strawberry

from domain.earning.rule import Band, CapPeriod
from domain.earning.rule_wish import RuleWish
from schema.enums import ActivityKind, EvidenceGrade, RuleKind
from schema.inputs.keys import IDEMPOTENCY_KEY
from schema.inputs.optional import LeftOutIsNull, optional
from schema.scalars import Points


@strawberry.input(description="The points of a SCORE_BAND rule from a score on, until the next band begins.")
class ScoreBandInput:
    """A band."""

    from_score: int = strawberry.field(description="The lowest score of the band, 0 to 10000.")
    points: Points = strawberry.field(description="What it gives, 0 to 1000000.")


@strawberry.input(description="A version of an earning rule.")
class EarningRuleInput(LeftOutIsNull):
    """See domain/earning/rule_wish.py for what it has to be."""

    programme: str = strawberry.field(description="The code of the programme that gives the points.")
    code: str = strawberry.field(
        description="Lower-case letters, digits and '-', 1 to 32 of them. The same code makes the next version of a rule."
    )
    name: str = strawberry.field(
        description="What people call it, 1 to 120 characters. Residents read it in explanations."
    )
    kind: RuleKind = strawberry.field(description="What it gives its points for. A code keeps its kind.")
    points: Points = strawberry.field(
        default=Points(0),
        description="For each attendance, hour or unit, 1 to 1000000; 0 for SCORE_BAND and CAP.",
    )
    bands: list[ScoreBandInput] = strawberry.field(
        default_factory=list, description="Of SCORE_BAND, and of no other kind: 1 to 20, each from another score."
    )
    valid_from: date = strawberry.field(
        description="The first day on which it holds, as the programme's zone has days. To be published, today or later."
    )
    valid_until: date | None = optional("The last day on which it holds; null: until it is ended or replaced.")
    cap_per_activity: Points | None = optional("The most it gives one resident for one activity, 1 or more.")
    cap_per_day: Points | None = optional("The most it gives one resident in a day of the programme, 1 or more.")
    cap_per_week: Points | None = optional("The most it gives one resident from Monday to Sunday, 1 or more.")
    cap_total: Points | None = optional("The most it ever gives one resident, 1 or more.")
    lowest_grade: EvidenceGrade = strawberry.field(
        default=EvidenceGrade.ENTERED_AFTERWARDS, description="It gives from this grade of evidence on. Not for CAP."
    )
    least_share_percent: int | None = optional(
        "It gives to whoever was there for at least this share of the shift, 0 to 100; null: 60. Not for CAP."
    )
    activity_kinds: list[ActivityKind] = strawberry.field(
        default_factory=list, description="The kinds of activities it looks at; empty: all. Not for CAP."
    )

    def wish(self) -> RuleWish:
        """As the acts want it."""
        caps = (self.cap_per_activity, self.cap_per_day, self.cap_per_week, self.cap_total)
        return RuleWish(
            programme=self.programme,
            code=self.code,
            name=self.name,
            kind=self.kind,
            points=self.points,
            bands=tuple(Band(band.from_score, band.points) for band in self.bands),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            caps={period: cap for period, cap in zip(CapPeriod, caps, strict=True) if cap is not None},
            lowest_grade=self.lowest_grade,
            least_share=self.least_share_percent,
            activity_kinds=tuple(kind.value for kind in self.activity_kinds),
        )


@strawberry.input(description="A rule to be published.")
class PublishEarningRuleInput:
    """See the act publish_earning_rule."""

    rule: EarningRuleInput = strawberry.field(description="The rule.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A rule that shall end.")
class EndEarningRuleInput:
    """See the act end_earning_rule."""

    rule_id: strawberry.ID = strawberry.field(description="Which version of a rule.")
    last_day: date = strawberry.field(
        description="The last day on which it gives points, yesterday or later as the programme's zone has days."
    )

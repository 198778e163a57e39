"""What would happen, without writing anything: what a list would earn, what a rule would have given."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from domain.earning.award import CutBy, Line
from domain.earning.awards import lines_data
from domain.volunteering.preview_award import PreviewAwardWish, PreviewedRow, preview_award
from domain.volunteering.preview_rule import PreviewRuleWish, RulePreview, Tried, preview_rule
from ledger.accounts import AccountKind
from schema.context import Info
from schema.errors import UserError, user_error
from schema.explaining import explain_attendance, explain_lines
from schema.ids import require_id
from schema.inputs.previews import PreviewAwardInput, PreviewRuleInput
from schema.mutations.attendance import records_of
from schema.mutations.payloads import no_errors
from schema.reads.asking import Asking
from schema.reads.references import reference
from schema.scalars import Points
from schema.types.people import Resident
from schema.types.programmes import EarningRule


@strawberry.type(description="Points that would move from one account to another.")
class Posting:
    """As the transfer would have it."""

    debit: AccountKind = strawberry.field(description="The kind of account they would leave.")
    credit: AccountKind = strawberry.field(description="The kind of account they would go to.")
    amount: Points = strawberry.field(description="How many points.")


@strawberry.type(description="What one rule would give for an attendance; see Award.")
class AwardLine:
    """A line that is not kept."""

    rule: EarningRule | None = strawberry.field(
        description="The version that would give it; null: the activity's own pointsRule."
    )
    day: date = strawberry.field(description="The programme's day on which the shift begins.")
    basis: int = strawberry.field(
        description="The hours, units or score that would be counted; 1 for an attendance as such."
    )
    would_have_given: Points = strawberry.field(description="The points without any cap.")
    cut: Points = strawberry.field(description="The points that would be cut off.")
    cut_by: CutBy | None = strawberry.field(description="What would cut them off; null where nothing does.")
    cut_by_rule: EarningRule | None = strawberry.field(description="Whose cap it is.")
    cut_limit: int | None = strawberry.field(
        description="How much that cap allows; for SHARE in per cent of the shift."
    )
    points: Points = strawberry.field(description="The points it would give.")


@strawberry.type(description="What one record would earn, or why it would not count.")
class AwardPreview:
    """A row of the answer."""

    points: Points = strawberry.field(
        default=Points(0), description="The points it would earn; 0 where it would not count."
    )
    awards: list[AwardLine] = strawberry.field(default_factory=list, description="What each rule would give.")
    explanation: str | None = strawberry.field(
        default=None,
        description="The same in words, in the language of Accept-Language; null where it would not count.",
    )
    postings: list[Posting] = strawberry.field(
        default_factory=list, description="What the ledger would take; empty where nothing would be earned."
    )
    needs_approval: bool = strawberry.field(
        default=False,
        description="It would be entered afterwards: it counts and earns only once somebody else has approved it.",
    )
    error: UserError | None = strawberry.field(default=None, description="Why the record would not count.")


@strawberry.type(description="One result for each record, in order: what logAttendance would do at this moment.")
class PreviewAwardPayload:
    """A batch that is not logged."""

    results: list[AwardPreview] = strawberry.field(
        default_factory=list, description="One for each record, in order; empty when the whole call would be refused."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="What one resident would have earned.")
class ResidentPreview:
    """Answered from a Tried."""

    resident: Resident = strawberry.field(description="Who.")
    attendances: int = strawberry.field(description="Their attendances on the days.")
    points: Points = strawberry.field(description="What they would have earned by all rules together.")
    by_rule: Points = strawberry.field(description="How many of these by the rule that is tried.")
    cut: Points = strawberry.field(description="What caps would have cut from the rule, or the rule from others.")
    paid: Points = strawberry.field(description="What they really earned.")


@strawberry.type(description="What attendances would have earned, had the rule held on the days.")
class RulePreviewResult:
    """All together, and a page of residents."""

    attendances: int = strawberry.field(description="The attendances on the days that stand.")
    resident_count: int = strawberry.field(description="How many residents they are of.")
    points: Points = strawberry.field(description="What they would have earned by all rules together.")
    by_rule: Points = strawberry.field(description="How many of these by the rule that is tried.")
    cut: Points = strawberry.field(description="What caps would have cut from the rule, or the rule from others.")
    paid: Points = strawberry.field(description="What they really earned.")
    residents: list[ResidentPreview] = strawberry.field(description="A page of residents, in the order of their ids.")
    has_next_page: bool = strawberry.field(description="Whether more residents follow.")


@strawberry.type(description="A rule that was tried, and not published.")
class PreviewRulePayload:
    """The answer to previewRule."""

    preview: RulePreviewResult | None = strawberry.field(default=None, description="What it would have given.")
    errors: list[UserError] = no_errors()


async def award_preview(
    info: Info, wanted: Annotated[PreviewAwardInput, strawberry.argument(name="input", description="What is wanted.")]
) -> PreviewAwardPayload:
    """What logAttendance would do."""
    wish = PreviewAwardWish(
        shift_id=require_id(wanted.shift_id, "Shift", "shiftId"), records=records_of(wanted.records)
    )
    rows = await preview_award(info.context.caller, wish, info.context.now)
    return PreviewAwardPayload(results=[previewed(row, info.context.asking) for row in rows])


def previewed(row: PreviewedRow, asking: Asking) -> AwardPreview:
    if row.refusal is not None:
        return AwardPreview(error=user_error(row.refusal, asking.language))
    assert row.added, "what is not refused is recorded"
    if not row.added.counts_at_once:
        waiting = explain_attendance(None, row.added.approval, asking)
        return AwardPreview(explanation=waiting, needs_approval=True)
    given = row.added.award
    points = Points(given.points)
    posting = Posting(debit=AccountKind.ISSUANCE, credit=AccountKind.WALLET, amount=points)
    return AwardPreview(
        points=points,
        awards=[award_line(line, row.day) for line in given.lines],
        explanation=explain_lines(lines_data(given), asking),
        postings=[posting] if points else [],
    )


def award_line(line: Line, day: date) -> AwardLine:
    cut_by = line.cut.rule if line.cut else None
    return AwardLine(
        rule=reference(EarningRule, line.rule.id) if line.rule else None,
        day=day,
        basis=line.basis,
        would_have_given=Points(line.would_have_given),
        cut=Points(line.would_have_given - line.points),
        cut_by=line.cut.by if line.cut else None,
        cut_by_rule=reference(EarningRule, cut_by.id) if cut_by else None,
        cut_limit=line.cut.limit if line.cut else None,
        points=Points(line.points),
    )


async def rule_preview(
    info: Info, wanted: Annotated[PreviewRuleInput, strawberry.argument(name="input", description="What is wanted.")]
) -> PreviewRulePayload:
    """What a rule would have given."""
    wish = PreviewRuleWish(
        rule=wanted.rule.wish(),
        from_day=wanted.from_,
        until_day=wanted.until,
        first=wanted.first,
        after=0 if wanted.after is None else require_id(wanted.after, "Resident", "after"),
    )
    return PreviewRulePayload(preview=rule_result(await preview_rule(info.context.caller, wish)))


def rule_result(found: RulePreview) -> RulePreviewResult:
    total = found.total
    return RulePreviewResult(
        attendances=total.attendances,
        resident_count=found.residents,
        points=Points(total.points),
        by_rule=Points(total.by_rule),
        cut=Points(total.cut),
        paid=Points(total.paid),
        residents=[resident_result(one) for one in found.page],
        has_next_page=found.has_next,
    )


def resident_result(tried: Tried) -> ResidentPreview:
    assert tried.resident_id, "a resident's figures are theirs"
    return ResidentPreview(
        resident=reference(Resident, tried.resident_id),
        attendances=tried.attendances,
        points=Points(tried.points),
        by_rule=Points(tried.by_rule),
        cut=Points(tried.cut),
        paid=Points(tried.paid),
    )

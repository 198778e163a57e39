"""Asking what an act would do, without writing anything."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from domain.earning.award import Line
from domain.earning.awards import lines_data
from domain.merging.postings import Movement
from domain.merging.preview_merge import preview_merge
from domain.redemption.eligibility import reasons_of_the_call
from domain.redemption.preview_redemption import preview_redemption
from domain.refusals import Refusal
from domain.volunteering.preview_award import PreviewAwardWish, PreviewedRow, preview_award
from domain.volunteering.preview_rule import PreviewRuleWish, RulePreview, Tried, preview_rule
from schema.context import Info
from schema.enums import AccountKind, TransferKind
from schema.errors import UserError, user_error, user_errors
from schema.explaining import explain_attendance, explain_lines
from schema.ids import decode_id, require_id
from schema.inputs.merging import PreviewMergeInput
from schema.inputs.previews import PreviewAwardInput, PreviewRedemptionInput, PreviewRuleInput
from schema.mutations.attendance import records_of
from schema.mutations.payloads import no_errors
from schema.reads.asking import Asking
from schema.reads.references import reference
from schema.scalars import Points
from schema.types.ledger import Wallet
from schema.types.merging import counts_of
from schema.types.people import Resident
from schema.types.previews import (
    AwardLine,
    AwardPreview,
    ForeseenPosting,
    MergePosting,
    MergePreview,
    RedemptionPreview,
    ResidentPreview,
    RulePreviewResult,
    foreseen,
)
from schema.types.programmes import EarningRule


@strawberry.type(description="One result for each record, in order: what logAttendance would do at this moment.")
class PreviewAwardPayload:
    """A batch that is not logged."""

    results: list[AwardPreview] = strawberry.field(
        default_factory=list, description="One for each record, in order; empty when the whole call would be refused."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="A rule that was tried, and not published.")
class PreviewRulePayload:
    """The answer to previewRule."""

    preview: RulePreviewResult | None = strawberry.field(default=None, description="What it would have given.")
    errors: list[UserError] = no_errors()


NOBODY = -1
MOST_POSTINGS = 100


async def foreseen_redemption(
    info: Info,
    wanted: Annotated[PreviewRedemptionInput, strawberry.argument(name="input", description="What may be wanted.")],
) -> RedemptionPreview:
    """What redeemTickets would answer, an id that is none of ours included."""
    caller, language = info.context.caller, info.context.language
    try:
        session_id = require_id(wanted.session_id, "OfferSession", "sessionId")
    except Refusal as refusal:
        reasons = [*reasons_of_the_call(caller.resident_id, quantity=1), refusal]
        return RedemptionPreview(reasons=user_errors(reasons, language), postings=[], balance=None, available=None)
    preview = await preview_redemption(caller, session_id, wanted.quantity, info.context.now)
    return RedemptionPreview(
        reasons=user_errors(preview.reasons, language),
        postings=foreseen(preview.postings),
        balance=None if preview.balance is None else Points(preview.balance),
        available=None if preview.available is None else Points(preview.available),
    )


async def foreseen_merge(
    info: Info,
    wanted: Annotated[PreviewMergeInput, strawberry.argument(name="input", description="What may be wanted.")],
) -> MergePreview:
    """What mergeResidents would answer; an id that is none of ours is somebody who is not there."""
    keep_id, merge_id = resident_or_nobody(wanted.keep_id), resident_or_nobody(wanted.merge_id)
    preview = await preview_merge(info.context.caller, keep_id, merge_id, info.context.now)
    return MergePreview(
        reasons=user_errors(preview.reasons, info.context.language),
        postings=[posting_of(movement) for movement in preview.movements[:MOST_POSTINGS]],
        posting_count=len(preview.movements),
        moved=None if preview.moved is None else counts_of(preview.moved),
    )


def resident_or_nobody(global_id: strawberry.ID) -> int:
    found = decode_id(global_id)
    return found.number if found and found.type_name == "Resident" else NOBODY


def posting_of(movement: Movement) -> MergePosting:
    return MergePosting(
        programme=movement.programme,
        amount=Points(movement.amount),
        debit=reference(Wallet, movement.debit_id),
        credit=reference(Wallet, movement.credit_id),
        occurred_at=movement.occurred_at,
    )


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
    posting = ForeseenPosting(
        kind=TransferKind.EARN, debit=AccountKind.ISSUANCE, credit=AccountKind.WALLET, amount=points
    )
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

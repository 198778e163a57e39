"""What clients may send to see what would happen."""

from __future__ import annotations

from datetime import date

import strawberry

from schema.inputs.earning import EarningRuleInput
from schema.inputs.optional import LeftOutIsNull, optional
from schema.inputs.volunteering import AttendanceRecordInput


@strawberry.input(description="Who came to a shift, as it would be sent to logAttendance.")
class PreviewAwardInput:
    """See the act preview_award."""

    shift_id: strawberry.ID = strawberry.field(description="Which shift.")
    records: list[AttendanceRecordInput] = strawberry.field(description="1 to 500.")


@strawberry.input(description="A rule that is tried on past attendances, and which page of residents is wanted.")
class PreviewRuleInput(LeftOutIsNull):
    """See the act preview_rule."""

    rule: EarningRuleInput = strawberry.field(
        description="The rule as it would be published. It is tried on the days below, whatever its own validFrom and validUntil."
    )
    from_: date = strawberry.field(name="from", description="The first day, as the programme's zone has days.")
    until: date = strawberry.field(description="The last day, 366 days in all at most.")
    first: int = strawberry.field(default=50, description="How many residents, 1 to 100.")
    after: strawberry.ID | None = optional("Only residents that follow this one: the id of a page's last resident.")


@strawberry.input(description="Tickets that the caller may want to redeem.")
class PreviewRedemptionInput:
    """See domain/redemption/preview_redemption.py."""

    session_id: strawberry.ID = strawberry.field(description="For which session.")
    quantity: int = strawberry.field(default=1, description="How many tickets.")

"""What clients may send about points."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from domain.text import NAME_LENGTH, TEXT_LENGTH
from schema.enums import Expiry, TransferKind
from schema.inputs.keys import IDEMPOTENCY_KEY
from schema.inputs.lists import MOST_OF_A_KIND
from schema.inputs.optional import LeftOutIsNull, optional
from schema.scalars import Points


@strawberry.input(description="Which entries of a statement are wanted. What is left out does not restrict.")
class EntryFilter(LeftOutIsNull):
    """All conditions must hold."""

    from_: datetime | None = optional("Posted at or after this instant.", name="from")
    until: datetime | None = optional("Posted before this instant.")
    kinds: list[TransferKind] | None = optional(f"Of transfers of these kinds, {MOST_OF_A_KIND} at most.")


@strawberry.input(description="A correction of one resident's points.")
class AdjustPointsInput:
    """See the act adjust_points."""

    resident_id: strawberry.ID = strawberry.field(description="Whose points.")
    programme: str = strawberry.field(default="xuexi", description="In which programme.")
    amount: Points = strawberry.field(description="Positive gives, negative takes. Not zero.")
    reason: str = strawberry.field(
        description=f"Why, for the resident and for auditors, 1 to {TEXT_LENGTH} characters. Kept for good."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A new programme: a book of its own.")
class CreateProgrammeInput(LeftOutIsNull):
    """See the act create_programme."""

    code: str = strawberry.field(
        description="Lower-case letters, digits and '-', 1 to 32 of them; unique, and never changed afterwards."
    )
    name: str = strawberry.field(description=f"What people call its points, 1 to {NAME_LENGTH} characters.")
    zone: str = strawberry.field(
        default="Asia/Shanghai", description="The IANA time zone that decides which day it is for its rules."
    )
    budget: Points | None = optional("The most points it may issue in all; null is no limit.")


@strawberry.input(description="How many points a programme may issue.")
class SetProgrammeBudgetInput(LeftOutIsNull):
    """See the act set_programme_budget."""

    programme: str = strawberry.field(description="The programme's code.")
    budget: Points | None = optional(
        "The most points it may issue in all, not below what it has issued already; null is no limit."
    )


@strawberry.input(description="Until when a programme's points can be spent.")
class SetExpiryPolicyInput(LeftOutIsNull):
    """See the act set_expiry_policy."""

    programme: str = strawberry.field(description="The programme's code.")
    expiry: Expiry = strawberry.field(description="By which rule.")
    months: int | None = optional("With MONTHS, and only then: 1 to 120.")
    not_before: date | None = optional(
        "No points expire before this day, however old they are: 30 days from today at the least, so that everybody sees it "
        "coming. Required unless points never expire."
    )


@strawberry.input(description="How much an administrator may correct alone.")
class SetAdjustmentLimitInput:
    """See the act set_adjustment_limit."""

    programme: str = strawberry.field(default="xuexi", description="The programme's code.")
    limit: Points = strawberry.field(
        description="So many points for one resident within 24 hours, 0 to 1,000,000,000; 0: every correction waits."
    )


@strawberry.input(description="An adjustment that is right.")
class ApproveAdjustmentInput:
    """See the act approve_adjustment."""

    adjustment_id: strawberry.ID = strawberry.field(description="Which adjustment.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An adjustment that is not right.")
class RejectAdjustmentInput:
    """See the act reject_adjustment."""

    adjustment_id: strawberry.ID = strawberry.field(description="Which adjustment.")
    reason: str = strawberry.field(description="Why, for whoever proposed it and for auditors. Kept for good.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A wallet to be frozen, opened or closed.")
class WalletStatusInput:
    """See the acts freeze_wallet, unfreeze_wallet and close_wallet."""

    wallet_id: strawberry.ID = strawberry.field(description="Which wallet.")
    reason: str = strawberry.field(
        description="Why, 1 to 500 characters, for its holder and for auditors. Kept for good."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A correction that was a mistake.")
class ReverseTransferInput:
    """See the act reverse_transfer."""

    transfer_id: strawberry.ID = strawberry.field(description="Which transfer, of kind ADJUST.")
    reason: str = strawberry.field(description="Why, for the resident and for auditors. Kept for good.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)

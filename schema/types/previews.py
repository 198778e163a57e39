"""What an act would do, before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import strawberry

from domain.earning.award import CutBy
from ledger.posting import NewTransfer
from schema.enums import AccountKind, TransferKind
from schema.errors import UserError
from schema.scalars import Points
from schema.types.ledger import Wallet
from schema.types.merging import MergeCounts
from schema.types.people import Resident
from schema.types.programmes import EarningRule


@strawberry.type(description="A movement of points as an act would post it.")
class ForeseenPosting:
    """Made by foreseen()."""

    kind: TransferKind = strawberry.field(description="Why points would move.")
    amount: Points = strawberry.field(description="How many points.")
    debit: AccountKind = strawberry.field(description="The kind of account they would leave.")
    credit: AccountKind = strawberry.field(description="The kind of account they would go to.")


def foreseen(transfers: Iterable[NewTransfer]) -> list[ForeseenPosting]:
    """Postings as GraphQL shows them."""
    return [
        ForeseenPosting(kind=t.kind, amount=Points(t.amount), debit=t.debit.kind, credit=t.credit.kind)
        for t in transfers
    ]


@strawberry.type(description="What redeemTickets would do now, if nobody else did anything meanwhile.")
class RedemptionPreview:
    """Nothing is written."""

    reasons: list[UserError] = strawberry.field(
        description="Every reason why it would be refused, in the order in which the mutation checks them; empty where it would "
        "not be."
    )
    postings: list[ForeseenPosting] = strawberry.field(
        description="What would be posted; empty where it would be refused, and where the tickets cost nothing."
    )
    balance: Points | None = strawberry.field(
        description="The wallet's balance afterwards; null where it would be refused."
    )
    available: Points | None = strawberry.field(
        description="What could still be spent afterwards; null where it would be refused."
    )


@strawberry.type(description="A movement of points between the two wallets as a merge would post it.")
class MergePosting:
    """Answered from a Movement."""

    programme: str = strawberry.field(description="The programme's code.")
    amount: Points = strawberry.field(description="How many points.")
    debit: Wallet = strawberry.field(
        description="The wallet they would leave: the merged one, unless points are missing there."
    )
    credit: Wallet = strawberry.field(description="The wallet they would go to.")
    occurred_at: datetime = strawberry.field(
        description="When they had come in: they expire as if they had come in there at that time."
    )


@strawberry.type(description="What mergeResidents would do now, if nobody else did anything meanwhile.")
class MergePreview:
    """Nothing is written."""

    reasons: list[UserError] = strawberry.field(
        description="Every reason why it would be refused, in the order in which the mutation checks them; empty where it would "
        "not be."
    )
    postings: list[MergePosting] = strawberry.field(
        description="What would be posted, a piece for each day on which points came in, oldest first, 100 at most; empty where "
        "it would be refused."
    )
    posting_count: int = strawberry.field(description="How many pieces there are in all.")
    moved: MergeCounts | None = strawberry.field(
        description="How much would go along; null where they cannot be merged at all."
    )


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
    postings: list[ForeseenPosting] = strawberry.field(
        default_factory=list, description="What the ledger would take; empty where nothing would be earned."
    )
    needs_approval: bool = strawberry.field(
        default=False,
        description="It would be entered afterwards: it counts and earns only once somebody else has approved it.",
    )
    error: UserError | None = strawberry.field(default=None, description="Why the record would not count.")


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

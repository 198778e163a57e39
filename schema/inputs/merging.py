"""What clients may send about residents who are one person."""

from __future__ import annotations

import strawberry

from schema.inputs.keys import IDEMPOTENCY_KEY

KEEP = "Who goes on: with all points, tickets, orders, hours and rights of theirs, and both phone numbers."
MERGE = "The same person's other account, which is no longer used. They must hold no role."


@strawberry.input(description="Two residents who are one person.")
class MergeResidentsInput:
    """See the act merge_residents."""

    keep_id: strawberry.ID = strawberry.field(description=KEEP)
    merge_id: strawberry.ID = strawberry.field(description=MERGE)
    reason: str = strawberry.field(
        description="How it is known that they are one person, 1 to 500 characters, for them and for auditors. Kept for good."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Two residents who may be one person.")
class PreviewMergeInput:
    """See the act preview_merge."""

    keep_id: strawberry.ID = strawberry.field(description=KEEP)
    merge_id: strawberry.ID = strawberry.field(description=MERGE)

"""What clients may send about points."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import TransferKind
from schema.inputs.keys import IDEMPOTENCY_KEY
from schema.inputs.optional import LeftOutIsNull, optional
from schema.scalars import Points


@strawberry.input(description="Which entries of a statement are wanted. What is left out does not restrict.")
class EntryFilter(LeftOutIsNull):
    """All conditions must hold."""

    from_: datetime | None = optional("Posted at or after this instant.", name="from")
    until: datetime | None = optional("Posted before this instant.")
    kinds: list[TransferKind] | None = optional("Of transfers of these kinds.")


@strawberry.input(description="A correction of one resident's points.")
class AdjustPointsInput:
    """See the act adjust_points."""

    resident_id: strawberry.ID = strawberry.field(description="Whose points.")
    programme: str = strawberry.field(default="xuexi", description="In which programme.")
    amount: Points = strawberry.field(description="Positive gives, negative takes. Not zero.")
    reason: str = strawberry.field(description="Why, for the resident and for auditors. Kept for good.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)

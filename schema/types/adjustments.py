"""Corrections that needed two administrators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.people.rights import reads_the_book
from domain.points import models
from schema.enums import Decision
from schema.reads.declare import Node, column, row_type, to_one
from schema.reads.sources import Condition, condition
from schema.scalars import Points
from schema.types.people import Resident

if TYPE_CHECKING:
    from schema.types.ledger import Transfer


def adjustments_where(decision: Decision | None) -> Iterator[Condition]:
    if decision is not None:
        yield condition("{other}.decision = :decision", decision=decision)


@row_type(models.Adjustment, visible=reads_the_book())
class Adjustment(Node):
    """A correction that one administrator proposed and another one decided on, or has to.

    Nothing is posted before it is approved. Seen by auditors and administrators of a district.
    """

    resident: Resident = to_one("Whose points.")
    programme: str = column("The programme's code.")
    amount: Points = column("What it does to the wallet: positive gives, negative takes.")
    memo: str = column("Why, as the proposer wrote it; its transfer has the same.", "reason")
    reverses: Annotated[Transfer, strawberry.lazy("schema.types.ledger")] | None = to_one(
        "The transfer that it takes back; null where it is a correction of its own."
    )
    # not `status` or `state` (nor `reason` above): in Transfer.source it stands next to others that have those
    decision: Decision = column("What the second administrator said.")
    proposed_by: Resident = to_one("Who proposed it.", "proposed_by_id")
    proposed_at: datetime = column("When they did.")
    decided_by: Resident | None = to_one("The second administrator; null while it waits.", "decided_by_id")
    decided_at: datetime | None = column("When they decided.")
    reject_reason: str | None = column("Why it was rejected.")
    transfer: Annotated[Transfer, strawberry.lazy("schema.types.ledger")] | None = to_one(
        "What was posted for it; null where nothing was."
    )

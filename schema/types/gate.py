"""Admissions: what the gate wrote down."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.redemption import models
from domain.redemption.visibility import sees_admission
from schema.reads.declare import Node, column, row_type, to_one
from schema.types.people import Resident

if TYPE_CHECKING:
    from schema.types.redemption import Attraction, Ticket


@row_type(models.Admission, visible=sees_admission("{t}"))
class Admission(Node):
    """A scan that let somebody in."""

    ticket: Annotated[Ticket, strawberry.lazy("schema.types.redemption")] = to_one("The ticket that was scanned.")
    attraction: Annotated[Attraction, strawberry.lazy("schema.types.redemption")] | None = to_one(
        "What it opened. Null is the main gate."
    )
    gate: str = column("The gate's name, as its device gave it.")
    scanned_at: datetime = column("When the device scanned it, by the device's clock.")
    recorded_at: datetime = column("When it reached the server: later than scannedAt for scans made offline.")
    recorded_by: Resident = to_one("The member of staff whose device it was.", "recorded_by_id")
    conflict: bool = column("True where two gates that were offline let the same ticket in.")
    undone_at: datetime | None = column("When staff took the scan back (undoAdmission); null while it stands.")
    undo_reason: str | None = column("Why staff took it back.")

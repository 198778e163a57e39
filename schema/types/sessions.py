"""Where somebody is signed in, and who may not sign in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.people import models
from domain.people.rights import reads_the_book
from schema.ids import encode_id
from schema.reads.asking import Asking
from schema.reads.declare import column, computed, row_type, sql, to_one
from schema.types.people import Resident

STANDS = "{other}.ended_at IS NULL AND {other}.expires_at > :now"


def session_id(number: int) -> str:
    return encode_id("Session", number)


def is_this_one(number: int, asking: Asking) -> bool:
    return number == asking.session


@row_type(models.Session, visible="{t}.resident_id = :viewer")
class Session:
    """Where the person is signed in."""

    id: strawberry.ID = sql("For endSession.", "{t}.id", as_=session_id)
    device_name: str | None = column("What the device called itself when they signed in.")
    created_at: datetime = column("When they signed in.")
    refreshed_at: datetime | None = column("When the device last asked for new tokens; null where it never did.")
    expires_at: datetime = column("When it ends by itself, unless the device asks for new tokens before.")
    current: bool = computed("Whether it is the one that asks.", needs={"number": "id"}, by=is_this_one)


@row_type(models.Disablement, visible=reads_the_book())
class Disablement:
    """Somebody may not sign in, or could not for a while. For auditors and administrators of a whole district."""

    resident: Resident = to_one("Who.")
    reason: str = column("Why, as the administrator wrote it.")
    disabled_by: Resident = to_one("The administrator.", "disabled_by_id")
    disabled_at: datetime = column("Since when.")
    enabled_by: Resident | None = to_one("Who let them in again.", "enabled_by_id")
    enabled_at: datetime | None = column("Until when; null while it stands.")

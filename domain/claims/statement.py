"""What a points page showed: the figure, the day it was seen, the masked account, and perhaps a photo's SHA-256."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.claims.masked_account import clean_masked_account
from domain.ranges import check_range
from domain.refusals import InvalidInput

LARGEST_FIGURE = 1_000_000_000  # points; more is a slip of the finger
DAYS_BACK = 31
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Statement:
    """`figure` is the whole sum that the page shows, `seen_on` a day where the programme is at home."""

    figure: int
    seen_on: date
    masked_account: str
    photo_sha256: str | None = None


def checked_statement(statement: Statement, *path: str) -> Statement:
    """The statement in the form in which it is kept. Raises InvalidInput: the figure, the account, the photo."""
    check_range(statement.figure, 1, LARGEST_FIGURE, *path, "figure")
    account = clean_masked_account(statement.masked_account, *path, "maskedAccount")
    photo = None if statement.photo_sha256 is None else statement.photo_sha256.strip().lower()
    if photo is not None and not SHA256.fullmatch(photo):
        raise InvalidInput(reason="photo_not_sha256", path=(*path, "photoSha256"))
    return replace(statement, masked_account=account, photo_sha256=photo)


def check_seen_on(seen_on: date, now: datetime, zone: ZoneInfo, *path: str) -> None:
    """Raises InvalidInput unless it is one of the last 31 days of the zone, or its today."""
    today = now.astimezone(zone).date()
    if seen_on > today:
        raise InvalidInput(reason="seen_in_the_future", path=(*path, "seenOn"))
    if seen_on < today - timedelta(days=DAYS_BACK):
        raise InvalidInput(reason="seen_too_long_ago", values={"days": DAYS_BACK}, path=(*path, "seenOn"))


def happened_at(seen_on: date, now: datetime, zone: ZoneInfo) -> datetime:
    """When the figure stood there, as far as one can say: now, or the end of an earlier day."""
    return min(now, datetime.combine(seen_on + timedelta(days=1), time(), zone) - timedelta(microseconds=1))


def statement_data(statement: Statement) -> list[object]:
    """What an idempotency key remembers of it, as JSON data."""
    return [statement.figure, statement.seen_on.isoformat(), statement.masked_account, statement.photo_sha256]

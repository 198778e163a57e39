"""Instants as the database keeps them: whole microseconds since 1970-01-01T00:00:00Z.

Numbers sort, compare and travel alike on both engines; SQLite compares dates as text and finds 0 of 2
where an offset differs (docs/decisions/0001).
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 of an aware datetime. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of a number of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)

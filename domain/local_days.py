"""Days as a programme's own time zone has them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.refusals import InvalidInput


@cache
def known_zones() -> frozenset[str]:
    """The names of all IANA time zones."""
    return frozenset(available_timezones())


def check_zone(zone: str, *path: str) -> None:
    """Raises InvalidInput at `path` unless it is the name of an IANA time zone."""
    if zone not in known_zones():
        raise InvalidInput(reason="unknown_zone", path=path)


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in a time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of a calendar day in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def monday_of(day: date) -> date:
    """The first day of the day's ISO week."""
    return day - timedelta(days=day.weekday())

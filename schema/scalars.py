"""The scalars of the contract: what is accepted, what is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.refusals import InvalidInput
from ledger.posting import MAX_POINTS

Points = NewType("Points", int)

DATE = r"\d{4}-\d{2}-\d{2}"
INSTANT = re.compile(rf"{DATE}[Tt]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?([Zz]|[+-]\d{{2}}:\d{{2}})", re.ASCII)
DAY = re.compile(DATE, re.ASCII)
FIRST_YEAR = 1900  # so that no offset, no sum of times and no conversion can fall off the calendar
LAST_YEAR = 9000


def parse_instant(value: object) -> datetime:
    """The aware UTC datetime of an ISO 8601 text with an offset. Raises InvalidInput, which errors.py puts into words."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise InvalidInput(reason="datetime_format")
    try:
        instant = datetime.fromisoformat(value.upper())
    except ValueError:
        raise InvalidInput(reason="datetime_format") from None
    check_year(instant.year)
    return instant.astimezone(UTC)


def check_year(year: int) -> None:
    """Raises InvalidInput."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(reason="year_out_of_range", values={"first": FIRST_YEAR, "last": LAST_YEAR})


def write_instant(instant: datetime) -> str:
    """ISO 8601 in UTC, with as many digits of the second as it has."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_day(value: object) -> date:
    """The date of an ISO 8601 text. Raises InvalidInput."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise InvalidInput(reason="date_format")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise InvalidInput(reason="date_format") from None
    check_year(day.year)
    return day


def parse_points(value: object) -> int:
    """A whole number within what JSON keeps whole. Raises InvalidInput."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not -MAX_POINTS <= value <= MAX_POINTS:
        raise InvalidInput(reason="points_range")
    return value


def scalar(name: str, description: str, **functions: Any) -> ScalarDefinition:
    definition: ScalarDefinition = strawberry.scalar(name=name, description=description, **functions)
    return definition


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: scalar(
        "DateTime",
        "An instant, ISO 8601 with an offset ('2024-01-12T09:30:00+08:00'), always answered in UTC ('2024-01-12T01:30:00Z'). "
        "Fractions of a second are kept to the microsecond. A text without an offset is refused.",
        serialize=write_instant,
        parse_value=parse_instant,
    ),
    date: scalar(
        "Date",
        "A calendar day in the programme's time zone (Asia/Shanghai unless configured), such as '2024-01-12'.",
        serialize=date.isoformat,
        parse_value=parse_day,
    ),
    Points: scalar(
        "Points",
        "A whole number of points, -(2^53-1) to 2^53-1, a JSON number.",
        serialize=int,
        parse_value=parse_points,
    ),
}

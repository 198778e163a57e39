"""Until when points can be spent, as a programme has it. Days are local days of the programme's zone."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import assert_never
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MOST_MONTHS = 120


class Expiry(StrEnum):
    """NEVER; END_OF_YEAR: on 31 December of the year they came in; MONTHS: so many months after the day they came in."""

    NEVER = "NEVER"
    END_OF_YEAR = "END_OF_YEAR"
    MONTHS = "MONTHS"


@dataclass(frozen=True)
class ExpiryPolicy:
    """A programme's rule. `months`, 1 to 120, goes with MONTHS only. No points expire before the day `not_before`."""

    kind: Expiry
    months: int | None
    zone: str
    not_before: date | None = None

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def day_of(self, instant: datetime) -> date:
        """The local day of an instant."""
        return instant.astimezone(self._zone).date()

    def start_of(self, day: date) -> datetime:
        """The instant at which a local day begins, in UTC."""
        return datetime.combine(day, time(), self._zone).astimezone(UTC)

    def last_day(self, came_in: date) -> date | None:
        """The last day on which points that came in on a day can be spent; None: for ever."""
        match self.kind:
            case Expiry.NEVER:
                return None
            case Expiry.END_OF_YEAR:
                last_day = date(came_in.year, 12, 31)
            case Expiry.MONTHS:
                assert self.months, "the policy is whole"
                last_day = months_later(came_in, self.months)
            case _:
                assert_never(self.kind)
        return max(last_day, self.not_before or last_day)

    def first_day_left(self, over: date) -> date | None:
        """The first day whose points can still be spent after the day `over`; None: those of all days can."""
        if self.not_before and over < self.not_before:
            return None
        match self.kind:
            case Expiry.NEVER:
                return None
            case Expiry.END_OF_YEAR:
                return date((over + DAY).year, 1, 1)
            case Expiry.MONTHS:
                assert self.months, "the policy is whole"
                day = months_later(over, -self.months)
                while months_later(day, self.months) <= over:  # short months: at most four days end on the same one
                    day += DAY
                return day


def months_later(day: date, months: int) -> date:
    """The same day of another month, or its last day where it is shorter: 31 January and 1 month is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

"""What the demo's parts refer to by name: its places, bodies and people, what was announced to them, and the day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.demo.people import demo_residents, phone_of
from domain.people.caller import Caller

SHANGHAI = ZoneInfo("Asia/Shanghai")
HISTORY = timedelta(days=15)  # how long before the day of filling all of it was announced


@dataclass(frozen=True, slots=True)
class Demo:
    """Ids by the names and codes that the rest refers to; `now` is when the filling began."""

    now: datetime
    areas: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)

    @property
    def announced_at(self) -> datetime:
        return self.now - HISTORY

    def at(self, day: int, clock: time) -> datetime:
        """A time of day in Shanghai, so many days after the day of filling."""
        today: date = self.now.astimezone(SHANGHAI).date()
        return datetime.combine(today + timedelta(days=day), clock, SHANGHAI)

    def caller(self, phone: str) -> Caller:
        return Caller(self.people[phone])

    def resident(self, number: int) -> Caller:
        """One of the residents; numbers beyond the last begin anew."""
        return self.caller(phone_of(1 + number % len(demo_residents())))

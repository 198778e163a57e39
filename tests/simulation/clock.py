"""The time of a simulated town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.instants import from_micros, to_micros
from tests.clock import NOW


@dataclass(slots=True)
class FalseClock:
    """It goes on when told to, and backwards when told to. Every id that is made takes a microsecond."""

    micros: int = to_micros(NOW)

    def now(self) -> datetime:
        """What the clock on the wall shows."""
        return from_micros(self.micros)

    def jump(self, by: timedelta) -> None:
        """Later, or earlier: somebody set the clock."""
        self.micros += by // timedelta(microseconds=1)

    def tick(self) -> int:
        """A microsecond later, for ids."""
        self.micros += 1
        return self.micros

"""What the running program does by itself."""

from __future__ import annotations

from api.clock import Clock
from api.periodic import Chore
from api.sealing import seal
from api.settings import Settings
from domain.redemption.expire_reservations import expire_reservations

EXPIRE_EVERY_S = 5.0
MINUTE_S = 60


def chores_of(settings: Settings, clock: Clock) -> list[Chore]:
    """Reservations expire; the book is sealed every so many minutes, where that is wanted."""
    chores = [Chore("expiring reservations", EXPIRE_EVERY_S, lambda: expire_reservations(clock()))]
    if settings.seal_minutes:
        chores.append(Chore("sealing", settings.seal_minutes * MINUTE_S, lambda: seal(clock)))
    return chores

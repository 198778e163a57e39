"""What the running program does by itself."""

from __future__ import annotations

from api.clock import Clock
from api.periodic import Chore
from api.sealing import seal
from api.settings import Settings
from domain.redemption.expire_reservations import expire_reservations
from storage.database import forget_old_pages

EXPIRE_EVERY_S = 5.0
MINUTE_S = 60
FORGET_EVERY_S = 5.0 * MINUTE_S


def chores_of(settings: Settings, clock: Clock) -> list[Chore]:
    """Reservations expire; what was erased is forgotten on the disk too; the book is sealed, where that is wanted."""
    chores = [
        Chore("expiring reservations", EXPIRE_EVERY_S, lambda: expire_reservations(clock())),
        Chore("forgetting what was erased", FORGET_EVERY_S, forget_old_pages),
    ]
    if settings.seal_minutes:
        chores.append(Chore("sealing", settings.seal_minutes * MINUTE_S, lambda: seal(clock)))
    return chores

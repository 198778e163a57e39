"""What an operator's commands do to the book: points expire, and what was posted is sealed."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime

from domain.points.expire_points import expire_points
from domain.points.seal_key import seal_key
from ledger.expiry_policy import Expiry
from ledger.seal_transfers import seal_new_transfers, seal_transfers
from tests.simulation.model import DONE, Model
from tests.simulation.things import Lot
from tests.simulation.town import PEOPLE, SHANGHAI, Town


@dataclass(frozen=True, slots=True)
class Expire:
    """Points of a programme whose last day is over go. Two runs at once may each do a part: it is asked for alone."""

    programme: str

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> list[str]:
        expired = await expire_points(self.programme, now)
        return [f"{expired.points} points of {expired.wallets}"]

    def happen(self, model: Model, now: datetime) -> tuple[str, ...]:
        due = {who: self.due(model, who, now) for who in range(PEOPLE)}
        for who, days in due.items():
            for points in days.values():
                model.move("EXPIRE", self.programme, who, -points)
        total, wallets = sum(sum(days.values()) for days in due.values()), len([days for days in due.values() if days])
        return (f"{total} points of {wallets}",)

    def due(self, model: Model, who: int, now: datetime) -> Counter[date]:
        """What goes, by its last day. First in, first out: what is left in a wallet are the newest of its lots."""
        left, due = model.available(self.programme, who), Counter[date]()
        lots = [lot for lot in model.lots.values() if (lot.programme, lot.who) == (self.programme, who)]
        for lot in sorted(lots, key=lambda lot: lot.came_in, reverse=True):
            points = min(lot.points, left)
            last_day = self.last_day(model.town, lot)
            if points > 0 and last_day and last_day < (now + SHANGHAI).date():
                due[last_day] += points
            left -= max(points, 0)
        return due

    def last_day(self, town: Town, lot: Lot) -> date | None:
        """The last day on which a lot is good; None for ever."""
        kind, months = town.expiry[self.programme]
        day = (lot.came_in + SHANGHAI).date()
        if kind is Expiry.NEVER:
            return None
        if kind is Expiry.END_OF_YEAR:
            return date(day.year, 12, 31)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

    def names(self, answer: list[str]) -> dict[str, int]:
        return {}


@dataclass(frozen=True, slots=True)
class Seal:
    """What was posted is sealed: what is new, or whatever is not sealed yet. The audit makes every seal anew."""

    whole: bool = False

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> int:
        return await (seal_transfers if self.whole else seal_new_transfers)(seal_key(), now)

    def happen(self, model: Model, now: datetime) -> str:
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {}

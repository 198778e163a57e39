"""Corrections by hand, as people may want them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from domain.points.adjust_points import AdjustPointsWish, adjust_points
from tests.simulation.model import DONE, Model
from tests.simulation.town import Town


@dataclass(frozen=True, slots=True)
class Adjust:
    """The administrator gives somebody points, or takes them."""

    key: str
    who: int
    programme: str
    amount: int

    @property
    def intent(self) -> Hashable:
        return "administrator", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wish = AdjustPointsWish(
            resident_id=town.residents[self.who],
            programme=self.programme,
            amount=self.amount,
            reason="补记",
            idempotency_key=self.key,
        )
        adjusted = await adjust_points(town.administrator, wish, now)
        assert adjusted.transfer_id, "nobody here gives or takes so much that a second administrator has to look"
        return adjusted.transfer_id

    def happen(self, model: Model, now: datetime) -> str:
        if self.amount > 0:
            model.give("ADJUST", self.key, self.programme, self.who, self.amount, now)
        else:
            model.spend("ADJUST", self.programme, self.who, -self.amount)
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}

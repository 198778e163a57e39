"""Freezing wallets, opening them again, and closing them for good, as administrators may want it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from domain.points.wallet_status import WalletStatusWish, close_wallet, freeze_wallet, unfreeze_wallet
from tests.simulation.model import DONE, Model, Refused
from tests.simulation.town import Town

ACTS = {"FROZEN": freeze_wallet, "OPEN": unfreeze_wallet, "CLOSED": close_wallet}


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The administrator makes a wallet FROZEN, OPEN again, or CLOSED."""

    key: str
    programme: str
    who: int
    status: str

    @property
    def intent(self) -> Hashable:
        return "administrator", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wallet_id = town.wallets[self.programme, self.who]
        wish = WalletStatusWish(wallet_id=wallet_id, reason="居民申请", idempotency_key=self.key)
        return await ACTS[self.status](town.administrator, wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        wallet = self.programme, self.who
        before = model.status(*wallet)
        if before in ("CLOSED", self.status):
            raise Refused("CONFLICT")
        if self.status == "CLOSED" and not model.wallets[wallet] == model.available(*wallet) == 0:
            raise Refused("CONFLICT")
        model.statuses[wallet] = self.status
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}

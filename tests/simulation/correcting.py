"""Corrections by hand, as administrators may want them, decide on them together, and take them back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.points.adjust_points import Adjusted, AdjustPointsWish, adjust_points
from domain.points.approve_adjustment import ApproveAdjustmentWish, approve_adjustment
from domain.points.reject_adjustment import RejectAdjustmentWish, reject_adjustment
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from storage import fetch
from tests.simulation.model import DONE, Model, Refused
from tests.simulation.things import Correction
from tests.simulation.town import ADJUSTMENT_LIMIT, Town

WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Adjust:
    """An administrator gives somebody points, or takes them."""

    key: str
    by: int
    who: int
    programme: str
    amount: int

    @property
    def intent(self) -> Hashable:
        return "administrator", self.by, self.key

    async def ask(self, town: Town, now: datetime) -> list[int | None]:
        wish = AdjustPointsWish(
            resident_id=town.residents[self.who],
            programme=self.programme,
            amount=self.amount,
            reason="补记",
            idempotency_key=self.key,
        )
        return answer_of(await adjust_points(town.administrators[self.by], wish, now))

    def happen(self, model: Model, now: datetime) -> str:
        correction = Correction(self.who, self.programme, self.amount, self.by)
        if abs(self.amount) + points_alone(model, correction, now) <= ADJUSTMENT_LIMIT:
            post(model, self.key, correction, self.by, now, alone=True)
        elif model.status(self.programme, self.who) == "CLOSED":
            raise Refused("ACCOUNT_NOT_OPEN")
        model.corrections[self.key] = correction
        return DONE

    def names(self, answer: list[int | None]) -> dict[str, int]:
        return names_of(self.key, answer)


@dataclass(frozen=True, slots=True)
class TakeBack:
    """An administrator undoes a correction, their own or another's."""

    key: str
    by: int
    correction: str

    @property
    def intent(self) -> Hashable:
        return "administrator", self.by, self.key

    async def ask(self, town: Town, now: datetime) -> list[int | None]:
        transfer_id = town.heard[f"transfer of {self.correction}"]
        wish = ReverseTransferWish(transfer_id=transfer_id, reason="记错人", idempotency_key=self.key)
        return answer_of(await reverse_transfer(town.administrators[self.by], wish, now))

    def happen(self, model: Model, now: datetime) -> str:
        mistake = model.corrections[self.correction]
        waiting = [other.takes_back for other in model.corrections.values() if other.status == "PENDING"]
        if mistake.taken_back:
            raise Refused("ALREADY_REVERSED")
        if mistake.takes_back or self.correction in waiting:
            raise Refused("CONFLICT")
        correction = Correction(mistake.who, mistake.programme, -mistake.amount, self.by, self.correction)
        alone = points_alone(model, correction, now)
        undone = counts_alone(model, mistake, self.by, now)
        if alone + (-abs(mistake.amount) if undone else abs(mistake.amount)) <= ADJUSTMENT_LIMIT:
            post(model, self.key, correction, self.by, now, alone=True)
        model.corrections[self.key] = correction
        return DONE

    def names(self, answer: list[int | None]) -> dict[str, int]:
        return names_of(self.key, answer)


@dataclass(frozen=True, slots=True)
class Second:
    """An administrator approves of a correction that waits, or rejects it."""

    key: str
    by: int
    correction: str
    approves: bool

    @property
    def intent(self) -> Hashable:
        return "administrator", self.by, self.key

    async def ask(self, town: Town, now: datetime) -> list[int | None]:
        adjustment_id, by = town.heard[f"proposal of {self.correction}"], town.administrators[self.by]
        if not self.approves:
            doubt = RejectAdjustmentWish(adjustment_id=adjustment_id, reason="没有依据", idempotency_key=self.key)
            return [None, await reject_adjustment(by, doubt, now)]
        wish = ApproveAdjustmentWish(adjustment_id=adjustment_id, idempotency_key=self.key)
        await approve_adjustment(by, wish, now)
        rows = await fetch("SELECT transfer_id, id FROM adjustments WHERE id = ?", adjustment_id)
        return list(rows[0])

    def happen(self, model: Model, now: datetime) -> str:
        correction = model.corrections[self.correction]
        if correction.proposed_by == self.by:
            raise Refused("SECOND_PERSON_REQUIRED")
        if correction.status != "PENDING":
            raise Refused("ALREADY_DECIDED")
        if self.approves:
            post(model, self.correction, correction, self.by, now, alone=False)
        else:
            correction.status = "REJECTED"
        return DONE

    def names(self, answer: list[int | None]) -> dict[str, int]:
        return names_of(self.correction, answer)


def answer_of(adjusted: Adjusted) -> list[int | None]:
    """The transfer that did it, or the proposal that waits."""
    return [adjusted.transfer_id, adjusted.adjustment_id]


def names_of(correction: str, answer: list[int | None]) -> dict[str, int]:
    names = (f"transfer of {correction}", f"proposal of {correction}")
    return {name: id_ for name, id_ in zip(names, answer, strict=True) if id_ is not None}


def post(model: Model, name: str, correction: Correction, by: int, now: datetime, *, alone: bool) -> None:
    """The points move. Raises Refused."""
    programme, who, amount = correction.programme, correction.who, correction.amount
    if correction.takes_back:
        model.corrections[correction.takes_back].taken_back = True
        model.take_back("REVERSAL", correction.takes_back, programme, who, -amount)
    elif model.status(programme, who) == "CLOSED":
        raise Refused("ACCOUNT_NOT_OPEN")
    elif amount > 0:
        model.give("ADJUST", name, programme, who, amount, now)
    else:
        model.spend("ADJUST", programme, who, -amount)
    correction.status, correction.posted_by, correction.posted_at, correction.alone = "POSTED", by, now, alone


def points_alone(model: Model, correction: Correction, now: datetime) -> int:
    """What the same administrator corrected in the same wallet within a day, with nobody else's consent."""
    wallet = correction.programme, correction.who
    theirs = [c for c in model.corrections.values() if (c.programme, c.who) == wallet]
    return sum(abs(c.amount) for c in theirs if counts_alone(model, c, correction.proposed_by, now))


def counts_alone(model: Model, correction: Correction, by: int, now: datetime) -> bool:
    """What was undone does not count, nor does undoing what one did oneself the same day."""
    undone = model.corrections[correction.takes_back] if correction.takes_back else None
    if not (correction.alone and is_recent(correction, by, now)) or correction.taken_back:
        return False
    return undone is None or not is_recent(undone, by, now)


def is_recent(correction: Correction, by: int, now: datetime) -> bool:
    return correction.posted_by == by and correction.posted_at is not None and correction.posted_at > now - WINDOW

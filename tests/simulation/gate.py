"""Scans, as people at the gate may want them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.scan import Scan
from domain.redemption.sync_admissions import sync_admissions
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from tests.simulation.model import DONE, MAIN_GATE, Model, Refused, order_of
from tests.simulation.things import Admission
from tests.simulation.town import Town


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device saw: an offer's ticket at a place, at a time that None leaves to the server. `scan` is its own number."""

    offer: int
    gate: str
    scan: str
    ticket: str
    place: int = MAIN_GATE
    at: datetime | None = None

    @property
    def name(self) -> str:
        """What makes it the same scan: each offer has one session."""
        return f"{self.offer} {self.gate} {self.scan}"

    def to_scan(self, town: Town) -> Scan:
        """As the device sends it."""
        attractions = town.offers[self.offer].attractions
        attraction_id = None if self.place == MAIN_GATE else attractions[self.place - 1][0]
        token = town.tickets[self.ticket].token
        return Scan(token=token, gate=self.gate, scan_id=self.scan, attraction_id=attraction_id, scanned_at=self.at)

    def recorded(self, model: Model, now: datetime) -> bool:
        """Whether this very scan was kept before. Raises Refused."""
        if (self.at or now) > now + timedelta(minutes=5):
            raise Refused("INVALID_INPUT")
        first = model.admissions.get(self.name)
        if first and (first.ticket, first.place) != (self.ticket, self.place):
            raise Refused("IDEMPOTENCY_KEY_REUSED")
        return first is not None

    def keep(self, model: Model, now: datetime) -> None:
        """The scan is kept."""
        model.admissions[self.name] = Admission(self.ticket, self.place, self.at or now, now)


@dataclass(frozen=True, slots=True)
class Admit:
    """The gate asks whether to let a ticket in."""

    seen: Seen

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> list[int]:
        admitted = await admit_ticket(town.gate_staff, self.seen.to_scan(town), now)
        return [admitted.admission_id, admitted.ticket_id]

    def happen(self, model: Model, now: datetime) -> str:
        seen, session = self.seen, model.town.offers[self.seen.offer].session
        if seen.recorded(model, now):
            return DONE
        if (seen.at or now) < now - timedelta(minutes=5):
            raise Refused("INVALID_INPUT")
        if model.orders[order_of(seen.ticket)].refunded:
            raise Refused("TICKET_REFUNDED")
        if now < session.starts_at - timedelta(hours=2):
            raise Refused("TICKET_NOT_YET_VALID")
        if now >= session.ends_at:
            raise Refused("TICKET_EXPIRED")
        allowed = model.allowed_entries(seen.offer, seen.place)
        if allowed is not None and model.entries(seen.ticket, seen.place) >= allowed:
            raise Refused("TICKET_ALREADY_ADMITTED")
        seen.keep(model, now)
        return DONE

    def names(self, answer: list[int]) -> dict[str, int]:
        return {self.seen.name: answer[0]}


@dataclass(frozen=True, slots=True)
class Sync:
    """A device that was without network sends what it saw."""

    rows: tuple[Seen, ...]

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> list[int | str]:
        scans = [seen.to_scan(town) for seen in self.rows]
        answers = await sync_admissions(town.gate_staff, scans, now)
        return [row.refusal.code if row.refusal else row.admission_id or 0 for row in answers]

    def happen(self, model: Model, now: datetime) -> tuple[str, ...]:
        return tuple(row_happens(model, seen, now) for seen in self.rows)

    def names(self, answer: list[int | str]) -> dict[str, int]:
        rows = zip(self.rows, answer, strict=True)
        return {seen.name: row for seen, row in rows if isinstance(row, int)}


def row_happens(model: Model, seen: Seen, now: datetime) -> str:
    """Whoever was scanned is inside: every scan that is none of another ticket is kept."""
    try:
        if not seen.recorded(model, now):
            seen.keep(model, now)
    except Refused as refused:
        return refused.code
    return DONE


@dataclass(frozen=True, slots=True)
class Undo:
    """A scan was a mistake."""

    scan: str

    @property
    def intent(self) -> Hashable | None:
        return None

    async def ask(self, town: Town, now: datetime) -> int:
        wish = UndoAdmissionWish(admission_id=town.heard[self.scan], reason="扫错了")
        return await undo_admission(town.gate_staff, wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        admission = model.admissions[self.scan]
        if not admission.undone:
            if admission.recorded_at < now - timedelta(minutes=15):
                raise Refused("NOT_OPEN")
            admission.undone = True
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.scan: answer}

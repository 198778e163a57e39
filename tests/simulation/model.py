"""The plain model: what must be true of the town, in dictionaries and whole numbers. It knows no database and no rule's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from tests.simulation.town import Town

MAIN_GATE = 0

#: What comes of a wish: "done", a refusal's code, or one of these for each row of a list.
Outcome = str | tuple[str, ...]
DONE = "done"


class Refused(Exception):
    """The rules do not allow it; `code` is what the caller hears."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wish(Protocol):
    """What somebody wants."""

    @property
    def intent(self) -> Hashable | None:
        """What makes it the same wish, its caller and key; None for a wish whose own data say so."""

    async def ask(self, town: Town, now: datetime) -> Any:
        """Ask the program. The answer as plain data. Raises refusals."""

    def happen(self, model: Model, now: datetime) -> Outcome:
        """What must come of it. Raises Refused."""

    def names(self, answer: Any) -> Mapping[str, int]:
        """The ids that the answer tells, by their names."""


@dataclass(slots=True)
class Order:
    """Tickets that somebody has, or gave back."""

    who: int
    offer: int
    quantity: int
    points: int
    refunded: bool = False


@dataclass(slots=True)
class Attendance:
    """Somebody was there, for so many points, of which `paid` were given. `late`: somebody else has to approve it first."""

    who: int
    shift: int
    points: int
    late: bool = False
    waits: bool = False
    paid: int = 0
    voided: bool = False


@dataclass(slots=True)
class Claim:
    """A figure that somebody's points page showed on a day; what it pays is what is new since `previous`."""

    who: int
    figure: int
    previous: int
    seen_on: date
    status: str = "PENDING"

    @property
    def increase(self) -> int:
        """The points that it pays."""
        return self.figure - self.previous


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that came in, and when: until when they are good follows from that."""

    programme: str
    who: int
    points: int
    came_in: datetime


@dataclass(slots=True)
class Admission:
    """A scan that was kept. `place` is MAIN_GATE or an attraction's number from 1."""

    ticket: str
    place: int
    scanned_at: datetime
    recorded_at: datetime
    undone: bool = False


@dataclass(slots=True)
class Model:
    """Wallets are by (programme, number of the resident), orders by their key, attendances by key and row, tickets by order
    and number, admissions by the names of their scans. `issued` counts for budgets."""

    town: Town
    wallets: Counter[tuple[str, int]] = field(default_factory=Counter)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    transfers: Counter[tuple[str, str]] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)
    lots: dict[str, Lot] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    attendances: dict[str, Attendance] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    admissions: dict[str, Admission] = field(default_factory=dict)
    done: dict[Hashable, tuple[Wish, Outcome]] = field(default_factory=dict)

    def copy(self) -> Model:
        """The same, to be changed on its own."""
        return replace(
            self,
            wallets=self.wallets.copy(),
            moved=self.moved.copy(),
            transfers=self.transfers.copy(),
            issued=self.issued.copy(),
            lots=dict(self.lots),
            orders={name: replace(order) for name, order in self.orders.items()},
            attendances={name: replace(attendance) for name, attendance in self.attendances.items()},
            admissions={scan: replace(admission) for scan, admission in self.admissions.items()},
            claims={name: replace(claim) for name, claim in self.claims.items()},
            done=dict(self.done),
        )

    def foresee(self, wish: Wish, now: datetime) -> Outcome:
        """What must come of the wish now; the model is changed accordingly."""
        try:
            if wish.intent is None:
                return wish.happen(self, now)
            if wish.intent in self.done:
                first, outcome = self.done[wish.intent]
                return outcome if first == wish else "IDEMPOTENCY_KEY_REUSED"
            outcome = wish.happen(self, now)
            self.done[wish.intent] = wish, outcome
        except Refused as refused:
            return refused.code
        return outcome

    def give(self, kind: str, name: str, programme: str, who: int, points: int, now: datetime) -> None:
        """Points come to a wallet, as a lot of their own."""
        self.move(kind, programme, who, points)
        if points:
            self.lots[name] = Lot(programme, who, points, now)

    def take_back(self, kind: str, name: str, programme: str, who: int, points: int) -> None:
        """What a lot gave goes, whatever the wallet holds; it may be below zero then."""
        self.move(kind, programme, who, -points)
        self.lots.pop(name, None)

    def spend(self, kind: str, programme: str, who: int, points: int) -> None:
        """Points go from a wallet that holds them. Raises Refused."""
        if points and self.wallets[programme, who] < points:
            raise Refused("INSUFFICIENT_POINTS")
        self.move(kind, programme, who, -points)

    def move(self, kind: str, programme: str, who: int, points: int) -> None:
        """The wallet and the sums by kind."""
        if points:
            self.wallets[programme, who] += points
            self.moved[programme, kind] += abs(points)
            self.transfers[programme, kind] += 1

    def holding(self, offer: int, who: int | None = None) -> int:
        """How many tickets of an offer are sold; to one person, or to all."""
        standing = [order for order in self.orders.values() if order.offer == offer and not order.refunded]
        return sum(order.quantity for order in standing if who in (None, order.who))

    def entries(self, ticket: str, place: int) -> int:
        """How often a ticket was let in somewhere."""
        return len([a for a in self.admissions.values() if (a.ticket, a.place, a.undone) == (ticket, place, False)])

    def allowed_entries(self, offer: int, place: int) -> int | None:
        """How often a ticket of the offer opens a place; None without limit."""
        return 1 if place == MAIN_GATE else self.town.offers[offer].attractions[place - 1][1]

    def ticket_status(self, ticket: str) -> str:
        """VALID, ADMITTED or REFUNDED."""
        if self.orders[order_of(ticket)].refunded:
            return "REFUNDED"
        admitted = any(a.ticket == ticket and not a.undone for a in self.admissions.values())
        return "ADMITTED" if admitted else "VALID"

    def conflicts(self) -> set[str]:
        """The scans that should not have happened: at each place those after the allowed number, and all of a refunded ticket."""
        clashing: set[str] = set()
        places = {(a.ticket, a.place) for a in self.admissions.values()}
        for ticket, place in places:
            order = self.orders[order_of(ticket)]
            allowed = 0 if order.refunded else self.allowed_entries(order.offer, place)
            standing = [
                (a.scanned_at, scan)
                for scan, a in self.admissions.items()
                if (a.ticket, a.place, a.undone) == (ticket, place, False)
            ]
            clashing |= {scan for _, scan in sorted(standing)[allowed:]} if allowed is not None else set()
        return clashing


def tickets_of(order_name: str, quantity: int) -> list[str]:
    """The names of an order's tickets."""
    return [f"{order_name}#{number}" for number in range(quantity)]


def order_of(ticket: str) -> str:
    """The name of a ticket's order."""
    return ticket.partition("#")[0]

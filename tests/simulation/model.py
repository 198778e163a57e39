"""The plain model: what must be true of the town, in dictionaries and whole numbers. It knows no database and no rule's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from tests.simulation.things import Admission, Attendance, Claim, Correction, Lot, Order, Reservation, Rule
from tests.simulation.town import Town

T = TypeVar("T")

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
class Model:
    """Wallets and what became of them (OPEN where nothing is said) are by (programme, number of the resident), what was
    asked for by its key, attendances by key and row, tickets by order and number, admissions by the names of their scans.
    `issued` counts for budgets."""

    town: Town
    wallets: Counter[tuple[str, int]] = field(default_factory=Counter)
    statuses: dict[tuple[str, int], str] = field(default_factory=dict)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    transfers: Counter[tuple[str, str]] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)
    lots: dict[str, Lot] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    attendances: dict[str, Attendance] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)
    admissions: dict[str, Admission] = field(default_factory=dict)
    done: dict[Hashable, tuple[Wish, Outcome]] = field(default_factory=dict)

    def copy(self) -> Model:
        """The same, to be changed on its own."""
        return replace(
            self,
            wallets=self.wallets.copy(),
            statuses=dict(self.statuses),
            moved=self.moved.copy(),
            transfers=self.transfers.copy(),
            issued=self.issued.copy(),
            lots=dict(self.lots),
            orders=copied(self.orders),
            reservations=copied(self.reservations),
            rules=copied(self.rules),
            attendances=copied(self.attendances),
            claims=copied(self.claims),
            corrections=copied(self.corrections),
            admissions=copied(self.admissions),
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
        """Points come to a wallet, as a lot of their own. Raises Refused."""
        self.come_in(kind, programme, who, points)
        if points:
            self.lots[name] = Lot(programme, who, points, now)

    def come_in(self, kind: str, programme: str, who: int, points: int) -> None:
        """Points come to a wallet that is not closed. Raises Refused."""
        if points and self.status(programme, who) == "CLOSED":
            raise Refused("ACCOUNT_NOT_OPEN")
        self.move(kind, programme, who, points)

    def take_back(self, kind: str, name: str, programme: str, who: int, points: int) -> None:
        """What a lot gave goes, whatever the wallet holds; it may be below zero then."""
        self.move(kind, programme, who, -points)
        self.lots.pop(name, None)

    def spend(self, kind: str, programme: str, who: int, points: int) -> None:
        """Points go from a wallet that has them to spare. Raises Refused."""
        if points and self.available(programme, who) < points:
            raise Refused("INSUFFICIENT_POINTS")
        self.move(kind, programme, who, -points)

    def move(self, kind: str, programme: str, who: int, points: int) -> None:
        """The wallet and the sums by kind."""
        if points:
            self.wallets[programme, who] += points
            self.moved[programme, kind] += abs(points)
            self.transfers[programme, kind] += 1

    def status(self, programme: str, who: int) -> str:
        """OPEN, FROZEN (spends nothing) or CLOSED (takes nothing in either)."""
        return self.statuses.get((programme, who), "OPEN")

    def holding(self, now: datetime | None = None) -> list[Reservation]:
        """The reservations that hold something: also those out of time that nobody marked yet, unless a time is given."""
        return [r for r in self.reservations.values() if (r.stands(now) if now else r.status == "HELD")]

    def available(self, programme: str, who: int, now: datetime | None = None) -> int:
        """What a wallet has to spare."""
        offers = self.town.offers
        held = [r.points for r in self.holding(now) if (offers[r.offer].wish.programme, r.who) == (programme, who)]
        return self.wallets[programme, who] - sum(held)

    def taken(self, offer: int, who: int | None = None, now: datetime | None = None) -> int:
        """How many tickets of an offer are sold or reserved; to one person, or to all."""
        standing = [order for order in self.orders.values() if not order.refunded] + self.holding(now)
        return sum(each.quantity for each in standing if each.offer == offer and who in (None, each.who))

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


def copied(things: Mapping[str, T]) -> dict[str, T]:
    """Each on its own."""
    return {name: replace(thing) for name, thing in things.items()}  # type: ignore[type-var] # all are dataclasses

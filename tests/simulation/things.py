"""What there is in the plain model of a town: orders, attendances, claims, rules and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.earning.rule import CapPeriod, RuleKind


@dataclass(slots=True)
class Order:
    """Tickets that somebody has, or gave back."""

    who: int
    offer: int
    quantity: int
    points: int
    refunded: bool = False


@dataclass(slots=True)
class Reservation:
    """Tickets and points set aside until a time: HELD, until it is PAID (by `order`), CANCELLED, or marked as EXPIRED."""

    who: int
    offer: int
    quantity: int
    points: int
    until: datetime
    status: str = "HELD"
    order: str | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it can still be paid."""
        return self.status == "HELD" and now < self.until


@dataclass(slots=True)
class Rule:
    """A version of an earning rule. `share`: the per cent of a shift below which it gives nothing; `trusts_memory`: it
    pays what is entered afterwards as well."""

    programme: str
    code: str
    version: int
    kind: RuleKind
    points: int
    caps: Mapping[CapPeriod, int]
    share: int
    trusts_memory: bool
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule gave for an attendance, of what it would have given; `rule` None is the activity itself."""

    rule: Rule | None
    would: int
    points: int
    withheld: bool = False

    @property
    def code(self) -> str | None:
        return self.rule.code if self.rule else None


@dataclass(slots=True)
class Attendance:
    """Somebody was there for so long, and was paid by these lines. `late`: somebody else has to approve it first."""

    who: int
    shift: int
    served: timedelta
    late: bool = False
    waits: bool = False
    lines: tuple[Line, ...] = ()
    voided: bool = False

    @property
    def paid(self) -> int:
        """Points."""
        return sum(line.points for line in self.lines)


@dataclass(slots=True)
class Claim:
    """A figure that somebody's points page showed on a day; what it pays is what is new since `previous`. `alone` is when it
    was paid without a second person, if it was.
    """

    who: int
    figure: int
    previous: int
    seen_on: date
    status: str = "PENDING"
    alone: datetime | None = None

    @property
    def increase(self) -> int:
        """The points that it pays."""
        return self.figure - self.previous


@dataclass(slots=True)
class Correction:
    """Points given (above zero) or taken by hand; `takes_back` names the correction that it undoes. It was posted by one
    alone, or waits until a second administrator decides."""

    who: int
    programme: str
    amount: int
    proposed_by: int
    takes_back: str | None = None
    status: str = "PENDING"
    posted_by: int | None = None
    posted_at: datetime | None = None
    alone: bool = False
    taken_back: bool = False


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

"""A book in whole numbers, as anybody would keep it on paper: what the ledger has to agree with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

INSUFFICIENT, REVERSED, RESOLVED = "INSUFFICIENT_POINTS", "ALREADY_REVERSED", "ALREADY_RESOLVED"
NOT_OPEN = "ACCOUNT_NOT_OPEN"


class Refused(Exception):
    """It may not be; its text is the code."""


@dataclass(slots=True)
class PlainTransfer:
    """Points that came (above zero) or went."""

    wallet: int
    points: int
    at: datetime
    taken_back: bool = False


@dataclass(slots=True)
class PlainHold:
    """Points set aside until a time."""

    wallet: int
    points: int
    until: datetime
    status: str = "HELD"


@dataclass(slots=True)
class PlainBook:
    """Wallets by their numbers; points are good until the end of their year. A method that raises Refused has changed nothing.

    `now` is what a clock in the programme's place shows.
    """

    now: datetime
    balances: list[int]
    statuses: list[str]
    transfers: list[PlainTransfer] = field(default_factory=list)
    holds: list[PlainHold] = field(default_factory=list)
    expired: Counter[tuple[int, date]] = field(default_factory=Counter)

    def held(self, wallet: int) -> int:
        return sum(hold.points for hold in self.holds if (hold.wallet, hold.status) == (wallet, "HELD"))

    def available(self, wallet: int) -> int:
        return self.balances[wallet] - self.held(wallet)

    def move(self, moves: list[tuple[int, int]]) -> None:
        """All of them in their order, or none: nobody spends what is not there, nor from a wallet that is not open."""
        for wallet in sorted({wallet for wallet, _ in moves}):
            theirs = [points for other, points in moves if other == wallet]
            left = self.available(wallet)
            if self.statuses[wallet] == "CLOSED" or (self.statuses[wallet] == "FROZEN" and min(theirs) < 0):
                raise Refused(NOT_OPEN)
            for points in theirs:
                left += points
                if points < 0 and left < 0:
                    raise Refused(INSUFFICIENT)
        for wallet, points in moves:
            self.balances[wallet] += points
            self.transfers.append(PlainTransfer(wallet, points, self.now))

    def take_back(self, at: int) -> None:
        """The other way round, once, whatever the wallet; what came may be gone already, and then it is below zero."""
        transfer = self.transfers[at]
        if transfer.taken_back:
            raise Refused(REVERSED)
        transfer.taken_back = True
        self.balances[transfer.wallet] -= transfer.points

    def refund(self, at: int) -> None:
        """What was spent comes back, unless the wallet is closed."""
        transfer = self.transfers[at]
        if not transfer.taken_back and self.statuses[transfer.wallet] == "CLOSED":
            raise Refused(NOT_OPEN)
        self.take_back(at)

    def hold(self, wallet: int, points: int, minutes: int) -> None:
        if self.statuses[wallet] != "OPEN":
            raise Refused(NOT_OPEN)
        if self.available(wallet) < points:
            raise Refused(INSUFFICIENT)
        self.holds.append(PlainHold(wallet, points, self.now + timedelta(minutes=minutes)))

    def post_hold(self, at: int, points: int) -> None:
        """Some or all of it is spent, the rest is free. From its last minute on it is too late."""
        hold = self.holds[at]
        if hold.status != "HELD" or hold.until <= self.now:
            raise Refused(RESOLVED)
        if self.statuses[hold.wallet] != "OPEN":
            raise Refused(NOT_OPEN)
        if self.balances[hold.wallet] < points:
            raise Refused(INSUFFICIENT)
        hold.status = "POSTED"
        self.balances[hold.wallet] -= points
        self.transfers.append(PlainTransfer(hold.wallet, -points, self.now))

    def void_hold(self, at: int) -> None:
        if self.holds[at].status != "HELD":
            raise Refused(RESOLVED)
        self.holds[at].status = "VOIDED"

    def expire_holds(self) -> None:
        for hold in self.holds:
            if hold.status == "HELD" and hold.until <= self.now:
                hold.status = "EXPIRED"

    def may_become(self, wallet: int, status: str) -> bool:
        """What is closed was empty, and stays closed."""
        empty = self.balances[wallet] == self.held(wallet) == 0
        return self.statuses[wallet] not in ("CLOSED", status) and (status != "CLOSED" or empty)

    def expiring(self, wallet: int) -> Counter[date]:
        """What is left of the points that came in, by their last day: what went, or is held, took the oldest."""
        standing = [t for t in self.transfers if t.wallet == wallet and not t.taken_back]
        gone = sum(-t.points for t in standing if t.points < 0) + self.held(wallet)
        gone += sum(points for (other, _), points in self.expired.items() if other == wallet)
        days = Counter[date]()
        for transfer in sorted((t for t in standing if t.points > 0), key=lambda t: t.at):
            taken = min(gone, transfer.points)
            gone -= taken
            days[date(transfer.at.year, 12, 31)] += transfer.points - taken
        return +days

    def expire(self) -> None:
        """What could last be spent on a day that is over is gone."""
        for wallet in range(len(self.balances)):
            for day, points in self.expiring(wallet).items():
                if day < self.now.date():
                    self.balances[wallet] -= points
                    self.expired[wallet, day] += points

"""A book in whole numbers, as anybody would keep it on paper: what the ledger has to agree with."""

from __future__ import annotations

from dataclasses import dataclass, field

INSUFFICIENT, REVERSED, RESOLVED = "INSUFFICIENT_POINTS", "ALREADY_REVERSED", "ALREADY_RESOLVED"


class Refused(Exception):
    """It may not be; its text is the code."""


@dataclass(slots=True)
class PlainTransfer:
    """Points that came (above zero) or went."""

    wallet: int
    points: int
    taken_back: bool = False


@dataclass(slots=True)
class PlainHold:
    """Points set aside until a minute."""

    wallet: int
    points: int
    until: int
    status: str = "HELD"


@dataclass(slots=True)
class PlainBook:
    """Wallets by their numbers. A method that raises Refused has changed nothing."""

    balances: list[int]
    minute: int = 0
    transfers: list[PlainTransfer] = field(default_factory=list)
    holds: list[PlainHold] = field(default_factory=list)

    def held(self, wallet: int) -> int:
        return sum(hold.points for hold in self.holds if (hold.wallet, hold.status) == (wallet, "HELD"))

    def available(self, wallet: int) -> int:
        return self.balances[wallet] - self.held(wallet)

    def move(self, moves: list[tuple[int, int]]) -> None:
        """All of them in their order, or none: nobody spends what is not there."""
        left = [self.available(wallet) for wallet in range(len(self.balances))]
        for wallet, points in moves:
            left[wallet] += points
            if points < 0 and left[wallet] < 0:
                raise Refused(INSUFFICIENT)
        for wallet, points in moves:
            self.balances[wallet] += points
            self.transfers.append(PlainTransfer(wallet, points))

    def take_back(self, at: int) -> None:
        """The other way round, once; what came may be gone already, and then the wallet is below zero."""
        transfer = self.transfers[at]
        if transfer.taken_back:
            raise Refused(REVERSED)
        transfer.taken_back = True
        self.balances[transfer.wallet] -= transfer.points

    def hold(self, wallet: int, points: int, minutes: int) -> None:
        if self.available(wallet) < points:
            raise Refused(INSUFFICIENT)
        self.holds.append(PlainHold(wallet, points, self.minute + minutes))

    def post_hold(self, at: int, points: int) -> None:
        """Some or all of it is spent, the rest is free. From its last minute on it is too late."""
        hold = self.holds[at]
        if hold.status != "HELD" or hold.until <= self.minute:
            raise Refused(RESOLVED)
        if self.balances[hold.wallet] < points:
            raise Refused(INSUFFICIENT)
        hold.status = "POSTED"
        self.balances[hold.wallet] -= points
        self.transfers.append(PlainTransfer(hold.wallet, -points))

    def void_hold(self, at: int) -> None:
        if self.holds[at].status != "HELD":
            raise Refused(RESOLVED)
        self.holds[at].status = "VOIDED"

    def expire_holds(self) -> None:
        for hold in self.holds:
            if hold.status == "HELD" and hold.until <= self.minute:
                hold.status = "EXPIRED"

"""What somebody in the town might want next."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.attending import Came, Decide, Log, Void
from tests.simulation.book import Seal
from tests.simulation.claiming import Attest, Judge, Verdict
from tests.simulation.gate import Admit, Seen, Sync, Undo
from tests.simulation.model import MAIN_GATE, Model, Wish, order_of
from tests.simulation.points import Adjust
from tests.simulation.redeeming import Redeem, RedeemAtGate, Refund
from tests.simulation.town import PEOPLE, PROGRAMMES, SHANGHAI, Town

GATES = ("东门", "西门")


@dataclass
class Desires:
    """Draws wishes. Whoever refers to something (an order, a ticket, a scan) was told of it before."""

    dice: random.Random
    town: Town
    made: int = 0
    orders: dict[str, int] = field(default_factory=dict)
    attendances: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)

    def next(self, model: Model, now: datetime) -> Wish:
        """A new wish."""
        self.made += 1
        kinds: list[tuple[Callable[[str, datetime], Wish], int]] = [
            (self.redeem, 8), (self.redeem_at_gate, 4), (self.log, 5), (self.adjust, 4), (self.seal, 1), (self.attest, 3),
            *([(self.refund, 4)] if self.orders else []),
            *([(self.void, 2), (self.decide, 2)] if self.attendances else []),
            *([(self.judge, 3)] if self.claims else []),
            *([(self.admit, 5), (self.sync, 3)] if self.town.tickets else []),
            *([(self.undo, 2)] if self.scans else []),
        ]  # fmt: skip
        make = self.dice.choices([kind for kind, _ in kinds], weights=[weight for _, weight in kinds])[0]
        return make(f"k{self.made}", now)

    def hear(self, wish: Wish) -> None:
        """Somebody was told that the wish came true."""
        if isinstance(wish, Redeem | RedeemAtGate):
            self.orders[wish.key] = wish.who
        elif isinstance(wish, Log):
            self.attendances += [name for name in self.town.heard if name.startswith(f"{wish.key}/")]
        elif isinstance(wish, Attest):
            self.claims.append(wish.key)
        elif isinstance(wish, Admit | Sync):
            seen = [wish.seen] if isinstance(wish, Admit) else wish.rows
            self.scans += [each.name for each in seen if each.name in self.town.heard]

    def seal(self, _: str, __: datetime) -> Wish:
        return Seal(whole=self.dice.random() < 0.3)

    def anybody(self) -> int:
        return self.dice.randrange(PEOPLE)

    def adjust(self, key: str, _: datetime) -> Wish:
        return Adjust(key, self.anybody(), self.dice.choice(PROGRAMMES), self.dice.choice([-9, -3, 9, 20, 20, 40]))

    def log(self, key: str, now: datetime) -> Wish:
        shift = self.dice.randrange(len(self.town.shifts))
        rows = tuple(self.came(shift, now) for _ in range(self.dice.randint(1, 4)))
        return Log(key, shift, rows)

    def came(self, shift: int, now: datetime) -> Came:
        """Mostly a time that is good, sometimes not."""
        starts = self.town.shifts[shift].starts_at
        came = self.dice.choice([starts, starts + timedelta(minutes=self.dice.randint(-130, 250)), min(now, starts)])
        left = self.dice.choice([None, came + timedelta(minutes=self.dice.randint(-5, 240))])
        return Came(self.anybody(), came, left, self.dice.choice([None, "忘了上传"]))

    def void(self, key: str, _: datetime) -> Wish:
        return Void(key, self.dice.choice(self.attendances))

    def decide(self, key: str, _: datetime) -> Wish:
        return Decide(key, self.dice.choice(self.attendances[-3:]), self.dice.random() < 0.7)

    def attest(self, key: str, now: datetime) -> Wish:
        """A page shows more and more; some steps are too large for one pair of eyes."""
        seen_on = (now + SHANGHAI).date() - timedelta(days=self.dice.choice([0, 0, 0, 1, 40]))
        return Attest(key, self.anybody(), self.dice.choice([3, 5, 8, 14, 15, 18, 26]), seen_on)

    def judge(self, key: str, _: datetime) -> Wish:
        return Judge(key, self.dice.choice(self.claims), self.dice.choice(list(Verdict)))

    def redeem(self, key: str, _: datetime) -> Wish:
        return Redeem(key, self.anybody(), self.dice.randrange(len(self.town.offers)), self.dice.randint(1, 3))

    def redeem_at_gate(self, key: str, now: datetime) -> Wish:
        shown_at = now - timedelta(seconds=self.dice.choice([0, 0, 0, 20, 90]))
        offer, admit = self.dice.randrange(len(self.town.offers)), self.dice.random() < 0.6
        return RedeemAtGate(key, self.anybody(), offer, self.dice.randint(1, 2), shown_at, admit)

    def refund(self, key: str, _: datetime) -> Wish:
        order, owner = self.dice.choice(list(self.orders.items()))
        return Refund(key, self.dice.choice([owner, owner, owner, self.anybody()]), order)

    def admit(self, _: str, now: datetime) -> Wish:
        return Admit(self.seen(now - timedelta(minutes=self.dice.choice([0, 0, 0, 3, 9]))))

    def sync(self, _: str, now: datetime) -> Wish:
        minutes = [self.dice.randint(-9, 90) for _ in range(self.dice.randint(1, 4))]
        return Sync(tuple(self.seen(now - timedelta(minutes=ago)) for ago in minutes))

    def seen(self, at: datetime) -> Seen:
        """A scan of a ticket that its holder has. A device's number may come twice."""
        ticket = self.dice.choice(list(self.town.tickets))
        place = self.dice.choice([MAIN_GATE, MAIN_GATE, 1, 2])
        scan = f"scan{self.dice.randint(1, 60)}"
        offer = self.town.heard[f"offer of {order_of(ticket)}"]
        return Seen(offer, self.dice.choice(GATES), scan, ticket, place, at)

    def undo(self, _: str, __: datetime) -> Wish:
        return Undo(self.dice.choice(self.scans))

"""What somebody in the town might want next."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.earning.rule import CapPeriod, RuleKind
from tests.simulation.attending import Came, Decide, Log, Void
from tests.simulation.book import Seal
from tests.simulation.claiming import Attest, Judge, Verdict
from tests.simulation.correcting import Adjust, Second, TakeBack
from tests.simulation.earning import End, Publish
from tests.simulation.gate import Admit, Seen, Sync, Undo
from tests.simulation.model import MAIN_GATE, Model, Wish, order_of
from tests.simulation.redeeming import Redeem, RedeemAtGate, Refund
from tests.simulation.reserving import BUYING, GATE, Cancel, Pay, PayAtGate, Reserve
from tests.simulation.things import Correction
from tests.simulation.town import PEOPLE, PROGRAMMES, SHANGHAI, Town
from tests.simulation.wallets import SetStatus

GATES = ("东门", "西门")
FIRST_GIFTS = 5
KINDS = {
    "attend": RuleKind.PER_ATTENDANCE, "bound": RuleKind.CAP, "first": RuleKind.FIRST_OF_DAY, "hours": RuleKind.PER_HOUR,
}  # fmt: skip


@dataclass
class Desires:
    """Draws wishes. Whoever refers to something (an order, a ticket, a scan) was told of it before."""

    dice: random.Random
    town: Town
    made: int = 0
    orders: dict[str, int] = field(default_factory=dict)
    reservations: dict[str, tuple[int, int]] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    transfers: list[str] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)
    frozen: list[tuple[str, int]] = field(default_factory=list)
    attendances: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)

    def next(self, model: Model, now: datetime) -> Wish:
        """A new wish. In the beginning somebody gives points, or there would be little to do with them."""
        self.made, self.model = self.made + 1, model
        if self.made <= FIRST_GIFTS:
            return Adjust(f"k{self.made}", 0, self.anybody(), self.dice.choice(PROGRAMMES), 20)
        kinds: list[tuple[Callable[[str, datetime], Wish], int]] = [
            (self.redeem, 6), (self.redeem_at_gate, 3), (self.reserve, 6), (self.log, 7), (self.publish, 4), (self.adjust, 5),
            (self.seal, 1), (self.attest, 6), (self.set_status, 3),
            *([(self.refund, 4)] if self.orders else []),
            *([(self.pay, 5), (self.pay_at_gate, 5), (self.cancel, 3)] if self.reservations else []),
            *([(self.end, 1)] if self.rules else []),
            *([(self.take_back, 2)] if self.transfers else []),
            *([(self.second, 4)] if self.proposals else []),
            *([(self.void, 2), (self.decide, 2)] if self.attendances else []),
            *([(self.judge, 3)] if self.claims else []),
            *([(self.admit, 5), (self.sync, 3)] if self.town.tickets else []),
            *([(self.undo, 2)] if self.scans else []),
        ]  # fmt: skip
        make = self.dice.choices([kind for kind, _ in kinds], weights=[weight for _, weight in kinds])[0]
        return make(f"k{self.made}", now)

    def hear(self, wish: Wish) -> None:
        """Somebody was told that the wish came true."""
        if isinstance(wish, BUYING):
            self.orders[wish.key] = wish.who if not isinstance(wish, Pay) else self.reservations[wish.reservation][0]
        elif isinstance(wish, Reserve):
            self.reservations[wish.key] = wish.who, wish.offer
        elif isinstance(wish, Log):
            self.attendances += [name for name in self.town.heard if name.startswith(f"{wish.key}/")]
        elif isinstance(wish, Attest):
            self.claims.append(wish.key)
        elif isinstance(wish, Publish):
            self.rules.append(wish.key)
        elif isinstance(wish, Adjust | TakeBack | Second):
            self.hear_of_correction(wish.correction if isinstance(wish, Second) else wish.key)
        elif isinstance(wish, SetStatus):
            self.frozen = [wallet for wallet in self.frozen if wallet != (wish.programme, wish.who)]
            self.frozen += [(wish.programme, wish.who)] if wish.status == "FROZEN" else []
        elif isinstance(wish, Admit | Sync):
            seen = [wish.seen] if isinstance(wish, Admit) else wish.rows
            self.scans += [each.name for each in seen if each.name in self.town.heard]

    def hear_of_correction(self, name: str) -> None:
        """It was posted, or waits."""
        if f"transfer of {name}" in self.town.heard:
            self.transfers.append(name)
        else:
            self.proposals.append(name)

    def seal(self, _: str, __: datetime) -> Wish:
        return Seal(whole=self.dice.random() < 0.3)

    def an_offer(self, now: datetime) -> int:
        """Mostly one whose session is not over."""
        offers = range(len(self.town.offers))
        coming = [number for number in offers if self.town.offers[number].session.ends_at > now]
        return self.dice.choice(coming if coming and self.dice.random() < 0.8 else offers)

    def anybody(self) -> int:
        return self.dice.randrange(PEOPLE)

    def administrator(self) -> int:
        return self.dice.randrange(len(self.town.administrators))

    def adjust(self, key: str, _: datetime) -> Wish:
        """Now and then all that somebody has to spare is taken, as before a wallet is closed."""
        wallets = [(code, who) for code in PROGRAMMES for who in range(PEOPLE)]
        full = [wallet for wallet in wallets if self.model.available(*wallet) > 0]
        if full and self.dice.random() < 0.3:
            programme, who = self.dice.choice(full)
            return Adjust(key, self.administrator(), who, programme, -self.model.available(programme, who))
        amount = self.dice.choice([-9, -3, 9, 20, 20, 60])
        return Adjust(key, self.administrator(), self.anybody(), self.dice.choice(PROGRAMMES), amount)

    def take_back(self, key: str, _: datetime) -> Wish:
        """Mostly what was not taken back yet, and rather where it hurts: on a wallet that is closed."""
        standing = [name for name in self.transfers if not self.model.corrections[name].taken_back]
        closed = [name for name in standing if self.status_of(self.model.corrections[name]) == "CLOSED"]
        return TakeBack(key, self.administrator(), self.dice.choice(closed * 9 + standing * 3 + self.transfers))

    def corrections(self) -> list[Correction]:
        """Those of which somebody was told that they were posted."""
        return [self.model.corrections[name] for name in self.transfers]

    def status_of(self, correction: Correction) -> str:
        return self.model.status(correction.programme, correction.who)

    def second(self, key: str, _: datetime) -> Wish:
        return Second(key, self.administrator(), self.dice.choice(self.proposals[-3:]), self.dice.random() < 0.7)

    def set_status(self, key: str, _: datetime) -> Wish:
        """Mostly what is frozen is opened again, and wallets are closed from which points were taken."""
        if self.frozen and self.dice.random() < 0.6:
            return SetStatus(key, *self.dice.choice(self.frozen), "OPEN")
        emptied = [c for c in self.corrections() if c.amount < 0 and self.model.wallets[c.programme, c.who] == 0]
        if emptied and self.dice.random() < 0.6:
            last = self.dice.choice(emptied)
            return SetStatus(key, last.programme, last.who, "CLOSED")
        status = self.dice.choice(["FROZEN", "FROZEN", "FROZEN", "OPEN", "CLOSED"])
        return SetStatus(key, self.dice.choice(PROGRAMMES), self.anybody(), status)

    def publish(self, key: str, now: datetime) -> Wish:
        """Rules that give little, so that caps are met often; seldom one that may not be."""
        code = self.dice.choice(list(KINDS))
        kind = self.dice.choice([*[KINDS[code]] * 9, RuleKind.PER_HOUR])
        caps = self.dice.sample(
            list(CapPeriod), self.dice.choice([1, 1, 2]) if kind is RuleKind.CAP else self.dice.choice([0, 1])
        )
        begins = (now + SHANGHAI).date() + timedelta(days=self.dice.choice([0, 0, 0, 0, 1, 2, -1]))
        return Publish(
            key=key,
            programme=self.dice.choice(PROGRAMMES),
            code=code,
            kind=kind,
            points=0 if kind is RuleKind.CAP else self.dice.choice([1, 2, 5]),
            caps=tuple((period, self.dice.choice([2, 4, 7, 12])) for period in caps),
            share=0 if kind is RuleKind.CAP else self.dice.choice([0, 60, 60]),
            trusts_memory=kind is RuleKind.CAP or self.dice.random() < 0.6,
            begins=begins,
            ends=self.dice.choice([None, None, begins + timedelta(days=self.dice.randint(0, 2))]),
        )

    def end(self, _: str, now: datetime) -> Wish:
        days = timedelta(days=self.dice.choice([-2, -1, 0, 1]))
        return End(self.dice.choice(self.rules), (now + SHANGHAI).date() + days)

    def log(self, key: str, now: datetime) -> Wish:
        shifts = range(len(self.town.shifts))
        begun = [number for number in shifts if self.town.shifts[number].starts_at < now]
        shift = self.dice.choice(begun if begun and self.dice.random() < 0.8 else shifts)
        rows = tuple(self.came(shift, now) for _ in range(self.dice.randint(1, 4)))
        return Log(key, shift, rows)

    def came(self, shift: int, now: datetime) -> Came:
        """Mostly a time that is good, sometimes not."""
        starts, ends = self.town.shifts[shift].starts_at, self.town.shifts[shift].ends_at
        came = self.dice.choice([starts, starts + timedelta(minutes=self.dice.randint(-130, 250)), min(now, starts)])
        left = self.dice.choice(
            [None, min(now, ends), min(now, ends), came + timedelta(minutes=self.dice.randint(-5, 240))]
        )
        return Came(self.anybody(), came, left, self.dice.choice([None, "忘了上传"]))

    def void(self, key: str, _: datetime) -> Wish:
        return Void(key, self.dice.choice(self.attendances))

    def decide(self, key: str, _: datetime) -> Wish:
        waiting = [name for name in self.attendances if self.model.attendances[name].waits]
        return Decide(key, self.dice.choice(waiting or self.attendances), self.dice.random() < 0.7)

    def attest(self, key: str, now: datetime) -> Wish:
        """A page shows more and more; some steps are too large for one pair of eyes, and some are when taken together."""
        seen_on = (now + SHANGHAI).date() - timedelta(days=self.dice.choice([0, 0, 0, 1, 40]))
        if self.claims and self.dice.random() < 0.5:
            last = self.model.claims[self.claims[-1]]
            return Attest(key, last.who, last.figure + self.dice.choice([1, 2, 4]), seen_on)
        return Attest(key, self.anybody(), self.dice.choice([3, 4, 5, 5, 8, 14, 15, 26]), seen_on)

    def judge(self, key: str, _: datetime) -> Wish:
        return Judge(key, self.dice.choice(self.claims), self.dice.choice(list(Verdict)))

    def redeem(self, key: str, now: datetime) -> Wish:
        return Redeem(key, self.anybody(), self.an_offer(now), self.dice.randint(1, 3))

    def redeem_at_gate(self, key: str, now: datetime) -> Wish:
        shown_at = now - timedelta(seconds=self.dice.choice([0, 0, 0, 20, 90]))
        offer, admit = self.an_offer(now), self.dice.random() < 0.6
        return RedeemAtGate(key, self.anybody(), offer, self.dice.randint(1, 2), shown_at, admit)

    def reserve(self, key: str, now: datetime) -> Wish:
        return Reserve(key, self.anybody(), self.an_offer(now), self.dice.randint(1, 3))

    def pay(self, key: str, now: datetime) -> Wish:
        reservation = self.a_reservation(now)
        owner, _offer = self.reservations[reservation]
        return Pay(key, self.dice.choice([owner, owner, owner, self.anybody()]), reservation)

    def pay_at_gate(self, key: str, now: datetime) -> Wish:
        """Mostly somebody who reserved something."""
        who, offer = self.reservations[self.a_reservation(now)]
        shown_at = now - timedelta(seconds=self.dice.choice([0, 0, 0, 20, 90]))
        who = self.dice.choice([who, who, who, self.anybody()])
        return PayAtGate(key, who, offer, shown_at, self.dice.random() < 0.6)

    def cancel(self, key: str, now: datetime) -> Wish:
        reservation = self.a_reservation(now)
        owner, _offer = self.reservations[reservation]
        return Cancel(key, self.dice.choice([owner, owner, GATE, self.anybody()]), reservation)

    def a_reservation(self, now: datetime) -> str:
        """Mostly one that stands."""
        standing = [name for name in self.reservations if self.model.reservations[name].stands(now)]
        return self.dice.choice(standing if standing and self.dice.random() < 0.8 else list(self.reservations))

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

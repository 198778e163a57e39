"""One seed, played from its town's first day to the reckoning."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.redemption.ticket_token import ticket_token
from domain.refusals import Refusal
from ledger.seal_transfers import BEFORE_ALL
from ledger.unsealed import find_unsealed
from storage import Database, close_database, fetch, open_database, read
from storage.ids import IdSource
from storage.instants import from_micros
from tests.simulation.book import Expire, Seal
from tests.simulation.clock import FalseClock
from tests.simulation.correcting import Adjust
from tests.simulation.desires import Desires
from tests.simulation.model import DONE, Model, Outcome, Wish, tickets_of
from tests.simulation.reckoning import differences, heard_tickets
from tests.simulation.redeeming import Redeem, RedeemAtGate
from tests.simulation.report import Report, StoryFailed, told, told_error
from tests.simulation.reserving import BUYING, ExpireReservations, Reserve
from tests.simulation.town import PROGRAMMES, HeardTicket, a_town
from tests.simulation.turns import Fault, NotHeard, Player, Turns, make_commits_refusable

MOMENTS = 24
LAST_ROUNDS = 3
FAULTS = {
    Fault.NONE: 40, Fault.COMMIT_FAILS: 4, Fault.ANSWER_LOST: 4, Fault.CANCELLED_BEFORE: 1, Fault.CANCELLED_DURING: 3,
    Fault.CUT_OFF: 1,
}  # fmt: skip


AFault = Callable[[], Fault]


def no_fault() -> Fault:
    """All goes well."""
    return Fault.NONE


@dataclass(eq=False)
class Intent:
    """What somebody wants until they hear of it: an answer, which never changes, or a refusal."""

    wish: Wish
    answer: Any = None
    refused: bool = False

    @property
    def heard(self) -> bool:
        return self.answer is not None or self.refused


@dataclass
class Story:
    """A story in play. `url` is the database as it is now: after a power cut it is another file."""

    seed: int
    url: str
    report: Report
    clock: FalseClock = field(default_factory=FalseClock)
    intents: list[Intent] = field(default_factory=list)

    async def play(self) -> Report:
        """Everything the seed wants has happened, and all agree on what came of it. Raises StoryFailed."""
        self.dice, self.bits = random.Random(self.seed), random.Random(f"ids of {self.seed}")
        await self.open()
        try:
            await make_commits_refusable()
            self.model = Model(await a_town(self.dice))
            self.desires = Desires(self.dice, self.model.town)
            self.turns.install()
            for _ in range(MOMENTS):
                await self.something_happens()
                await self.moment([self.who_acts() for _ in range(self.dice.choice([1, 1, 2, 3, 4]))], self.a_fault)
            await self.last_rounds()
            await self.years_later()
            self.report.check(await differences(self.model))
        except Exception as error:
            if isinstance(error, StoryFailed):
                raise
            raise StoryFailed(self.report, told_error(error)) from error
        finally:
            await self.turns.abandon()
            await close_database()
        return self.report

    async def open(self) -> None:
        self.database: Database = await open_database(self.url, IdSource(self.clock.tick, self.bits.getrandbits))
        self.turns = Turns(self.database)

    async def something_happens(self) -> None:
        """Time passes; seldom somebody sets the clock, or the program is started anew."""
        self.clock.jump(timedelta(seconds=self.dice.randint(1, 600)))
        events = {"nothing": 70, "forward": 10, "back": 6, "restart": 4, "reservations": 8, "expiry": 2}
        match self.dice.choices(list(events), weights=list(events.values()))[0]:
            case "forward":
                self.jump(timedelta(minutes=self.dice.choice([self.dice.randint(20, 300)] * 3 + [1500])))
            case "back":
                self.jump(-timedelta(minutes=self.dice.randint(1, 180)))
            case "restart":
                await self.restart()
            case "reservations":
                await self.moment([Intent(ExpireReservations())], self.a_fault)
            case "expiry":
                await self.points_expire(self.a_fault)

    async def points_expire(self, a_fault: AFault) -> None:
        """The operator's command, which nobody waits for: what it did not do, the next run does."""
        for programme in PROGRAMMES:
            await self.moment([Intent(Expire(programme))], a_fault)

    async def years_later(self) -> None:
        """Whatever can expire has, though runs fail; no hold is left; and all of the book is sealed, with two at it."""
        self.jump(timedelta(days=1))
        await self.moment([Intent(ExpireReservations()), Intent(ExpireReservations())], self.a_fault)
        await self.moment([Intent(ExpireReservations())], no_fault)
        self.report.expect(not self.model.holding(), f"nobody marked {self.model.holding()}")
        for _ in range(2):
            self.jump(timedelta(days=self.dice.randint(20, 400)))
            await self.points_expire(self.a_fault)
            await self.points_expire(no_fault)
        await self.moment([Intent(Seal()), Intent(Seal(whole=True))], self.a_fault)
        await self.moment([Intent(Seal(whole=True))], no_fault)
        unsealed = await read(lambda reader: find_unsealed(reader, BEFORE_ALL, 1))
        self.report.expect(not unsealed, f"nobody sealed {unsealed}")

    def jump(self, by: timedelta) -> None:
        self.clock.jump(by)
        self.report.tell(self.clock.now(), f"the clock is set by {by.total_seconds() / 60:+.0f} minutes")

    async def restart(self) -> None:
        """The program ends and starts again; after a power cut, on what was on the disk."""
        image: Path | None = self.turns.image
        self.report.tell(self.clock.now(), "a restart after the power went" if image else "a restart")
        await close_database()
        self.url = f"sqlite://{image}" if image else self.url
        await self.open()
        self.turns.install()

    def who_acts(self) -> Intent:
        """Somebody new, or somebody who heard nothing, or whose phone sends it once more, or who changed their mind."""
        unheard = [intent for intent in self.intents if not intent.heard]
        if unheard and self.dice.random() < 0.6:
            return self.dice.choice(unheard)
        if self.intents and self.dice.random() < 0.15:
            return self.dice.choice(self.intents)
        if self.intents and self.dice.random() < 0.05:
            return self.intend(changed(self.dice.choice(self.intents).wish))
        return self.intend(self.desires.next(self.model, self.clock.now()))

    def intend(self, wish: Wish) -> Intent:
        self.intents.append(Intent(wish))
        return self.intents[-1]

    def a_fault(self) -> Fault:
        return self.dice.choices(list(FAULTS), weights=list(FAULTS.values()))[0]

    async def moment(self, acting: list[Intent], a_fault: AFault) -> None:
        """They act at once: one transaction after the other, in the order of the dice."""
        playing: dict[Player, tuple[Intent, datetime]] = {}
        for intent in acting:
            now = self.clock.now()
            playing[self.turns.player(intent.wish.ask(self.model.town, now))] = intent, now
        while playing:
            waiting = await self.turns.all_still()
            for player in [player for player in playing if player.task.done()]:
                await self.judge(player, *playing.pop(player))
            if waiting:
                player = self.dice.choice(waiting)
                await self.turns.take_turn(player, Fault.NONE if self.turns.dark else a_fault())
                await self.see_what_expired(playing[player][1])
        if self.turns.dark:
            await self.restart()

    async def see_what_expired(self, now: datetime) -> None:
        """Reservations that are out of time are marked by whoever comes across them, a transaction each; so it is seen here
        which of them are."""
        if due := [each for each in self.model.holding() if not each.stands(now)]:
            sql = "SELECT resident_id, offer_id FROM reservations WHERE status = 'HELD'"
            held, town = {tuple(row) for row in await fetch(sql)}, self.model.town
            for each in due:
                if (town.residents[each.who], town.offers[each.offer].id) not in held:
                    each.status = "EXPIRED"

    async def judge(self, player: Player, intent: Intent, now: datetime) -> None:
        """What came of it is what had to come of it; the model goes along."""
        after = self.model.copy()
        foreseen = after.foresee(intent.wish, now)
        heard = heard_by(player)
        came = f"nothing heard   ({player.fault})" if heard is None else heard
        self.report.tell(now, f"{told(intent.wish)}  ->  {came}")
        if isinstance(heard, Exception):
            raise StoryFailed(self.report, told_error(heard)) from heard
        allowed = is_done(foreseen)
        happened = await self.has_happened(player, intent, foreseen) if heard is None else player.committed
        self.report.expect(allowed or not happened, f"it happened, though it had to be refused: {foreseen}")
        if isinstance(heard, Answer):
            self.report.expect(outline(heard.data, foreseen) == foreseen, f"the answer had to be {foreseen}")
            self.check_again(intent, heard.data)
            happened = True
        elif isinstance(heard, str):
            self.report.expect(heard == foreseen, f"the answer had to be {foreseen}")
        if happened:
            self.model = after
        await self.hear(intent, heard)

    async def has_happened(self, player: Player, intent: Intent, foreseen: Outcome) -> bool:
        """Whether what nobody heard of was committed. Of several transactions the last one is the act, and those before make
        way for it: where it broke off, and whether it went on though the caller had gone, the book tells by its keys."""
        cancelled = player.fault is Fault.CANCELLED_DURING
        if intent.wish.intent is not None and (cancelled or player.turns > 1):
            kept = await fetch("SELECT COUNT(*) FROM idempotency_keys")
            return bool(kept[0][0] > len(self.model.done))
        return player.committed or (cancelled and is_done(foreseen))

    def check_again(self, intent: Intent, data: Any) -> None:
        """Whoever was answered before is answered the same; rows without a key may only turn from refused to done."""
        if intent.wish.intent is not None:
            self.report.expect(intent.answer in (None, data), f"the first answer was {intent.answer}")
        for name, told_id in intent.wish.names(data).items():
            first = self.model.town.heard.get(name, told_id)
            self.report.expect(first == told_id, f"the first answer was {first}")

    async def hear(self, intent: Intent, heard: Answer | str | None) -> None:
        """The person learns of it, and of what it is called."""
        intent.refused = isinstance(heard, str)  # who asks once more and hears nothing does not know any more
        if not isinstance(heard, Answer):
            return
        first, intent.answer = intent.answer is None, heard.data
        self.model.town.heard.update(intent.wish.names(heard.data))
        if isinstance(intent.wish, BUYING):
            await self.hear_of_tickets(intent.wish.key, heard.data)
        if first:
            self.desires.hear(intent.wish)

    async def hear_of_tickets(self, key: str, order_id: int) -> None:
        order = self.model.orders[key]
        tickets, names = await heard_tickets(order_id), tickets_of(key, order.quantity)
        self.report.expect(len(tickets) == len(names), f"there are {len(tickets)} tickets")
        for name, (id_, serial, session_id, starts, ends) in zip(names, tickets, strict=True):
            token = ticket_token(serial, session_id, from_micros(starts), from_micros(ends))
            self.model.town.tickets[name] = HeardTicket(id_, token)
        self.model.town.heard[f"offer of {key}"] = order.offer

    async def last_rounds(self) -> None:
        """The network is good again: everybody who heard nothing asks until they are answered."""
        for _ in range(LAST_ROUNDS):
            for intent in [intent for intent in self.intents if not intent.heard]:
                await self.moment([intent], no_fault)
        unheard = [intent.wish for intent in self.intents if not intent.heard]
        self.report.expect(not unheard, f"nobody answers {told(unheard)}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller was told."""

    data: Any

    def __str__(self) -> str:
        return str(self.data)


def heard_by(player: Player) -> Answer | str | Exception | None:
    """The answer, a refusal's code, None for somebody who heard nothing, or an error that nobody foresaw."""
    if player.task.cancelled():
        return None
    error = player.task.exception()
    if error is None:
        return Answer(player.task.result())
    if isinstance(error, NotHeard):
        return None
    if isinstance(error, Refusal):
        return error.code
    assert isinstance(error, Exception), "nothing else is raised in a task"
    return error


def is_done(outcome: Outcome) -> bool:
    """Whether it is no refusal of the whole."""
    return outcome == DONE or isinstance(outcome, tuple)


def outline(answer: Any, foreseen: Outcome) -> Outcome:
    """An answer without its ids: 'done', or for a list of rows the outcome of each."""
    if isinstance(foreseen, tuple):
        return tuple(row if isinstance(row, str) else DONE for row in answer)
    return DONE


def changed(wish: Wish) -> Wish:
    """The same key for something else, where the wish has a figure to change."""
    if isinstance(wish, Redeem | RedeemAtGate | Reserve):
        return dataclasses.replace(wish, quantity=wish.quantity % 3 + 1)
    if isinstance(wish, Adjust):
        return dataclasses.replace(wish, amount=wish.amount + 2)
    return wish

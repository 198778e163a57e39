"""A round: 200 redemptions are asked for at once, something is killed, and everybody asks again with the same key."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.audit import audit_everything
from domain.people.caller import Caller
from schema.ids import encode_id
from storage import close_database, fetch, open_database, read
from tests.api.program import Program, program_in
from tests.builders.redemption import Offer, an_offer
from tests.crash.killing import kill_postgres, start_again
from tests.crash.line import Data, post
from tests.keys import SECRET
from tests.postgres import PostgresServer
from tests.story.asking import TRIES, at_once
from tests.story.crowd import Person, a_crowd, tokens_of
from tests.story.redeeming import REDEEM, wish

PEOPLE, EACH = 50, 4
REDEMPTIONS = PEOPLE * EACH
POINTS, COST = 1000, 1
MOST_ROUNDS = 25  # an offer allows 100 tickets for a person


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, under which key."""

    person: int
    key: str


@dataclass
class Rounds:
    """A database that outlives its servers. `heard` is every answer that anybody ever got."""

    folder: Path
    url: str
    dice: random.Random
    postgres: PostgresServer | None = None
    people: list[Person] = field(default_factory=list)
    heard: dict[Asked, Data] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    played: int = 0

    async def play(self, rounds: int) -> AsyncIterator[str]:
        """So many kills, each followed by a start on what is left; what happened in each. Raises AssertionError."""
        assert rounds <= MOST_ROUNDS
        await self.settle_in()
        for _ in range(rounds):
            async with self.serving() as program:
                await self.everybody_asks_again(program)
                told = await self.a_killing(program)
            if self.postgres and not (self.postgres.data / "postmaster.pid").exists():
                start_again(self.postgres)
            await self.look()
            yield told
        async with self.serving() as program:
            await self.everybody_asks_again(program)
        await self.look()
        assert len(self.heard) == REDEMPTIONS * rounds

    async def settle_in(self) -> None:
        """People with points, and an offer that is on sale by the clock on the wall, which is the one that the server has."""
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        await open_database(self.url)
        self.people = await a_crowd(PEOPLE, points=POINTS, now=datetime.now(UTC))
        self.offer: Offer = await an_offer(
            cost=COST,
            stock=100_000,
            limit_per_resident=100,
            sales_close_at=tomorrow,
            starts_at=tomorrow,
            ends_at=tomorrow + timedelta(hours=5),
        )
        await close_database()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Program]:
        """The program runs on the database."""
        program = program_in(self.folder, self.url)
        program.environ |= {"XUEXI_SECRET": SECRET, "XUEXI_DEMO_DATA": "off"}
        async with program.serving():
            yield program

    async def a_killing(self, program: Program) -> str:
        """Everybody asks at once, and after a number of answers that the dice chose the killing begins."""
        self.played += 1
        after, first = self.dice.randint(1, REDEMPTIONS - 1), self.dice.choice(["server", "database"])
        asked = [Asked(number, f"{self.played} {turn}") for turn in range(EACH) for number in range(PEOPLE)]
        self.asked += asked
        before = len(self.heard)

        def kill_in_time(_: Asked) -> None:
            if len(self.heard) != before + after:
                return
            if self.postgres and first == "database":
                kill_postgres(self.postgres)
            else:
                end(program)

        await at_once(self.ask(program, each, kill_in_time) for each in asked)
        if self.postgres and first == "database":
            end(program)
        if self.postgres and first == "server":
            kill_postgres(self.postgres)
        assert len(self.heard) - before >= after
        what = f"the {first} first, then the other" if self.postgres else "the server"
        return f"round {self.played}: killed after {after} answers ({what}), {len(self.heard) - before} of {REDEMPTIONS} heard"

    async def ask(self, program: Program, asked: Asked, hear: Callable[[Asked], None]) -> None:
        """Ask once. Only an order is an answer; who is told of an error, or of nothing, has to ask again."""
        port = int(program.environ["XUEXI_PORT"])
        answer = await post(port, REDEEM, wish(self.offer, asked.key), self.people[asked.person].token)
        if answer is None or answer.get("errors"):  # also where it was done, but could not be read back any more
            return
        payload: Data = answer["data"]["redeemTickets"]
        assert payload["errors"] == [], payload
        assert self.heard.setdefault(asked, payload) == payload, "the first answer again"
        hear(asked)

    async def everybody_asks_again(self, program: Program) -> None:
        """With the same keys. Whoever had an answer gets the same one; whoever had none has one now."""
        answered: set[Asked] = set()
        for _ in range(TRIES):  # a slow machine may say that it is busy
            missing = [each for each in self.asked[-REDEMPTIONS:] if each not in answered]
            await at_once(self.ask(program, each, answered.add) for each in missing)
        assert answered == {*self.asked[-REDEMPTIONS:]}

    async def look(self) -> None:
        """Every order that anybody was told of is there; nobody has one too many, none paid twice; and the audit is clean."""
        await open_database(self.url)
        numbers = {payload["order"]["id"] for payload in self.heard.values()}
        assert len(numbers) == len(self.heard), "each key has an order of its own"
        orders = (await fetch("SELECT COUNT(*), SUM(quantity) FROM ticket_orders"))[0]
        spent = (await fetch("SELECT CAST(SUM(debits) AS BIGINT) FROM accounts WHERE kind = 'WALLET'"))[0][0]
        assert len(self.heard) <= orders[0] <= len(self.asked)
        assert orders[1] * COST == spent
        kept = {encode_id("TicketOrder", row[0]) for row in await fetch("SELECT id FROM ticket_orders")}
        assert numbers <= kept
        assert await read(audit_everything) == []
        callers = [Caller(person.resident_id) for person in self.people]
        tokens = await tokens_of(callers, datetime.now(UTC))
        people = zip(self.people, tokens, strict=True)
        self.people = [Person(person.resident_id, person.phone, token) for person, token in people]
        await close_database()


def end(program: Program) -> None:
    """SIGKILL."""
    assert program.process
    program.process.kill()

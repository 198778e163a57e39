"""Two server processes on one database, as an operator with two machines has them, keep every rule together."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from schema.ids import encode_id
from tests.api.program import Program, program_in
from tests.builders.redemption import Offer, an_offer
from tests.keys import SECRET
from tests.story.asking import Data, at_once, code_of, line_to
from tests.story.crowd import Person, a_crowd, a_person
from tests.story.redeeming import possessions, redeem, remaining_of

pytestmark = pytest.mark.usefixtures("database")

PRICE, POINTS, LIMIT = 10, 35, 2
SCARCE, PLENTY = 20, 200


def program(folder: Path, database_url: str) -> Program:
    """A server to be, which knows the secret that this process has its sessions made with."""
    folder.mkdir()
    ready = program_in(folder, database_url)
    ready.environ |= {"XUEXI_SECRET": SECRET, "XUEXI_DEMO_DATA": "off"}
    return ready


@asynccontextmanager
async def two_servers(folder: Path, database_url: str) -> AsyncIterator[tuple[AsyncClient, AsyncClient]]:
    """A line to each of two processes that serve the same database."""
    async with AsyncExitStack() as stack:
        lines = []
        for name in ("here", "there"):
            started = program(folder / name, database_url)
            await stack.enter_async_context(started.serving())
            lines.append(await stack.enter_async_context(line_to(started.url)))
        yield lines[0], lines[1]


async def an_offer_today(stock: int, limit_per_resident: int) -> Offer:
    """An offer that is on sale by the clock on the wall, which is the one that the processes have."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return await an_offer(
        cost=PRICE,
        stock=stock,
        limit_per_resident=limit_per_resident,
        sales_close_at=tomorrow,
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=5),
    )


def tickets_for(orders: list[Data], offer: Offer) -> int:
    session = encode_id("OfferSession", offer.session_id)
    return sum(len(order["tickets"]) for order in orders if order["session"]["id"] == session)


async def one_intent_at_both(lines: tuple[AsyncClient, AsyncClient], offer: Offer, person: Person) -> None:
    """16 of 32 equal requests go to each process: they make one order, and every answer tells of it."""
    answers = await at_once(redeem(lines[turn % 2], person, offer, "the fair", quantity=2) for turn in range(32))
    assert code_of(answers[0]) == "done"
    assert answers == answers[:1] * 32
    other = await at_once(redeem(line, person, offer, "the fair", quantity=1) for line in lines)
    assert [code_of(answer) for answer in other] == ["IDEMPOTENCY_KEY_REUSED"] * 2
    assert len((await possessions(lines[1], person))[1]) == 1


async def race(lines: tuple[AsyncClient, AsyncClient], offers: list[Offer], crowd: list[Person]) -> Counter[str]:
    """Everybody asks three times for a ticket of each offer, once at one process and twice at the other, all at once."""
    answers = await at_once(
        redeem(lines[(number + turn) % 2], person, offer, f"{offer.id} {turn}")
        for turn in range(3)
        for number, person in enumerate(crowd)
        for offer in offers
    )
    return Counter(code_of(answer) for answer in answers)


async def test_two_processes_never_oversell_overspend_or_overstep_a_limit(tmp_path: Path, database_url: str) -> None:
    """24 people have points for three tickets each, may have two of each offer, and there are 20 of one."""
    now = datetime.now(UTC)
    scarce, plenty = await an_offer_today(SCARCE, LIMIT), await an_offer_today(PLENTY, LIMIT)
    person, crowd = await a_person(points=1000, now=now), await a_crowd(24, points=POINTS, now=now)
    async with two_servers(tmp_path, database_url) as lines:
        await one_intent_at_both(lines, await an_offer_today(100, 100), person)

        counted = await race(lines, [scarce, plenty], crowd)
        assert set(counted) <= {"done", "SOLD_OUT", "LIMIT_PER_RESIDENT", "INSUFFICIENT_POINTS"}
        seen = [await possessions(lines[number % 2], each) for number, each in enumerate(crowd)]
        assert await remaining_of(lines[0], scarce) == 0, (
            "each could pay more than two of the other, and so asked for it"
        )
        assert sum(tickets_for(orders, scarce) for _, orders in seen) == SCARCE
        assert await remaining_of(lines[1], plenty) == PLENTY - sum(tickets_for(orders, plenty) for _, orders in seen)
        assert counted["done"] == sum(len(orders) for _, orders in seen)
        for balance, orders in seen:
            assert balance == POINTS - PRICE * len(orders) >= 0
            assert max(tickets_for(orders, offer) for offer in (scarce, plenty)) <= LIMIT
    audited = await program(tmp_path / "audit", database_url).run("audit")
    assert audited == (0, "clean: everything adds up\n")

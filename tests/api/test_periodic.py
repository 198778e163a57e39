"""What the program does by itself: again and again, whatever happens, and no longer than it runs."""

from __future__ import annotations

import asyncio

import pytest

from api import chores
from api.periodic import Chore, doing
from storage import fetch
from tests.builders.people import a_caller
from tests.builders.redemption import a_reservation, an_offer
from tests.clock import later
from tests.server import PATIENCE_S, SettableClock, running_server


async def test_a_chore_is_done_again_though_it_failed(caplog: pytest.LogCaptureFixture) -> None:
    done, enough = 0, asyncio.Event()

    async def clean_up() -> None:
        nonlocal done
        done += 1
        if done == 3:
            enough.set()
        if done < 3:
            raise RuntimeError("the database is away")

    async with doing(Chore("cleaning up", 0, clean_up)), asyncio.timeout(PATIENCE_S):
        await enough.wait()
    assert [record.getMessage() for record in caplog.records] == ["cleaning up failed; it is tried again in 0 s"] * 2


async def test_one_that_takes_long_keeps_no_other_from_being_done_and_is_cut_off_at_the_end() -> None:
    started, enough, ended = asyncio.Event(), asyncio.Event(), False

    async def wait_for_ever() -> None:
        nonlocal ended
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended = True

    async def be_quick() -> None:
        await started.wait()
        enough.set()

    async with doing(Chore("waiting", 0, wait_for_ever), Chore("hurrying", 0, be_quick)), asyncio.timeout(PATIENCE_S):
        await enough.wait()
    assert ended


async def test_the_running_program_expires_reservations(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "EXPIRE_EVERY_S", 0.01)
    clock = SettableClock()
    async with running_server(database_url, clock=clock), asyncio.timeout(PATIENCE_S):
        offer = await an_offer(cost=1, stock=1)
        await a_reservation(offer, await a_caller(points=1))
        clock.now = later(minutes=30)
        while await fetch("SELECT id FROM reservations WHERE status = 'HELD'"):  # noqa: ASYNC110 - nobody sets an event
            await asyncio.sleep(0)
        rows = await fetch("SELECT remaining FROM offer_sessions")
    assert [row[0] for row in rows] == [1]

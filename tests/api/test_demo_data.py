"""The demo fills an empty database with what the newspaper page tells, once, and everything adds up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.demo_data import fill_if_empty
from api.programmes import ensure_programmes
from domain.audit import audit_everything
from storage import Database, read
from tests.api.demo_page import check_the_whole_page, counted
from tests.builders.people import a_resident
from tests.clock import NOW


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # an hour is the same to both
@pytest.mark.parametrize("hour", [0, 8, 17, 23])
async def test_it_fills_at_any_hour_of_the_day(hour: int) -> None:
    now = NOW.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=hour)
    await ensure_programmes("Asia/Shanghai", now)
    assert await fill_if_empty(now)
    assert await counted("tickets") > 50
    assert await read(audit_everything) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the program is killed on both, in test_serve.py
@pytest.mark.parametrize("transactions", [1, 100, 240, 258])
async def test_a_filling_that_was_interrupted_is_finished_another_day(
    transactions: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ensure_programmes("Asia/Shanghai", NOW)
    run_write, left = database.client.run_write, iter(range(transactions))

    async def interrupted(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise InterruptedError
        return await run_write(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(database.client, "run_write", interrupted)
        with pytest.raises(InterruptedError):
            await fill_if_empty(NOW)
    assert await fill_if_empty(NOW + timedelta(days=2))
    await check_the_whole_page()
    assert not await fill_if_empty(NOW + timedelta(days=2))


@pytest.mark.usefixtures("database")
async def test_a_database_with_anything_in_it_is_left_alone() -> None:
    await a_resident()
    assert not await fill_if_empty(NOW)
    assert await counted("areas") == 0


@pytest.mark.usefixtures("database")
async def test_of_two_programs_that_start_at_once_only_one_fills() -> None:
    await ensure_programmes("Asia/Shanghai", NOW)
    assert sorted(await asyncio.gather(fill_if_empty(NOW), fill_if_empty(NOW))) == [False, True]
    assert await counted("activities") == 11

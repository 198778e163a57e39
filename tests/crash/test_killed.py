"""Killed in the middle of 200 redemptions and started again: what was acknowledged is there, asking again doubles nothing."""

from __future__ import annotations

from tests.conftest import Engine
from tests.crash.databases import rounds_on


async def test_a_kill_loses_nothing_that_was_acknowledged_and_retries_double_nothing(engine: Engine) -> None:
    async with rounds_on(engine, seed=4) as killing:
        assert len([told async for told in killing.play(rounds=1)]) == 1

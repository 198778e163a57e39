"""A database of a killing's own, on either engine."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.people.keys import set_keys
from storage.migrations import migrate
from tests.crash.rounds import Rounds
from tests.folders import folder
from tests.keys import TEST_KEYS
from tests.postgres import running_postgres


@asynccontextmanager
async def rounds_on(engine: str, seed: int) -> AsyncIterator[Rounds]:
    """Rounds to be played: on a new SQLite file, or on a PostgreSQL that nobody else uses."""
    set_keys(TEST_KEYS)
    with folder() as work:
        if engine == "sqlite":
            url = f"sqlite://{work / 'xuexi.db'}"
            await migrate(url)
            yield Rounds(work, url, random.Random(seed))
            return
        with running_postgres() as server:
            url = server.url("template1")
            await migrate(url)
            yield Rounds(work, url, random.Random(seed), server)

"""The running program for tests of how it is spoken to, where it makes no difference which database it has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.server import Server, running_server


@pytest.fixture
async def sqlite_server(migrated_sqlite_url: str) -> AsyncIterator[Server]:
    """The running program on SQLite."""
    async with running_server(migrated_sqlite_url) as running:
        yield running

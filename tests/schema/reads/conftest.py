"""The world in an empty database, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage import Database, close_database, open_database
from tests.schema.reads.world.rows import make_world


@pytest.fixture
async def world(empty_database_url: str) -> AsyncIterator[Database]:
    """The open database with the world in it."""
    database = await open_database(empty_database_url)
    await make_world()
    yield database
    await close_database()

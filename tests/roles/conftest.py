"""A running program with a small world in it, made once for the tests of a file and an engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.people.keys import set_keys
from tests.keys import TEST_KEYS
from tests.roles.lived_in import a_lived_in_world
from tests.roles.people import Who
from tests.roles.world import World, a_world, revoke
from tests.server import TEST_SETTINGS, running_server

#: Here everything there is is asked for at once, which no screen does.
WIDE = replace(TEST_SETTINGS, alias_limit=5_000, token_limit=20_000, selection_limit=20_000, cost_limit=10_000_000)


@pytest.fixture(scope="module")
async def world(module_url: str) -> AsyncIterator[World]:
    """Everybody is there; what happens is up to the tests."""
    set_keys(TEST_KEYS)
    async with running_server(module_url, WIDE) as server:
        found = await a_world(server)
        await revoke(found, Who.FORMER_ORGANISER)
        yield found


@pytest.fixture(scope="module")
async def lived_in(module_url: str) -> AsyncIterator[World]:
    """A row of each kind is there. Tests only read."""
    set_keys(TEST_KEYS)
    async with running_server(module_url, WIDE) as server:
        yield await a_lived_in_world(server)

"""A running program with a small world in it, made once for the tests of a file and an engine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain.people.keys import set_keys
from tests.conftest import Engine
from tests.keys import TEST_KEYS
from tests.roles.lived_in import a_lived_in_world
from tests.roles.people import Who
from tests.roles.world import World, a_world, revoke
from tests.server import running_server


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def module_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database of the file's own, on each engine."""
    engine: Engine = request.param
    if engine == "sqlite":
        folder = Path(tempfile.mkdtemp(dir=request.getfixturevalue("sqlite_folder")))
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "xuexi.db")
        yield f"sqlite://{folder / 'xuexi.db'}"
        shutil.rmtree(folder)
    else:
        postgres, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
        name = postgres.create(template)
        yield postgres.url(name)
        postgres.drop(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(module_url: str) -> AsyncIterator[World]:
    """Everybody is there; what happens is up to the tests."""
    set_keys(TEST_KEYS)
    async with running_server(module_url) as server:
        found = await a_world(server)
        await revoke(found, Who.FORMER_ORGANISER)
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived_in(module_url: str) -> AsyncIterator[World]:
    """A row of each kind is there. Tests only read."""
    set_keys(TEST_KEYS)
    async with running_server(module_url) as server:
        yield await a_lived_in_world(server)

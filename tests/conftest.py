"""A fresh, migrated database for each test, on both engines: copies of one that was migrated once per run."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest

from domain.people.keys import set_keys
from storage import Database, close_database, open_database
from storage.migrations import migrate
from tests.folders import folder
from tests.keys import TEST_KEYS
from tests.models_once import prepare_models_once
from tests.pools_kept import keep_pools, pools
from tests.postgres import PostgresServer, running_postgres
from tests.secrecy import watching
from tests.server import server  # noqa: F401 - a fixture for everybody
from tests.shelf import Shelf
from tests.types_once import look_at_types_once

Engine = Literal["sqlite", "postgres"]

prepare_models_once()
keep_pools()
look_at_types_once()


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as there are cores: tests wait for PostgreSQL, for syncs and for programs that start."""
    cores = os.cpu_count() or 1
    return cores + cores // 2


def pytest_collection_finish() -> None:
    """Schema, models and tests are there for good: looking for garbage among them took a tenth of all that the tests take."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
async def one_loop() -> None:
    """All tests run in one event loop, so that connections can stay open between them."""
    pools.loop = asyncio.get_running_loop()


@pytest.fixture(autouse=True)
def keys() -> None:
    """The secrets that a running program has set at its start."""
    set_keys(TEST_KEYS)


@pytest.fixture(autouse=True)
def nothing_private_is_told() -> Iterator[None]:
    """A test in whose course a phone number, a code, a token or a name was logged, or told in an error, fails."""
    with watching():
        yield


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every test that takes this, or a database, runs once per engine."""
    name: Engine = request.param
    return name


@pytest.fixture
def database_url(engine: Engine, request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database of the test's own, which nobody has opened yet."""
    url: str = request.getfixturevalue(f"migrated_{engine}_url")
    return url


@pytest.fixture
def empty_database_url(engine: Engine, request: pytest.FixtureRequest) -> str:
    """The URL of a database of the test's own without a single table."""
    url: str = request.getfixturevalue(f"empty_{engine}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The process's open database: migrated, empty, the test's own."""
    yield await open_database(database_url)
    await close_database()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the run."""
    with running_postgres() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    name = postgres_server.create()
    asyncio.run(migrate(postgres_server.url(name)))
    return name


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: PostgresServer, postgres_template: str) -> Iterator[Shelf]:
    shelf = Shelf(postgres_server, postgres_template)
    yield shelf
    shelf.close()


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, postgres_shelf: Shelf) -> Iterator[str]:
    name = postgres_shelf.take()
    yield postgres_server.url(name)
    postgres_shelf.put_back(name)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_folder() -> Iterator[Path]:
    """Where the run's SQLite files lie."""
    with folder() as path:
        yield path


@pytest.fixture(scope="session")
def sqlite_template(sqlite_folder: Path) -> Path:
    path = sqlite_folder / "template.db"
    asyncio.run(migrate(f"sqlite://{path}"))
    assert not path.with_name("template.db-wal").exists(), (
        "closing folds the log into the file, or its copies would lack it"
    )
    return path


@pytest.fixture
def migrated_sqlite_url(sqlite_template: Path, empty_sqlite_url: str) -> str:
    shutil.copyfile(sqlite_template, empty_sqlite_url.removeprefix("sqlite://"))
    return empty_sqlite_url


@pytest.fixture
def empty_sqlite_url(sqlite_folder: Path) -> Iterator[str]:
    own = Path(tempfile.mkdtemp(dir=sqlite_folder))
    yield f"sqlite://{own / 'xuexi.db'}"
    shutil.rmtree(own)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def module_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database of the file's own, on each engine."""
    if request.param == "sqlite":
        own = Path(tempfile.mkdtemp(dir=request.getfixturevalue("sqlite_folder")))
        shutil.copyfile(request.getfixturevalue("sqlite_template"), own / "xuexi.db")
        yield f"sqlite://{own / 'xuexi.db'}"
        shutil.rmtree(own)
    else:
        server, shelf = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_shelf")
        name = shelf.take()
        yield server.url(name)
        shelf.put_back(name)

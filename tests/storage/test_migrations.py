"""Bringing a database to its shape: once, whole, one process at a time."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from storage import close_database, open_database, read
from storage.migrations import migrate
from tests.storage.catalog import rules, tables

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "migrations").glob("0*.py"))

MIGRATE = "import asyncio, sys; from storage.migrations import migrate; print(*asyncio.run(migrate(sys.argv[1])))"

# Dies, as by a power cut, when two migrations are applied and none is committed.
DIE_HALFWAY = """
import asyncio, os, signal, sys
from tortoise.migrations.executor import MigrationExecutor
from storage.migrations import migrate

original = MigrationExecutor.migrate
applied = []

async def dying(self, **given):
    def watch(event, *rest):
        applied.append(event)
        if applied.count("apply_done") == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    return await original(self, **{**given, "progress": watch})

MigrationExecutor.migrate = dying
asyncio.run(migrate(sys.argv[1]))
"""


async def in_a_process(program: str, url: str) -> tuple[int | None, list[str]]:
    """How it ended, and the words it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode().split()


def migration_names(applied: list[str]) -> list[str]:
    return sorted(key.rpartition(".")[2] for key in applied)


async def test_a_database_is_migrated_once(empty_database_url: str) -> None:
    assert migration_names(await migrate(empty_database_url)) == NAMES
    assert await migrate(empty_database_url) == []


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    await open_database(database_url)
    before = await read(rules)
    await close_database()
    assert await migrate(database_url) == []
    await open_database(database_url)
    assert await read(rules) == before
    await close_database()


async def test_of_three_processes_that_migrate_at_once_one_does(empty_database_url: str) -> None:
    ends = await asyncio.gather(*(in_a_process(MIGRATE, empty_database_url) for _ in range(3)))
    assert [code for code, _ in ends] == [0, 0, 0]
    assert sorted(len(words) for _, words in ends) == [0, 0, len(NAMES)]


async def test_a_migration_that_is_killed_leaves_nothing(empty_database_url: str) -> None:
    code, _ = await in_a_process(DIE_HALFWAY, empty_database_url)
    assert code == -9
    await open_database(empty_database_url)
    assert await read(tables) == []
    await close_database()
    assert migration_names(await migrate(empty_database_url)) == NAMES

"""Which databases we open, and which we refuse: those that would lose what they acknowledged, and those that are none."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from storage import (
    DatabaseBusy,
    NotDurable,
    Transaction,
    UnusableDatabase,
    close_database,
    current_database,
    fetch,
    open_database,
    write,
)
from storage.migrations import migrate
from storage.sqlite_client import PRAGMAS, check_durability, connect, on_thread, pragmas_in_force
from storage.url import connection_config
from tests.postgres import PostgresServer
from tests.storage.notes import all_notes, put


async def test_a_database_opens_closes_and_opens_again(database_url: str) -> None:
    await open_database(database_url)
    await write(lambda tx: put(tx, 1, "kept"))
    await close_database()
    await close_database()
    with pytest.raises(AssertionError, match="no database is open"):
        current_database()
    await open_database(database_url)
    assert await all_notes() == [(1, "kept")]
    await close_database()


async def test_opening_another_closes_the_first(database_url: str, empty_database_url: str) -> None:
    assert database_url.startswith("sqlite") == empty_database_url.startswith("sqlite")
    first = await open_database(database_url)
    assert await open_database(database_url) is not first
    assert await fetch("SELECT 1 AS one")
    await close_database()


@pytest.mark.parametrize("change", [{"synchronous": "NORMAL"}, {"synchronous": "OFF"}, {"foreign_keys": "OFF"}])
async def test_sqlite_that_would_lose_commits_is_refused(empty_sqlite_url: str, change: dict[str, str]) -> None:
    connection = await connect(empty_sqlite_url.removeprefix("sqlite://"), PRAGMAS | change)
    in_force = await on_thread(connection, pragmas_in_force, connection._conn)
    await connection.close()
    with pytest.raises(NotDurable):
        check_durability(in_force)


async def test_the_writer_of_a_sqlite_file_keeps_every_commit_over_a_power_cut(migrated_sqlite_url: str) -> None:
    await open_database(migrated_sqlite_url)

    async def body(tx: Transaction) -> list[Any]:
        return [await tx.fetch_value(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")]

    in_force = await write(body)
    assert in_force == ["wal", 2, 1]
    await close_database()


async def test_a_postgres_that_would_lose_commits_is_refused(
    postgres_server: PostgresServer, empty_postgres_url: str
) -> None:
    name = connection_config(empty_postgres_url)["credentials"]["database"]
    await postgres_server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(NotDurable, match="synchronous_commit"):
        await open_database(empty_postgres_url)
    with pytest.raises(AssertionError, match="no database is open"):
        current_database()


async def test_a_postgres_database_that_is_not_there_is_refused(postgres_server: PostgresServer) -> None:
    with pytest.raises(UnusableDatabase, match="nowhere"):
        await open_database(postgres_server.url("nowhere"))


async def test_a_postgres_user_who_may_not_make_tables_is_told_so(
    postgres_server: PostgresServer, empty_postgres_url: str
) -> None:
    await postgres_server.execute("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(UnusableDatabase, match="guest may not make tables"):
            await migrate(empty_postgres_url.replace("postgres@", "guest@"))
    finally:
        await postgres_server.execute("DROP ROLE guest")


async def test_a_file_that_is_no_database_is_refused_and_leaves_no_thread(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear database, " * 100)
    before = set(threading.enumerate())
    with pytest.raises(UnusableDatabase, match=r"letter\.txt"):
        await open_database(f"sqlite://{file}")
    await ended(set(threading.enumerate()) - before)


async def ended(threads: set[threading.Thread]) -> None:
    """All of them end by themselves; a thread that does not would keep the process from ending."""
    for thread in threads:
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()


async def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    await open_database(f"sqlite://{tmp_path / 'a' / 'b' / 'xuexi.db'}")
    await close_database()
    assert (tmp_path / "a" / "b" / "xuexi.db").exists()


async def test_a_sqlite_file_that_is_locked_is_not_opened_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "xuexi.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE t (x)")
    monkeypatch.setitem(PRAGMAS, "busy_timeout", "1")
    before = set(threading.enumerate())
    with pytest.raises((UnusableDatabase, DatabaseBusy)):
        await open_database(f"sqlite://{file}")
    await ended(set(threading.enumerate()) - before)
    other.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "xuexi.db",
        "mysql://localhost/xuexi",
        "sqlite://",
        "sqlite://:memory:",
        "sqlite://var/xuexi.db?mode=ro",
        "postgres://localhost",
        "postgres://localhost:fifty/xuexi",
        "postgres://localhost/xuexi?ssl=false",
        "postgres://localhost/xuexi?sslmode=maybe",
        "postgres://localhost/xuexi?pool=many",
        "postgres://[::1/xuexi",
    ],
)
def test_a_url_that_is_not_ours_is_refused(url: str) -> None:
    with pytest.raises(UnusableDatabase):
        connection_config(url)


def test_a_postgres_url_says_all_that_is_needed() -> None:
    given = connection_config("postgresql://me:p%40ss@db.example:6000/xuexi?pool=3&sslmode=verify-full")["credentials"]
    kept = {name: given[name] for name in ("host", "port", "user", "password", "database", "maxsize")}
    assert kept == {
        "host": "db.example",
        "port": 6000,
        "user": "me",
        "password": "p@ss",
        "database": "xuexi",
        "maxsize": 3,
    }
    assert given["ssl"].check_hostname
    assert not connection_config("postgres://db/x?sslmode=require")["credentials"]["ssl"].check_hostname
    assert connection_config("postgres://db/x")["credentials"]["ssl"] is False
    assert connection_config("postgres:///x?host=/run/pg")["credentials"]["host"] == "/run/pg"

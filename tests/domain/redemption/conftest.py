"""Counting what an act asks of the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from storage import Database, Row
from storage.asyncpg_client import AsyncpgTransaction
from storage.sqlite_client import SqliteTransaction


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch, database: Database) -> list[str]:
    """Every statement that transactions run, as it happens; a batch of one statement is one."""
    kind = SqliteTransaction if database.dialect == "sqlite" else AsyncpgTransaction
    seen: list[str] = []
    fetch, execute, execute_many = kind.fetch, kind.execute, kind.execute_many

    async def counted_fetch(tx: Any, sql: str, *params: Any) -> Sequence[Row]:
        seen.append(sql)
        return await fetch(tx, sql, *params)

    async def counted_execute(tx: Any, sql: str, *params: Any) -> int:
        seen.append(sql)
        return await execute(tx, sql, *params)

    async def counted_execute_many(tx: Any, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        seen.append(sql)
        await execute_many(tx, sql, rows)

    monkeypatch.setattr(kind, "fetch", counted_fetch)
    monkeypatch.setattr(kind, "execute", counted_execute)
    monkeypatch.setattr(kind, "execute_many", counted_execute_many)
    return seen

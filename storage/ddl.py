"""Writing tables once for both engines. Migrations say {id}, {int}, {float} and {bytes}, and end a table with {strict}."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from tortoise.migrations.operations import RunPython

WORDS = {
    "sqlite": {"id": "INTEGER PRIMARY KEY", "int": "INTEGER", "float": "REAL", "bytes": "BLOB", "strict": "STRICT"},
    "postgres": {
        "id": "BIGINT PRIMARY KEY",
        "int": "BIGINT",
        "float": "DOUBLE PRECISION",
        "bytes": "BYTEA",
        "strict": "",
    },
}


def run_ddl(statements: list[str], only: str | None = None) -> RunPython:
    """A migration's step: statements in both engines' words, or in one engine's `only`.

    Tortoise's own operations create no CHECK and no partial index, and its RunSQL cuts triggers at their semicolons.
    """

    async def run(_: Any, editor: Any) -> None:
        dialect = editor.client.capabilities.dialect
        if only in (None, dialect):
            for statement in statements:
                await editor.client.execute_query(statement.format_map(WORDS[dialect]))

    step: Callable[[Any, Any], Coroutine[Any, Any, None]] = run
    return RunPython(step)

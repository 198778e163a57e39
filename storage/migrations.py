"""Bringing a database to the present shape: each migration once, all of them or none, one process at a time."""

from __future__ import annotations

from tortoise.migrations.executor import MigrationExecutor

from storage.database import APP, close_database, open_database, write
from storage.errors import UnusableDatabase
from storage.transaction import Transaction

PACKAGE = "migrations"
ADVISORY_LOCK = 7_308_895_153_361_741_164  # any number that nobody else uses


async def migrate_open_database() -> list[str]:
    """Apply what is missing to the open database; the names of what was applied.

    Two processes at once: the second waits and finds nothing to do. Raises UnusableDatabase.
    """
    applied: list[str] = []

    async def body(tx: Transaction) -> None:
        applied.clear()
        if tx.dialect == "postgres":  # on SQLite, BEGIN IMMEDIATE is the lock
            await tx.execute("SET LOCAL lock_timeout = '5min'")
            await tx.execute("SET LOCAL statement_timeout = 0")
            await check_may_make_tables(tx)
            await tx.fetch("SELECT pg_advisory_xact_lock(?)", ADVISORY_LOCK)
        # Tortoise's own commands take no lock and record a migration apart from applying it; running its executor on
        # our transaction puts both into one.
        executor = MigrationExecutor(tx.orm, {APP: {"models": [], "migrations": PACKAGE}})
        # The executor asks for its table before making it, and takes the error for "nothing applied"; in PostgreSQL that
        # error ends the transaction. So the table is made first.
        await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
        await executor.migrate(progress=lambda event, _, key: applied.append(key) if event == "apply_done" else None)

    await write(body)
    return applied


async def check_may_make_tables(tx: Transaction) -> None:
    """Since PostgreSQL 15 only its owner makes tables in a new database. Raises UnusableDatabase."""
    if not await tx.fetch_value("SELECT has_schema_privilege(current_schema(), 'CREATE')"):
        user = await tx.fetch_value("SELECT current_user::text")
        raise UnusableDatabase(
            f"the PostgreSQL user {user} may not make tables in it; make {user} the database's owner"
        )


async def migrate(url: str) -> list[str]:
    """Open the database of a URL, apply what is missing, close it; the names of what was applied."""
    await open_database(url)
    try:
        return await migrate_open_database()
    finally:
        await close_database()

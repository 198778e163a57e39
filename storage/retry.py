"""Which failures mean no more than "run the transaction once more"."""

from __future__ import annotations

import sqlite3

import asyncpg
from tortoise.exceptions import IntegrityError as TortoiseIntegrityError

ATTEMPTS = 5


def worth_another_try(error: BaseException) -> bool:
    """True for a deadlock, a serialization failure, or two processes that made the same primary key."""
    if isinstance(error, TortoiseIntegrityError) and error.args:
        error = error.args[0]
    if isinstance(error, asyncpg.SerializationError | asyncpg.DeadlockDetectedError):
        return True
    if isinstance(error, asyncpg.UniqueViolationError):
        return bool(error.constraint_name and error.constraint_name.endswith("_pkey"))
    return isinstance(error, sqlite3.IntegrityError) and error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY

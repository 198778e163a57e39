"""SQLite's error codes."""

from __future__ import annotations

import sqlite3

LAST_BYTE = 0xFF


def plain_code(error: sqlite3.Error) -> int:
    """SQLITE_BUSY and the like: extended codes carry the plain one in their last byte. 0 for an error that has none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & LAST_BYTE

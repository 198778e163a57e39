"""Whether the database's own file is whole, as far as the engine can tell by itself."""

from __future__ import annotations

from storage.errors import DatabaseDamaged
from storage.transaction import Reader

MOST = 100
WHOLE = "ok"


async def file_problems(reader: Reader) -> list[str]:
    """What SQLite says of a damaged file, in its words: pages, indexes, types, CHECKs. PostgreSQL is asked nothing here: its
    checksums stop a read by themselves."""
    if reader.dialect != "sqlite":
        return []
    try:
        rows = await reader.fetch(f"PRAGMA integrity_check({MOST})")
    except DatabaseDamaged as damage:
        return [str(damage)]
    return [line for (text,) in rows for line in text.splitlines() if line != WHOLE]

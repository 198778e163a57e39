"""Residents who turned out to be one person: whoever names the one that was merged means the one that goes on.

Chains are kept short: `merged_into_id` names one who is not merged (migrations/0016_merged_residents.py).
"""

from __future__ import annotations

from collections.abc import Collection

from storage import Reader
from storage.dialect import in_ids


def kept_sql(resident: str) -> str:
    """SQL: as whom a resident, given as an SQL expression, goes on; mostly as themselves."""
    return f"(SELECT COALESCE(pk.merged_into_id, pk.id) FROM residents pk WHERE pk.id = {resident})"


async def find_kept(reader: Reader, resident_ids: Collection[int]) -> dict[int, int]:
    """As whom they go on, those among the ids who were merged."""
    sql = f"SELECT id, merged_into_id FROM residents WHERE merged_into_id IS NOT NULL AND id {in_ids(reader.dialect)}"
    return {row[0]: row[1] for row in await reader.fetch(sql, list(resident_ids))} if resident_ids else {}


async def kept_one(reader: Reader, resident_id: int) -> int:
    """As whom one resident goes on."""
    return (await find_kept(reader, [resident_id])).get(resident_id, resident_id)

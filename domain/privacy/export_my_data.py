"""All that is kept about a person, as a file for them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from domain.people.caller import Caller
from domain.people.phone import national_phone
from domain.people.phone_seal import unseal_phone
from domain.privacy.personal_data import PARTS, Part
from domain.text_file import TextFile
from storage import Reader, Row, read
from storage.instants import from_micros

MEDIA_TYPE = "application/json"
MOST_ROWS = 20_000  # of a table; a lifetime of entries
FORMAT = "xuexi-personal-data-1"
WHO = "me.id"


async def export_my_data(caller: Caller, now: datetime) -> TextFile:
    """The caller's data, of one moment: a list of rows for each table, instants in UTC. Raises Unauthenticated."""
    resident_id = caller.signed_in()

    async def body(reader: Reader) -> dict[str, Any]:
        tables = {table: await rows_of(reader, table, part, resident_id) for table, part in PARTS.items()}
        incomplete = [table for table, rows in tables.items() if len(rows) == MOST_ROWS]
        return {"phones": await phones_of(reader, resident_id), "incomplete": incomplete, "tables": tables}

    data = {"format": FORMAT, "residentId": resident_id, "madeAt": now.isoformat()} | await read(body)
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return TextFile(f"my-data-{now:%Y%m%d-%H%M%S}.json", text)


async def rows_of(reader: Reader, table: str, part: Part, resident_id: int) -> list[dict[str, Any]]:
    """The latest rows of a table that are the person's."""
    names = part.columns.split()
    # The person's few rows first, then their order: by the order of ids it would be looked through all rows of everybody.
    sql = f"""SELECT {", ".join("t." + name for name in names)} FROM {table} t WHERE {part.whose.replace(WHO, "?")}
        ORDER BY t.id + 0 DESC LIMIT {MOST_ROWS}"""
    return [as_told(names, row) for row in await reader.fetch(sql, *[resident_id] * part.whose.count(WHO))]


def as_told(names: list[str], row: Row) -> dict[str, Any]:
    """A row by its columns' names; instants as people and programs read them."""
    return {
        name: from_micros(value).isoformat() if name.endswith("_at") and value is not None else value
        for name, value in zip(names, row, strict=True)
    }


async def phones_of(reader: Reader, resident_id: int) -> list[str]:
    """Their numbers: one, and those of whoever was merged into them."""
    sql = "SELECT phone_sealed, id FROM residents WHERE (id = ? OR merged_into_id = ?) AND phone_sealed IS NOT NULL ORDER BY id"
    found = await reader.fetch(sql, resident_id, resident_id)
    return [national_phone(unseal_phone(sealed, id_)) for sealed, id_ in found]

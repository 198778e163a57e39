"""Organisations by their names."""

from __future__ import annotations

from domain.places.find_area import find_area
from domain.refusals import NotFound
from domain.text import clean_name
from storage import Reader


async def find_organisation(reader: Reader, area_code: str, name: str, *path: str) -> int:
    """The id of the organisation of that name in the area itself. Raises InvalidInput, NotFound at `path`."""
    name = clean_name(name, *path)
    area_id = await find_area(reader, area_code, *path)
    sql = "SELECT id FROM organisations WHERE area_id = ? AND name = ?"
    organisation_id: int | None = await reader.fetch_value(sql, area_id, name)
    if organisation_id is None:
        raise NotFound(path=path or None)
    return organisation_id

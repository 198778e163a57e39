"""Residents by their phone numbers."""

from __future__ import annotations

from collections.abc import Sequence

from domain.people.phone_seal import phone_digest
from domain.refusals import NotFound
from storage import Reader
from storage.dialect import in_texts


async def find_resident_by_phone(reader: Reader, phone: str, *path: str) -> int:
    """The id of the owner of an E.164 number. Raises NotFound at `path`."""
    found = await find_residents_by_phone(reader, [phone])
    if phone not in found:
        raise NotFound(path=path or None)
    return found[phone]


async def find_residents_by_phone(reader: Reader, phones: Sequence[str]) -> dict[str, int]:
    """The ids of the owners of E.164 numbers, in one statement; numbers that nobody has are left out.

    The number of somebody who was merged is that of the one they go on as.
    """
    phone_of = {phone_digest(phone): phone for phone in phones}
    sql = f"""SELECT phone_digest, COALESCE(merged_into_id, id) FROM residents
        WHERE phone_digest {in_texts(reader.dialect)}"""
    return {phone_of[digest]: resident_id for digest, resident_id in await reader.fetch(sql, list(phone_of))}

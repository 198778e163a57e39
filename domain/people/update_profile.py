"""Changing one's own name and area."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.people.caller import Caller
from domain.people.register_resident import NAME_LENGTH
from domain.places.find_area import find_area
from domain.text import clean_name
from storage import Transaction, write


class Keep(Enum):
    """Says that a field stays as it is, where None says that it is empty from now on."""

    KEEP = "KEEP"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class UpdateProfileWish:
    """What to change."""

    display_name: str | Keep = KEEP
    area_code: str | Keep | None = KEEP


async def update_profile(caller: Caller, wish: UpdateProfileWish) -> int:
    """The caller's profile says what was asked for; the caller's id. Raises Unauthenticated, InvalidInput, NotFound."""
    resident_id = caller.signed_in()
    name = wish.display_name
    if name is not KEEP:
        name = clean_name(name, "displayName", limit=NAME_LENGTH)

    async def body(tx: Transaction) -> None:
        code = wish.area_code
        if code is not KEEP:
            area_id = None if code is None else await find_area(tx, code, "areaCode")
            await tx.execute("UPDATE residents SET area_id = ? WHERE id = ?", area_id, resident_id)
        if name is not KEEP:
            await tx.execute("UPDATE residents SET display_name = ? WHERE id = ?", name, resident_id)

    await write(body)
    return resident_id

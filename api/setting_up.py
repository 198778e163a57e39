"""What an installation needs before anybody can do anything in it: areas and organisations, from the command line."""

from __future__ import annotations

from dataclasses import dataclass

from api.commands import DONE, opened_and_migrated
from api.settings import Settings
from domain.places.create_area import NewArea, create_area
from domain.places.create_organisation import NewOrganisation, create_organisation
from domain.places.find_area import find_area
from domain.places.kinds import AreaLevel, OrganisationKind
from storage import Reader, read


@dataclass(frozen=True, slots=True)
class AreaWish:
    """An area, with others named by their codes: it lies in one, and may be managed by another."""

    code: str
    name: str
    level: AreaLevel
    lies_in: str | None
    managed_by: str | None


async def area_named(code: str | None, option: str) -> int | None:
    """The id of the area with a code; None for no code. Raises NotFound."""
    if code is None:
        return None

    async def find(reader: Reader) -> int:
        return await find_area(reader, code, option)

    return await read(find)


async def add_area(settings: Settings, wish: AreaWish) -> int:
    """The area is there. Raises Refusal."""
    async with opened_and_migrated(settings):
        parent_id = await area_named(wish.lies_in, "in")
        managed_by_id = await area_named(wish.managed_by, "managed-by")
        new = NewArea(
            code=wish.code, name=wish.name, level=wish.level, parent_id=parent_id, managed_by_id=managed_by_id
        )
        await create_area(new)
    print(f"{wish.code} {wish.name}: added")
    return DONE


async def add_organisation(settings: Settings, name: str, kind: OrganisationKind, area: str) -> int:
    """The organisation is there, in the area with that code. Raises Refusal."""
    async with opened_and_migrated(settings):
        area_id = await area_named(area, "area")
        assert area_id, "a code was given"
        await create_organisation(NewOrganisation(name=name, kind=kind, area_id=area_id))
    print(f"{name}: added in {area}")
    return DONE

"""Areas and organisations for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

from itertools import count

from domain.places.create_area import NewArea, create_area
from domain.places.create_organisation import NewOrganisation, create_organisation
from domain.places.kinds import AreaLevel, OrganisationKind

numbers = count(1)


async def an_area(
    code: str | None = None,
    name: str = "示例区域",
    level: AreaLevel | None = None,
    parent_id: int | None = None,
    managed_by_id: int | None = None,
) -> int:
    """A district, or below a parent a community."""
    usual = AreaLevel.DISTRICT if parent_id is None else AreaLevel.COMMUNITY
    new = NewArea(
        code=code or f"RC-{next(numbers)}",
        name=name,
        level=level or usual,
        parent_id=parent_id,
        managed_by_id=managed_by_id,
    )
    return await create_area(new)


async def an_organisation(
    area_id: int | None = None, name: str | None = None, kind: OrganisationKind = OrganisationKind.OTHER
) -> int:
    """A body, in a district of its own if no area is given."""
    area_id = await an_area() if area_id is None else area_id
    name = name or f"示例单位{next(numbers)}"
    return await create_organisation(NewOrganisation(name=name, kind=kind, area_id=area_id))

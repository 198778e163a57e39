"""Areas: what they lie in, and who manages them."""

from __future__ import annotations

import asyncio

import pytest

from domain.places.create_area import NewArea, create_area
from domain.places.find_area import find_area
from domain.places.kinds import AreaLevel
from domain.refusals import Conflict, InvalidInput, NotFound, Refusal
from storage import fetch, read
from tests.builders.places import an_area

pytestmark = pytest.mark.usefixtures("database")


async def lies_in(area_id: int) -> dict[int, int]:
    rows = await fetch("SELECT ancestor_id, distance FROM area_within WHERE area_id = ?", area_id)
    return {row[0]: row[1] for row in rows}


async def is_managed_by(area_id: int) -> dict[int, int]:
    rows = await fetch("SELECT manager_id, distance FROM area_management WHERE area_id = ?", area_id)
    return {row[0]: row[1] for row in rows}


async def test_an_area_lies_in_everything_above_it_and_in_itself() -> None:
    district = await an_area()
    town = await an_area(parent_id=district, level=AreaLevel.TOWN)
    village = await an_area(parent_id=town, level=AreaLevel.VILLAGE)
    grid = await an_area(parent_id=village, level=AreaLevel.GRID)
    assert await lies_in(grid) == {grid: 0, village: 1, town: 2, district: 3}
    assert await is_managed_by(grid) == {grid: 0, village: 1, town: 2, district: 3}


async def test_management_follows_the_manager_and_not_the_map() -> None:
    rencheng, high_tech_zone = await an_area(), await an_area()
    liuhang = await an_area(parent_id=rencheng, managed_by_id=high_tech_zone, level=AreaLevel.SUBDISTRICT)
    community = await an_area(parent_id=liuhang)
    assert await lies_in(community) == {community: 0, liuhang: 1, rencheng: 2}
    assert await is_managed_by(community) == {community: 0, liuhang: 1, high_tech_zone: 2}


async def test_grids_may_lie_in_grids() -> None:
    district = await an_area()
    grid = await an_area(parent_id=district, level=AreaLevel.GRID)
    inner = await an_area(parent_id=grid, level=AreaLevel.GRID)
    assert await lies_in(inner) == {inner: 0, grid: 1, district: 2}


@pytest.mark.parametrize(
    ("wrong", "refusal", "path"),
    [
        ({"code": ""}, InvalidInput, ("code",)),
        ({"code": "37 0811"}, InvalidInput, ("code",)),
        ({"code": "任城"}, InvalidInput, ("code",)),
        ({"code": "9" * 65}, InvalidInput, ("code",)),
        ({"code": "370811\n"}, InvalidInput, ("code",)),
        ({"name": " "}, InvalidInput, ("name",)),
        ({"name": "\u200b"}, InvalidInput, ("name",)),
        ({"level": AreaLevel.TOWN}, InvalidInput, ("level",)),
        ({"parent_id": 1}, NotFound, ("parentId",)),
        ({"managed_by_id": 1}, NotFound, ("managedById",)),
    ],
)
async def test_what_is_wrong_with_an_area_is_said_by_field(
    wrong: dict[str, object], refusal: type[Refusal], path: tuple[str, ...]
) -> None:
    right: dict[str, object] = {"code": "370811", "name": "任城区", "level": AreaLevel.DISTRICT}
    with pytest.raises(refusal) as raised:
        await create_area(NewArea(**(right | wrong)))  # type: ignore[arg-type]
    assert raised.value.path == path
    assert await fetch("SELECT id FROM areas") == []


async def test_an_area_is_not_above_its_parent() -> None:
    village = await an_area(parent_id=await an_area(), level=AreaLevel.VILLAGE)
    with pytest.raises(InvalidInput) as raised:
        await an_area(parent_id=village, level=AreaLevel.TOWN)
    assert raised.value.reason == "area_level_above_parent"


async def test_a_code_is_given_once_however_many_ask_at_once() -> None:
    answers = await asyncio.gather(*(an_area(code="370811") for _ in range(8)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 7
    assert {(r.reason, r.path) for r in refused} == {("area_code_taken", ("code",))}
    rows = await fetch("SELECT count(*) FROM area_within")
    assert rows[0][0] == 1


async def test_an_area_is_found_by_its_code() -> None:
    area_id = await an_area(code="370811")
    assert await read(lambda reader: find_area(reader, "370811")) == area_id


@pytest.mark.parametrize("code", ["370812", "", "370811\x00", "\ud800", "9" * 100_000, "' OR 1=1 --", "任城"])
async def test_whatever_is_no_code_is_not_found(code: str) -> None:
    await an_area(code="370811")
    with pytest.raises(NotFound) as raised:
        await read(lambda reader: find_area(reader, code, "areaCode"))
    assert raised.value.path == ("areaCode",)

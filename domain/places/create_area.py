"""Creating an area, together with what it lies in and who manages it, at any distance.

Two closures hold one row for every pair, so that "all below" is one join for the reads and one subquery for the rights.
Areas are only ever added below areas that are there, so a closure never changes afterwards and can have no circle.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.places.find_area import CODE
from domain.places.kinds import AreaLevel
from domain.refusals import Conflict, InvalidInput, NotFound
from domain.text import clean_name
from storage import Transaction, write

# How far down a level is; two of one height may lie in each other (a grid in a grid).
HEIGHTS = {
    AreaLevel.DISTRICT: 0,
    AreaLevel.SUBDISTRICT: 1,
    AreaLevel.TOWN: 1,
    AreaLevel.COMMUNITY: 2,
    AreaLevel.VILLAGE: 2,
    AreaLevel.GRID: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArea:
    """An area to be created: it lies in `parent_id` and is managed by `managed_by_id`, or else by its parent."""

    code: str
    name: str
    level: AreaLevel
    parent_id: int | None = None
    managed_by_id: int | None = None


async def create_area(new: NewArea) -> int:
    """The area is there, and its id is returned. Raises InvalidInput, NotFound, Conflict."""

    async def body(tx: Transaction) -> int:
        return await add_area(tx, new)

    return await write(body)


async def add_area(tx: Transaction, new: NewArea) -> int:
    """As create_area, as a part of a transaction."""
    if not CODE.fullmatch(new.code):
        raise InvalidInput(reason="area_code_malformed", path=("code",))
    name = clean_name(new.name, "name")
    await check_level(tx, new)
    if new.managed_by_id is not None:
        await level_of(tx, new.managed_by_id, "managedById")
    area_id = tx.new_id()
    values = (area_id, new.code, name, new.level.value, new.parent_id, new.managed_by_id)
    if not await tx.execute(INSERT_AREA, *values):
        raise Conflict(reason="area_code_taken", path=("code",))
    await insert_closures(tx, area_id, new)
    return area_id


INSERT_AREA = """INSERT INTO areas (id, code, name, level, parent_id, managed_by_id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO NOTHING"""


async def check_level(tx: Transaction, new: NewArea) -> None:
    """An area is no higher than what it lies in; only a district lies in nothing."""
    if new.parent_id is None:
        if new.level is not AreaLevel.DISTRICT:
            raise InvalidInput(reason="area_without_parent_is_a_district", path=("level",))
    elif HEIGHTS[new.level] < HEIGHTS[await level_of(tx, new.parent_id, "parentId")]:
        raise InvalidInput(reason="area_level_above_parent", path=("level",))


async def level_of(tx: Transaction, area_id: int, *path: str) -> AreaLevel:
    """Raises NotFound at `path`."""
    level: str | None = await tx.fetch_value("SELECT level FROM areas WHERE id = ?", area_id)
    if level is None:
        raise NotFound(path=path)
    return AreaLevel(level)


async def insert_closures(tx: Transaction, area_id: int, new: NewArea) -> None:
    """What a new area lies in is itself and what its parent lies in; who manages it likewise."""
    manager_id = new.parent_id if new.managed_by_id is None else new.managed_by_id
    for table, column, next_id in (
        ("area_within", "ancestor_id", new.parent_id),
        ("area_management", "manager_id", manager_id),
    ):
        above = await tx.fetch(f"SELECT {column}, distance + 1 FROM {table} WHERE area_id = ?", next_id or 0)
        rows = [(tx.new_id(), area_id, other, distance) for other, distance in [(area_id, 0), *above]]
        await tx.execute_many(f"INSERT INTO {table} (id, area_id, {column}, distance) VALUES (?, ?, ?, ?)", rows)

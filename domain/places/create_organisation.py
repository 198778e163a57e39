"""Creating a body that hosts activities and offers."""

from __future__ import annotations

from dataclasses import dataclass

from domain.places.kinds import OrganisationKind
from domain.refusals import Conflict, NotFound
from domain.text import clean_name
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """A body to be created in an area. Its name is its own within that area."""

    name: str
    kind: OrganisationKind
    area_id: int


async def create_organisation(new: NewOrganisation) -> int:
    """The organisation is there, and its id is returned. Raises InvalidInput, NotFound, Conflict."""

    async def body(tx: Transaction) -> int:
        return await add_organisation(tx, new)

    return await write(body)


async def add_organisation(tx: Transaction, new: NewOrganisation) -> int:
    """As create_organisation, as a part of a transaction."""
    name = clean_name(new.name, "name")
    if await tx.fetch_value("SELECT id FROM areas WHERE id = ?", new.area_id) is None:
        raise NotFound(path=("areaId",))
    organisation_id = tx.new_id()
    if not await tx.execute(INSERT, organisation_id, name, new.kind.value, new.area_id):
        raise Conflict(reason="organisation_name_taken", path=("name",))
    return organisation_id


INSERT = """INSERT INTO organisations (id, name, kind, area_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (area_id, name) DO NOTHING"""

"""Granting a role over an area or an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.rights import Role
from domain.refusals import InvalidInput, NotFound
from storage import Reader, Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleWish:
    """A role of a resident over exactly one of the two. `by_id` is who says so, None the operator at the machine."""

    resident_id: int
    role: Role
    area_id: int | None = None
    organisation_id: int | None = None
    by_id: int | None = None


async def grant_role(wish: RoleWish, now: datetime) -> int:
    """The resident holds the role; the grant's id. Granting it again changes nothing and answers the same.

    Raises InvalidInput, NotFound.
    """

    async def body(tx: Transaction) -> int:
        return await add_grant(tx, wish, now)

    return await write(body)


async def add_grant(tx: Transaction, wish: RoleWish, now: datetime) -> int:
    """As grant_role, as a part of a transaction."""
    await check_subjects(tx, wish)
    values = (wish.resident_id, wish.role.value, wish.area_id, wish.organisation_id, to_micros(now), wish.by_id)
    await tx.execute(INSERT, tx.new_id(), *values)
    grant_id = await standing_grant(tx, wish)
    assert grant_id, "a grant that was inserted, or was there already, stands"
    return grant_id


INSERT = """INSERT INTO role_grants (id, resident_id, role, area_id, organisation_id, granted_at, granted_by_id)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""


async def check_subjects(reader: Reader, wish: RoleWish) -> None:
    """Raises InvalidInput, NotFound."""
    if (wish.area_id is None) == (wish.organisation_id is None):
        raise InvalidInput(reason="role_over_one")
    for table, row_id, path in (
        ("residents", wish.resident_id, "residentId"),
        ("areas", wish.area_id, "areaId"),
        ("organisations", wish.organisation_id, "organisationId"),
    ):
        if row_id is not None and await reader.fetch_value(f"SELECT id FROM {table} WHERE id = ?", row_id) is None:
            raise NotFound(path=(path,))


async def standing_grant(reader: Reader, wish: RoleWish) -> int | None:
    """The id of the grant that stands, if the role is held."""
    column, over = ("area_id", wish.area_id) if wish.area_id is not None else ("organisation_id", wish.organisation_id)
    sql = f"SELECT id FROM role_grants WHERE resident_id = ? AND role = ? AND {column} = ? AND revoked_at IS NULL"
    grant_id: int | None = await reader.fetch_value(sql, wish.resident_id, wish.role.value, over)
    return grant_id

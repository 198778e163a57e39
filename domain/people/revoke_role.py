"""Taking a role back."""

from __future__ import annotations

from datetime import datetime

from domain.people.grant_role import RoleWish, check_subjects, standing_grant
from domain.refusals import NotFound
from storage import Transaction, write
from storage.instants import to_micros

REVOKE = "UPDATE role_grants SET revoked_at = ?, revoked_by_id = ? WHERE id = ? AND revoked_at IS NULL"


async def revoke_role(wish: RoleWish, now: datetime) -> int:
    """The resident holds the role no more; the id of the grant, which stays on record with who took it back.

    Raises InvalidInput, NotFound, also when the role is not held.
    """

    async def body(tx: Transaction) -> int:
        await check_subjects(tx, wish)
        grant_id = await standing_grant(tx, wish)
        if grant_id is None or not await tx.execute(REVOKE, to_micros(now), wish.by_id, grant_id):
            raise NotFound
        return grant_id

    return await write(body)

"""Setting how much an administrator may correct alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.points.adjust_points import LARGEST_ADJUSTMENT
from domain.ranges import check_range
from domain.refusals import NotFound
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAdjustmentLimitWish:
    """Corrections of more than so many points wait for a second administrator; 0: all of them."""

    programme: str
    limit: int


INSERT = "INSERT INTO adjustment_limits (id, programme, most_alone, set_by_id, set_at) VALUES (?, ?, ?, ?, ?)"


async def set_adjustment_limit(caller: Caller, wish: SetAdjustmentLimitWish, now: datetime) -> int:
    """The limit holds for all administrators from now on; for whoever set it only where it is lower than before.

    By administrators of a whole district; who set it and when is kept. The programme's id. Raises Unauthenticated, InvalidInput
    (limit), Forbidden, NotFound (programme).
    """
    setter_id = caller.signed_in()
    check_range(wish.limit, 0, LARGEST_ADJUSTMENT, "limit")

    async def body(tx: Transaction) -> int:
        await require_book_administrator(tx, caller)
        programme_id: int | None = await tx.fetch_value("SELECT id FROM programmes WHERE code = ?", wish.programme)
        if programme_id is None:
            raise NotFound(path=("programme",))
        await tx.execute(INSERT, tx.new_id(), wish.programme, wish.limit, setter_id, to_micros(now))
        return programme_id

    return await write(body)

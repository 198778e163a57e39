"""Setting how much may be claimed for a resident without a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.claims.desk import find_programme
from domain.claims.statement import LARGEST_FIGURE
from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.ranges import check_range
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClaimLimitWish:
    """What brings a resident above so many points within 24 hours waits for a second person; 0: all of it."""

    programme: str = "xuexi"
    approval_above: int


INSERT = "INSERT INTO claim_limits (id, programme, approval_above, set_by_id, set_at) VALUES (?, ?, ?, ?, ?)"


async def set_claim_limit(caller: Caller, wish: SetClaimLimitWish, now: datetime) -> int:
    """The limit holds for whatever is attested from now on; who set it and when is kept. The limit's id.

    By administrators of a whole district. Raises Unauthenticated, InvalidInput (the limit), Forbidden, InvalidInput (the
    programme).
    """
    setter_id = caller.signed_in()
    check_range(wish.approval_above, 0, LARGEST_FIGURE, "approvalAbove")

    async def body(tx: Transaction) -> int:
        limit_id = tx.new_id()
        await require_book_administrator(tx, caller)
        await find_programme(tx, wish.programme)
        await tx.execute(INSERT, limit_id, wish.programme, wish.approval_above, setter_id, to_micros(now))
        return limit_id

    return await write(body)

"""Opening a book: a programme whose points are its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from domain.local_days import check_zone
from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.ranges import check_range
from domain.refusals import Conflict, InvalidInput
from domain.text import clean_name
from ledger.accounts import create_programme as insert_programme
from ledger.posting import MAX_POINTS
from storage import Transaction, write

CODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProgrammeWish:
    """A programme to be. `zone` decides its days; `budget` is the most points it may issue, None for no limit."""

    code: str
    name: str
    zone: str = "Asia/Shanghai"
    budget: int | None = None


async def create_programme(caller: Caller, wish: CreateProgrammeWish, now: datetime) -> int:
    """The programme is there with its accounts and a wallet for everybody; its id. By administrators of a whole district.

    Raises Unauthenticated, InvalidInput (code, name, zone, budget), Forbidden, Conflict (the code is taken).
    """
    caller.signed_in()
    if not CODE.fullmatch(wish.code):
        raise InvalidInput(reason="programme_code_malformed", path=("code",))
    name = clean_name(wish.name, "name")
    check_zone(wish.zone, "zone")
    if wish.budget is not None:
        check_range(wish.budget, 0, MAX_POINTS, "budget")

    async def body(tx: Transaction) -> int:
        await require_book_administrator(tx, caller)
        programme_id = await insert_programme(tx, wish.code, name, wish.zone, wish.budget, now)
        if programme_id is None:
            raise Conflict(reason="programme_code_taken", path=("code",))
        return programme_id

    return await write(body)

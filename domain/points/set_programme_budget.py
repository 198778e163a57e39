"""Saying how many points a programme may issue."""

from __future__ import annotations

from dataclasses import dataclass

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.ranges import check_range
from domain.refusals import InvalidInput, NotFound
from ledger.budget import hold_programme, points_issued, put_budget
from ledger.posting import MAX_POINTS
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgrammeBudgetWish:
    """A programme by its code; `budget` None is no limit."""

    programme: str
    budget: int | None


async def set_programme_budget(caller: Caller, wish: SetProgrammeBudgetWish) -> int:
    """The programme may issue so many points in all, those that it issued already among them; its id.

    By administrators of a whole district. Whoever is being paid at this moment is counted. Raises Unauthenticated,
    InvalidInput (budget), Forbidden, NotFound (programme), InvalidInput (more was issued already).
    """
    caller.signed_in()
    if wish.budget is not None:
        check_range(wish.budget, 0, MAX_POINTS, "budget")

    async def body(tx: Transaction) -> int:
        await require_book_administrator(tx, caller)
        held = await hold_programme(tx, wish.programme)
        if held is None:
            raise NotFound(path=("programme",))
        issued = await points_issued(tx, wish.programme)
        if wish.budget is not None and issued > wish.budget:
            raise InvalidInput(reason="budget_below_issued", values={"issued": issued}, path=("budget",))
        await put_budget(tx, held.id, wish.budget, issued)
        return held.id

    return await write(body)

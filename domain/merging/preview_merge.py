"""What merging would do, before it is done: it cannot be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.merging.moved import Moved, find_moved
from domain.merging.obstacles import find_facts, reasons_not_to_merge
from domain.merging.postings import Movement, find_movements
from domain.people.caller import Caller
from domain.people.rights import administers_the_book, holds
from domain.refusals import Forbidden, Refusal, Unauthenticated
from ledger.merging import find_pairs
from storage import Reader, read


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Every reason why not; or, where there is none, what would be posted. `moved` is None for whoever may not know."""

    reasons: tuple[Refusal, ...]
    movements: tuple[Movement, ...] = ()
    moved: Moved | None = None


async def preview_merge(caller: Caller, keep_id: int, merge_id: int, now: datetime) -> MergePreview:
    """What merge_residents would do now if nobody else did anything. Nothing is written, and nothing is refused: what would be
    is among the reasons, in the act's own order."""
    administrator_id = caller.resident_id
    if administrator_id is None:
        return MergePreview((Unauthenticated(),))

    async def body(reader: Reader) -> MergePreview:
        if not await holds(reader, administers_the_book("CAST(? AS BIGINT)"), administrator_id):
            return MergePreview((Forbidden(),))
        pairs = await find_pairs(reader, keep_id, merge_id)
        facts = await find_facts(reader, administrator_id, keep_id, merge_id, pairs, now)
        reasons = tuple(reasons_not_to_merge(facts))
        moved = await find_moved(reader, keep_id, merge_id) if facts.are_two else None
        movements = () if reasons else await find_movements(reader, pairs, now)
        return MergePreview(reasons, tuple(movements), moved)

    return await read(body)

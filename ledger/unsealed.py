"""Which transfers are in no seal.

An id is made before its transaction commits, so a lower one can turn up after a higher one was sealed. Hence sealing looks
a margin back, and knows by the seals' own lists of ids what is in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from ledger.packed import unpack_ids
from storage import Reader
from storage.ids import ids_within

#: Longer than a transaction can take, and clocks of several servers differ by.
MARGIN = timedelta(minutes=10)
STEP = 8192

SEALS_BETWEEN = "SELECT transfer_ids FROM seals WHERE last_transfer_id >= ? AND first_transfer_id <= ?"


async def id_that_is_certain(reader: Reader) -> int | None:
    """Transfers up to this id must be in a seal by now; None while there is no seal."""
    highest: int | None = await reader.fetch_value("SELECT MAX(last_transfer_id) FROM seals")
    return None if highest is None else highest - ids_within(MARGIN)


async def find_unsealed(reader: Reader, above: int, limit: int) -> list[int]:
    """The ids of transfers above an id that are in no seal, the lowest first, `limit` at most."""
    found: list[int] = []
    async for ids in transfer_ids(reader, above):
        sealed = await count_seals(reader, ids)
        found += [id_ for id_ in ids if id_ not in sealed]
        if len(found) >= limit:
            break
    return found[:limit]


async def transfer_ids(reader: Reader, above: int) -> AsyncIterator[Sequence[int]]:
    """The ids of all transfers above an id, some thousands at a time. A damaged file may give too few, or out of order."""
    while True:
        rows = await reader.fetch("SELECT id FROM transfers WHERE id > ? ORDER BY id LIMIT ?", above, STEP)
        ids = [row[0] for row in rows]
        if not ids or max(ids) <= above:
            return
        yield ids
        above = max(ids)


async def count_seals(reader: Reader, ids: Sequence[int]) -> Counter[int]:
    """In how many seals each of some ids is."""
    found: Counter[int] = Counter()
    for (packed,) in await reader.fetch(SEALS_BETWEEN, min(ids), max(ids)):
        found.update(unpack_ids(packed))
    return found

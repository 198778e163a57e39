"""The counters that caps are kept by: one for a resident and slot. They are locked before anything is decided from them.

The database holds the cap as well (CHECK award_counters_within_cap): a counter grows only with the cap it must keep beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.earning.award import Counted
from domain.earning.slots import Slot
from storage import Reader, Transaction
from storage.dialect import in_ids, in_texts

Used = dict[int, dict[Slot, int]]


LOCK = """INSERT INTO award_counters (programme_id, code, resident_id, period, used) VALUES (?, ?, ?, ?, 0)
    ON CONFLICT (programme_id, code, resident_id, period) DO UPDATE SET used = award_counters.used"""


async def lock_counters(tx: Transaction, programme_id: int, slots: Sequence[Slot], resident_ids: Iterable[int]) -> Used:
    """What the residents' counters hold, which nobody else changes until the end of the transaction. Nothing without slots."""
    residents = sorted(resident_ids)
    if not slots or not residents:
        return {}
    rows = [(programme_id, slot.code, resident_id, slot.period) for resident_id in residents for slot in sorted(slots)]
    await tx.execute_many(LOCK, rows)
    return await find_counters(tx, programme_id, slots, residents)


async def find_counters(reader: Reader, programme_id: int, slots: Sequence[Slot], resident_ids: Iterable[int]) -> Used:
    """The same without locking, for whoever only wants to know."""
    if not slots:
        return {}
    sql = f"""SELECT resident_id, code, period, used FROM award_counters WHERE programme_id = ?
        AND code {in_texts(reader.dialect)} AND resident_id {in_ids(reader.dialect)} AND period {in_texts(reader.dialect)}"""
    codes, periods = sorted({slot.code for slot in slots}), sorted({slot.period for slot in slots})
    found: Used = {}
    for resident_id, code, period, used in await reader.fetch(sql, programme_id, codes, list(resident_ids), periods):
        found.setdefault(resident_id, {})[Slot(code, period)] = used
    return found


ADD = """UPDATE award_counters SET used = used + ?, cap = ?
    WHERE programme_id = ? AND code = ? AND resident_id = ? AND period = ?"""


async def add_to_counters(
    tx: Transaction, programme_id: int, counted: Iterable[tuple[int, Mapping[Slot, Counted]]]
) -> None:
    """What was counted for residents is added to their counters, which the caller has locked."""
    rows = [
        (change.added, change.cap, programme_id, slot.code, resident_id, slot.period)
        for resident_id, changes in counted
        for slot, change in changes.items()
    ]
    if rows:
        await tx.execute_many(ADD, rows)


GIVE_BACK = """UPDATE award_counters SET used = used - ? WHERE programme_id = ? AND code = ? AND resident_id = ? AND period = ?"""


async def give_back(tx: Transaction, programme_id: int, resident_id: int, points: Mapping[Slot, int]) -> None:
    """What was counted for a resident counts no longer; the counters are locked in the order of their slots."""
    rows = [(points[slot], programme_id, slot.code, resident_id, slot.period) for slot in sorted(points)]
    if rows:
        await tx.execute_many(GIVE_BACK, rows)

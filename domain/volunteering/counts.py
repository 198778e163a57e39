"""The counts of places on an activity and its shift, which guard them: whoever takes one too many changes no row."""

from __future__ import annotations

from dataclasses import dataclass

from storage import Transaction


@dataclass(frozen=True, slots=True)
class CountChange:
    """How many sign-ups with a place, and how many that wait, come or go."""

    confirmed: int = 0
    waiting: int = 0


TAKES_PLACE = CountChange(confirmed=1)
LEAVES_PLACE = CountChange(confirmed=-1)
STARTS_WAITING = CountChange(waiting=1)
STOPS_WAITING = CountChange(waiting=-1)
IS_PROMOTED = CountChange(confirmed=1, waiting=-1)

ADD = """SET confirmed_count = confirmed_count + ?, waitlist_count = waitlist_count + ? WHERE id = ?
    AND (? <= 0 OR capacity IS NULL OR confirmed_count + ? <= capacity)"""


async def change_counts(tx: Transaction, activity_id: int, shift_id: int, change: CountChange) -> None:
    """The counts are changed, the activity's first. The caller holds the activity and has looked whether a place is left."""
    for table, row_id in (("activities", activity_id), ("shifts", shift_id)):
        values = (change.confirmed, change.waiting, row_id, change.confirmed, change.confirmed)
        changed = await tx.execute(f"UPDATE {table} {ADD}", *values)
        assert changed == 1, "under the activity's lock its counts stay as they were read"

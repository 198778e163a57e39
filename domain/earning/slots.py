"""What a resident's points are counted by: a rule's code, and an activity, day, week or everything.

A slot's period is kept as text: 'A:<activity>', 'D:2026-11-25', 'W:2026-W48' (ISO, from Monday), 'T', and 'F:2026-11-25' for the
times that FIRST_OF_DAY gave.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from domain.earning.rule import CapPeriod, RuleBook, RuleKind


class Slot(NamedTuple):
    """One counter of a resident. Slots sort in the order in which their rows are locked."""

    code: str
    period: str


@lru_cache(maxsize=4096)
def slot_of(code: str, period: CapPeriod, activity_id: int, day: date) -> Slot:
    match period:
        case CapPeriod.ACTIVITY:
            return Slot(code, f"A:{activity_id}")
        case CapPeriod.DAY:
            return Slot(code, f"D:{day}")
        case CapPeriod.WEEK:
            return Slot(code, f"W:{week_of(day)}")
        case CapPeriod.TOTAL:
            return Slot(code, "T")


def first_of_day(code: str, day: date) -> Slot:
    return Slot(code, f"F:{day}")


def week_of(day: date) -> str:
    """The ISO week of a day, such as '2026-W48'."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def slots_of_points(code: str | None, book: RuleBook, activity_id: int, day: date) -> Iterator[Slot]:
    """Where a line's points are counted: by the rule that gave them (None: the activity itself), and by those that bound all."""
    for counting in book.cap_codes if code is None else (code, *book.cap_codes):
        for period in book.counted[counting]:
            yield slot_of(counting, period, activity_id, day)


def slots_looked_at(book: RuleBook, activity_id: int, activity_kind: str, day: date) -> list[Slot]:
    """Every counter that deciding an attendance looks at or changes, in the order of their locks."""
    found: set[Slot] = set(slots_of_points(None, book, activity_id, day))
    for rule in book.in_force(day):
        if rule.is_about(activity_kind):
            found |= set(slots_of_points(rule.code, book, activity_id, day))
            if rule.kind is RuleKind.FIRST_OF_DAY:
                found.add(first_of_day(rule.code, day))
    return sorted(found)

"""What somebody should look into: raised with the recording itself, in its transaction. An alarm never stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.volunteering.batch import NewAttendance
from domain.volunteering.evidence import EvidenceGrade
from domain.volunteering.held_shift import HeldShift
from domain.volunteering.states import AlarmKind
from storage import Row, Transaction
from storage.dialect import in_ids
from storage.instants import MICROSECOND, from_micros, to_micros

MANY = 50  # people whom one organiser enters unscanned
AT_ONCE = timedelta(minutes=10)  # ... within this time, over all their lists and activities
SOON = timedelta(hours=1)  # from an activity's creation to its first hours
MINUTE = timedelta(minutes=1)
UNSCANNED = (EvidenceGrade.ORGANISER_LIST, EvidenceGrade.ENTERED_AFTERWARDS)


async def raise_alarms(
    tx: Transaction, shift: HeldShift, added: Sequence[NewAttendance], organiser_id: int, now: datetime
) -> None:
    """What was just recorded is looked at. The caller holds the organiser, the activity and the residents' wallets, so that
    whoever records at the same moment either sees these rows or is seen by us."""
    if any(attendance.grade in UNSCANNED for attendance in added):
        await watch_entries(tx, shift, organiser_id, now)
    await watch_places(tx, shift, [attendance.id for attendance in added], organiser_id, now)
    await watch_creation(tx, shift, len(added), organiser_id, now)


INSERT = """INSERT INTO alarms (id, kind, activity_id, shift_id, organiser_id, people, minutes, raised_at, resident_id,
    attendance_id, other_attendance_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def alarm_row(
    tx: Transaction, kind: AlarmKind, shift: HeldShift, organiser_id: int, figures: tuple[int, int, datetime]
) -> tuple[Any, ...]:
    """The values of INSERT but for the last three; the figures are people, minutes, and now."""
    people, minutes, now = figures
    return (tx.new_id(), kind.value, shift.activity_id, shift.id, organiser_id, people, minutes, to_micros(now))


NOBODY = (None, None, None)

# The index of unscanned rows is meant: its condition has to stand here word by word.
COUNT_ENTRIES = """SELECT COUNT(DISTINCT resident_id) FROM attendances WHERE recorded_by_id = ? AND recorded_at > ?
    AND grade IN ('ORGANISER_LIST', 'ENTERED_AFTERWARDS')"""
RAISE_FIGURE = """UPDATE alarms SET people = CASE WHEN people < ? THEN ? ELSE people END
    WHERE organiser_id = ? AND kind = 'MANY_ENTRIES' AND raised_at > ? AND settled_at IS NULL"""


async def watch_entries(tx: Transaction, shift: HeldShift, organiser_id: int, now: datetime) -> None:
    """One alarm for a burst: while it is open, more people raise its figure."""
    since = to_micros(now - AT_ONCE)
    people: int = await tx.fetch_value(COUNT_ENTRIES, organiser_id, since)
    if people <= MANY or await tx.execute(RAISE_FIGURE, people, people, organiser_id, since):
        return
    figures = people, AT_ONCE // MINUTE, now
    await tx.execute(INSERT, *alarm_row(tx, AlarmKind.MANY_ENTRIES, shift, organiser_id, figures), *NOBODY)


MOST_PAIRS = 1000  # two for each row of the longest list
OVERLAPPING = """SELECT n.resident_id, n.id, o.id, n.checked_in_at, n.checked_out_at, o.checked_in_at, o.checked_out_at
    FROM attendances n JOIN attendances o ON o.resident_id = n.resident_id AND o.checked_out_at > n.checked_in_at
        AND o.checked_in_at < n.checked_out_at AND o.voided_at IS NULL AND o.approval <> 'REJECTED'
        AND o.activity_id <> n.activity_id
    WHERE n.id {ids} ORDER BY n.id, o.id LIMIT {most}"""


async def watch_places(
    tx: Transaction, shift: HeldShift, attendance_ids: list[int], organiser_id: int, now: datetime
) -> None:
    """An alarm for each pair of attendances in two activities at the same time."""
    pairs = await tx.fetch(OVERLAPPING.format(ids=in_ids(tx.dialect), most=MOST_PAIRS), attendance_ids)
    await tx.execute_many(
        INSERT,
        [
            (*alarm_row(tx, AlarmKind.TWO_PLACES, shift, organiser_id, (1, minutes_of_both(pair), now)), *pair[:3])
            for pair in pairs
        ],
    )


# Of each pair the one that was recorded later, and by whom: as if it had been known then that they are one person.
BETWEEN_TWO = """SELECT n.resident_id, n.id, o.id, n.checked_in_at, n.checked_out_at, o.checked_in_at, o.checked_out_at,
        n.activity_id, n.shift_id, n.recorded_by_id
    FROM attendances n JOIN attendances o ON o.id < n.id
        AND o.resident_id = CASE n.resident_id WHEN ? THEN CAST(? AS BIGINT) ELSE ? END
        AND o.checked_out_at > n.checked_in_at AND o.checked_in_at < n.checked_out_at AND o.voided_at IS NULL
        AND o.approval <> 'REJECTED' AND o.activity_id <> n.activity_id
    WHERE n.resident_id IN (?, ?) AND n.voided_at IS NULL AND n.approval <> 'REJECTED' ORDER BY n.id, o.id LIMIT {most}"""


async def watch_places_of_two(tx: Transaction, kept_id: int, merged_id: int, now: datetime) -> None:
    """Two residents turn out to be one person: an alarm for each time at which both were somewhere, and not together. The
    caller holds their activities."""
    both = (kept_id, merged_id)
    pairs = await tx.fetch(BETWEEN_TWO.format(most=MOST_PAIRS), *both, kept_id, *both)
    told = [
        (
            tx.new_id(),
            AlarmKind.TWO_PLACES.value,
            *pair[7:],
            1,
            minutes_of_both(pair[:7]),
            to_micros(now),
            kept_id,
            *pair[1:3],
        )
        for pair in pairs
    ]
    await tx.execute_many(INSERT, told)


def minutes_of_both(pair: Row) -> int:
    """How long somebody would have been in both places."""
    came, left, other_came, other_left = pair[3:]
    return int((min(left, other_left) - max(came, other_came)) * MICROSECOND / MINUTE)


INSERT_ONCE = f"{INSERT} ON CONFLICT (shift_id, organiser_id) WHERE kind = 'RECORDED_AFTER_CREATION' DO NOTHING"


async def watch_creation(tx: Transaction, shift: HeldShift, people: int, organiser_id: int, now: datetime) -> None:
    """One alarm for an organiser and a shift, by the first list."""
    created_at = from_micros(await tx.fetch_value("SELECT created_at FROM activities WHERE id = ?", shift.activity_id))
    if now - created_at <= SOON or created_at > shift.starts_at:
        figures = people, max(0, (now - created_at) // MINUTE), now
        row = alarm_row(tx, AlarmKind.RECORDED_AFTER_CREATION, shift, organiser_id, figures)
        await tx.execute(INSERT_ONCE, *row, *NOBODY)

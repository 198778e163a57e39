"""A shift in the hands of one of its activity's organisers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.local_days import local_day
from domain.refusals import ActivityCancelled, Forbidden, NotFound, NotOpen
from domain.viewer_sql import for_viewer
from domain.volunteering.locks import lock_of, share_of
from domain.volunteering.points_rule import RULE, PointsRule, rule_of
from domain.volunteering.states import ActivityKind, ActivityStatus
from domain.volunteering.visibility import organises, sees_activity
from storage import Reader, Row, Transaction
from storage.instants import from_micros

SHIFT = ("shiftId",)


@dataclass(frozen=True, slots=True)
class HeldShift:
    """A shift; `day` is when it begins, as its programme has days."""

    id: int
    activity_id: int
    kind: ActivityKind
    title: str
    starts_at: datetime
    ends_at: datetime
    rule: PointsRule
    programme_id: int
    day: date


# The columns that shift_of() reads, of a shift s, its activity t and its programme p.
SHIFT_COLUMNS = f"s.id, t.id, t.title, s.starts_at, s.ends_at, t.kind, p.id, p.zone, {RULE}"
WIDTH = 14

SELECT = f"""SELECT {SHIFT_COLUMNS}, t.status,
    CASE WHEN {sees_activity("t")} THEN 1 ELSE 0 END, CASE WHEN {organises("t")} THEN 1 ELSE 0 END
    FROM shifts s JOIN activities t ON t.id = s.activity_id JOIN programmes p ON p.code = t.points_programme WHERE s.id = ?"""


async def hold_shift(tx: Transaction, organiser_id: int, shift_id: int) -> HeldShift:
    """The shift, its activity locked, so that two batches wait for one another, and its programme shared, so that no rule is
    published meanwhile.

    Raises NotFound, Forbidden, ActivityCancelled, NotOpen.
    """
    sql, viewers = for_viewer(SELECT, organiser_id)
    locks = lock_of(tx.dialect, "t") + share_of(tx.dialect, "p")
    return held_shift(await tx.fetch_one(sql + locks, *viewers, shift_id))


async def find_shift(reader: Reader, organiser_id: int, shift_id: int) -> HeldShift:
    """The same without locking, for whoever only wants to know. Raises NotFound, Forbidden, ActivityCancelled, NotOpen."""
    sql, viewers = for_viewer(SELECT, organiser_id)
    return held_shift(await reader.fetch_one(sql, *viewers, shift_id))


def held_shift(row: Row | None) -> HeldShift:
    """The shift of a row of SELECT. Raises NotFound, Forbidden, ActivityCancelled, NotOpen."""
    if row is None or not row[15]:
        raise NotFound(path=SHIFT)
    if not row[16]:
        raise Forbidden
    if row[14] == ActivityStatus.CANCELLED:
        raise ActivityCancelled(path=SHIFT)
    if row[14] == ActivityStatus.DRAFT:
        raise NotOpen(reason="activity_draft", path=SHIFT)
    return shift_of(row)


def shift_of(columns: Sequence[Any]) -> HeldShift:
    """The shift that a row begins with: the values of SHIFT_COLUMNS."""
    starts_at = from_micros(columns[3])
    return HeldShift(
        id=columns[0],
        activity_id=columns[1],
        kind=ActivityKind(columns[5]),
        title=columns[2],
        starts_at=starts_at,
        ends_at=from_micros(columns[4]),
        rule=rule_of(columns[8:WIDTH]),
        programme_id=columns[6],
        day=local_day(starts_at, columns[7]),
    )

"""Keeping what attendances earned: a row for each line, and the counters it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from domain.earning.award import WITHHELD, Award, Line
from domain.earning.counters import add_to_counters, give_back
from domain.earning.find_rules import find_rules
from domain.earning.rule import RuleKind
from domain.earning.slots import Slot, first_of_day, slots_of_points, week_of
from storage import Transaction


@dataclass(frozen=True, slots=True)
class Awarded:
    """An award of a resident's attendance; `transfer_id` paid it, None where it is 0 points."""

    attendance_id: int
    resident_id: int
    transfer_id: int | None
    award: Award


INSERT = """INSERT INTO awards (id, attendance_id, position, transfer_id, rule_id, local_day, week, basis, would_have_given,
    points, cut_by, cut_rule_id, cut_limit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


async def keep_awards(tx: Transaction, programme_id: int, day: date, awarded: Sequence[Awarded]) -> None:
    """The lines are kept for good, and counted. The caller has locked the counters; attendances and transfers are there."""
    local_day, week = day.isoformat(), week_of(day)
    rows = [
        (tx.new_id(), one.attendance_id, position, one.transfer_id, line.rule and line.rule.id,
         local_day, week, line.basis, line.would_have_given, line.points, *cut_columns(line))
        for one in awarded
        for position, line in enumerate(one.award.lines)
    ]  # fmt: skip
    if rows:
        await tx.execute_many(INSERT, rows)
    await add_to_counters(tx, programme_id, [(one.resident_id, one.award.counted) for one in awarded])


def cut_columns(line: Line) -> tuple[str | None, int | None, int | None]:
    if line.cut is None:
        return None, None, None
    return line.cut.by.value, line.cut.rule.id if line.cut.rule else None, line.cut.limit


def lines_data(award: Award) -> str:
    """The lines as JSON, with all that words need (schema/explaining.py)."""
    return orjson.dumps([line_data(line) for line in award.lines]).decode()


def line_data(line: Line) -> dict[str, Any]:
    data: dict[str, Any] = {"basis": line.basis, "would": line.would_have_given, "points": line.points}
    if line.rule:
        data |= {"rule": line.rule.name, "version": line.rule.version, "kind": line.rule.kind.value}
    if line.cut:
        data |= {"cut": line.cut.by.value, "limit": line.cut.limit}
        if line.cut.rule and line.cut.rule is not line.rule:
            data["capped_by"] = line.cut.rule.name
    return data


SELECT = """SELECT w.points, w.cut_by, w.local_day, r.code, r.kind FROM awards w LEFT JOIN earning_rules r ON r.id = w.rule_id
    WHERE w.attendance_id = ?"""


async def uncount_awards(
    tx: Transaction, programme_id: int, attendance_id: int, resident_id: int, activity_id: int
) -> None:
    """What the attendance earned counts against no cap any more. The caller shares the programme, so that no rule is published
    meanwhile, and the attendance counted until now."""
    rows = await tx.fetch(SELECT, attendance_id)
    if not rows:
        return
    book = await find_rules(tx, programme_id)
    counted: dict[Slot, int] = {}
    for points, cut_by, local_day, code, kind in rows:
        day = date.fromisoformat(local_day)
        for slot in slots_of_points(code, book, activity_id, day) if points else ():
            counted[slot] = counted.get(slot, 0) + points
        if kind == RuleKind.FIRST_OF_DAY and cut_by not in WITHHELD:
            counted[first_of_day(code, day)] = 1
    await give_back(tx, programme_id, resident_id, counted)

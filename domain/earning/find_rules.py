"""Reading the rules of a programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.rule import Band, CapPeriod, EarningRule, RuleBook, RuleKind
from storage import Reader

# One row for each band, one for a rule without.
SELECT = """SELECT r.id, r.code, r.version, r.name, r.kind, r.points, r.valid_from, r.valid_until, r.lowest_grade, r.least_share,
    r.activity_kinds, r.cap_per_activity, r.cap_per_day, r.cap_per_week, r.cap_total, b.from_score, b.points
    FROM earning_rules r LEFT JOIN earning_rule_bands b ON b.rule_id = r.id
    WHERE r.programme_id = ? ORDER BY r.id, b.from_score"""


async def find_rules(reader: Reader, programme_id: int) -> RuleBook:
    """All versions of the programme's rules. Few, so that one statement finds those in force and what has to be counted."""
    found: dict[int, list[Any]] = {}
    for row in await reader.fetch(SELECT, programme_id):
        found.setdefault(row[0], []).append(row)
    return RuleBook(programme_id, [rule_of(rows) for rows in found.values()])


def rule_of(rows: Sequence[Any]) -> EarningRule:
    """A rule of its rows, which differ in their bands."""
    row = rows[0]
    return EarningRule(
        id=row[0],
        code=row[1],
        version=row[2],
        name=row[3],
        kind=RuleKind(row[4]),
        points=row[5],
        bands=tuple(Band(*each[15:]) for each in rows if each[15] is not None),
        valid_from=date.fromisoformat(row[6]),
        valid_until=row[7] and date.fromisoformat(row[7]),
        lowest_grade=EvidenceGrade(row[8]),
        least_share=row[9],
        activity_kinds=kinds_of(row[10]),
        caps={period: cap for period, cap in zip(CapPeriod, row[11:15], strict=True) if cap is not None},
    )


def kinds_of(text: str) -> tuple[str, ...]:
    """The kinds of activities that a column holds; none means all."""
    return tuple(text.split(",")) if text else ()

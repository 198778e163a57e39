"""Figures that tests compare: who has a place, who waits, and whether what is kept agrees with what is counted anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable
from typing import Any

from domain.refusals import Refusal
from domain.volunteering.states import SignUpStatus
from storage import Row, fetch
from tests.builders.volunteering import Activity


async def outcomes(calls: Iterable[Coroutine[Any, Any, object]]) -> Counter[str]:
    """How often each thing happened at once: 'done', or the code of a refusal. Anything else that is raised is a bug."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return Counter(answer.code if isinstance(answer, Refusal) else "done" for answer in answers)


async def rows_of(sql: str, *params: object) -> list[Row]:
    """The rows as plain tuples."""
    return [tuple(row) for row in await fetch(sql, *params)]


async def status_of(sign_up_id: int) -> SignUpStatus:
    return SignUpStatus((await fetch("SELECT status FROM sign_ups WHERE id = ?", sign_up_id))[0][0])


async def residents_with(activity: Activity, status: SignUpStatus) -> list[int]:
    """Whose sign-ups have the status, in order of arrival."""
    sql = "SELECT resident_id FROM sign_ups WHERE activity_id = ? AND status = ? ORDER BY arrival"
    return [row[0] for row in await fetch(sql, activity.id, status.value)]


async def counts_of(activity: Activity) -> tuple[int, int, int]:
    """The activity's counts: places taken, people waiting, attendances."""
    sql = "SELECT confirmed_count, waitlist_count, attendance_count FROM activities WHERE id = ?"
    confirmed, waiting, attended = (await fetch(sql, activity.id))[0]
    return confirmed, waiting, attended


async def balance_of(resident_id: int) -> int:
    """The points in the resident's wallet."""
    return int((await fetch("SELECT credits - debits FROM accounts WHERE holder_id = ?", resident_id))[0][0])


def counted(table: str, owner: str, status: str) -> str:
    return f"(SELECT COUNT(*) FROM sign_ups u WHERE u.{owner} = {table}.id AND u.status = '{status}')"


# Each finds the rows where a kept figure and what it is made of differ.
RULES = {
    "activity counts": f"""SELECT activities.id FROM activities
        WHERE confirmed_count <> {counted("activities", "activity_id", "CONFIRMED")}
        OR waitlist_count <> {counted("activities", "activity_id", "WAITLISTED")}
        OR attendance_count <> (SELECT COUNT(*) FROM attendances d
            WHERE d.activity_id = activities.id AND d.voided_at IS NULL AND d.approval IN ('NOT_NEEDED', 'APPROVED'))""",
    "shift counts": f"""SELECT shifts.id FROM shifts
        WHERE confirmed_count <> {counted("shifts", "shift_id", "CONFIRMED")}
        OR waitlist_count <> {counted("shifts", "shift_id", "WAITLISTED")}""",
    "oversold": """SELECT id FROM activities WHERE confirmed_count > capacity UNION ALL
        SELECT id FROM shifts WHERE confirmed_count > capacity""",
    "a place is left though somebody waits for it": """SELECT u.id FROM sign_ups u
        JOIN shifts s ON s.id = u.shift_id JOIN activities t ON t.id = u.activity_id
        WHERE u.status = 'WAITLISTED' AND (s.capacity IS NULL OR s.confirmed_count < s.capacity)
        AND (t.capacity IS NULL OR t.confirmed_count < t.capacity)""",
    "at two shifts at once": """SELECT u.id FROM sign_ups u JOIN shifts s ON s.id = u.shift_id
        JOIN sign_ups v ON v.resident_id = u.resident_id AND v.id > u.id JOIN shifts x ON x.id = v.shift_id
        WHERE u.status <> 'CANCELLED' AND v.status <> 'CANCELLED' AND s.starts_at < x.ends_at AND x.starts_at < s.ends_at""",
    "attendances paid": """SELECT d.id FROM attendances d LEFT JOIN transfers p ON p.id = d.transfer_id
        WHERE d.points_earned <> COALESCE(p.amount, 0) OR p.source_id <> d.id
        OR (d.transfer_id IS NOT NULL AND (d.voided_at IS NOT NULL) <>
            EXISTS (SELECT 1 FROM transfers r WHERE r.reverses_id = d.transfer_id))""",
    "approved by nobody, or not by somebody else": """SELECT d.id FROM attendances d WHERE d.grade = 'ENTERED_AFTERWARDS' AND
        (d.transfer_id IS NOT NULL AND d.approval <> 'APPROVED' OR d.decided_by_id IN (d.recorded_by_id, d.resident_id))""",
    "wallets": """SELECT w.id FROM accounts w WHERE w.kind = 'WALLET' AND w.credits - w.debits <>
        (SELECT COALESCE(SUM(e.amount), 0) FROM entries e WHERE e.account_id = w.id)""",
}


async def broken_rules() -> list[str]:
    """The rules of this room that the database breaks: none, ever."""
    return [rule for rule, sql in RULES.items() if await fetch(sql)]

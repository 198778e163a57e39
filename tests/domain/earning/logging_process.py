"""A second server process, as far as logging attendances goes: `python -m tests.domain.earning.logging_process URL`.

Says 'ready', reads one line with the lists as JSON, sends them all at once, and prints how many points each row earned.
"""

from __future__ import annotations

import asyncio
import json
import sys

from domain.people.caller import Caller
from domain.people.keys import set_keys
from domain.people.naming import ById
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from storage import close_database, fetch, open_database
from tests.builders.volunteering import AFTERWARDS, STARTS
from tests.keys import TEST_KEYS

#: organiser, shift, residents, key
Sent = tuple[int, int, list[int], str]


async def points_of(sent: Sent) -> list[int]:
    """The points of each row."""
    organiser, shift_id, residents, key = sent
    records = tuple(AttendanceRecord(ById(resident), STARTS) for resident in residents)
    wish = LogAttendanceWish(shift_id=shift_id, records=records, idempotency_key=key)
    rows = await log_attendance(Caller(organiser), wish, AFTERWARDS)
    assert all(row.refusal is None for row in rows), rows
    sql = "SELECT points_earned FROM attendances WHERE id = ?"
    return [(await fetch(sql, row.attendance_id))[0][0] for row in rows]


async def run(url: str) -> None:
    set_keys(TEST_KEYS)
    await open_database(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    lists = json.loads(await asyncio.to_thread(sys.stdin.readline))
    answers = await asyncio.gather(*(points_of(sent) for sent in lists))
    await close_database()
    sys.stdout.write(json.dumps(answers) + "\n")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))

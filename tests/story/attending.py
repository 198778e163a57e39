"""Telling who came, as an organiser's tablet does it, and what it then sees of the activity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

import httpx

from schema.ids import encode_id
from tests.builders.volunteering import STARTS, Activity
from tests.story.asking import Data, ask

Row: TypeAlias = dict[str, Any]

LOG = """mutation ($shift: ID!, $records: [AttendanceRecordInput!]!, $key: String!) {
    logAttendance(input: {shiftId: $shift, records: $records, idempotencyKey: $key}) {
        results { attendance { id pointsEarned method resident { id } transfer { id amount } } error { code message path } }
        errors { code path } } }"""
CAME = """query ($id: ID!) { activity(id: $id) { attendanceCount
    attendances(first: 100) { totalCount nodes { resident { id } pointsEarned } } } }"""


def a_row(came: datetime = STARTS, left: datetime | None = None, **attendee: str) -> Row:
    """A row of the list: who (residentId, memberCode or phone), from when, until when."""
    return {
        "attendee": attendee,
        "checkedInAt": came.isoformat(),
        "checkedOutAt": None if left is None else left.isoformat(),
    }


async def log(line: httpx.AsyncClient, token: str, activity: Activity, rows: Sequence[Row], key: str) -> Data:
    """The payload."""
    shift = encode_id("Shift", activity.shift_id)
    payload: Data = (await ask(line, LOG, token, shift=shift, records=rows, key=key))["logAttendance"]
    return payload


async def attendances_of(line: httpx.AsyncClient, token: str, activity: Activity) -> tuple[int, int]:
    """How many came: as the activity counts them, and as there are rows."""
    seen = (await ask(line, CAME, token, id=encode_id("Activity", activity.id)))["activity"]
    return seen["attendanceCount"], seen["attendances"]["totalCount"]

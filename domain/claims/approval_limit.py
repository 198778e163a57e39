"""How much may be claimed for a resident without a second person.

What counts is all of the last 24 hours, however it is split and whoever attests: one page that is typed in as three is one page.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import Reader
from storage.instants import to_micros

USUAL_LIMIT = 1000  # points; some weeks of studying every day
WINDOW = timedelta(hours=24)

LATEST = (
    """SELECT l.approval_above FROM claim_limits l WHERE l.programme = ? ORDER BY l.set_at DESC, l.id DESC LIMIT 1"""
)


# What nobody else decided on and was not taken back. The claims of who was merged are those of who goes on.
PAID_ALONE = """(SELECT CAST(COALESCE(SUM(c.increase), 0) AS BIGINT) FROM claims c WHERE c.programme = w.programme
    AND c.resident_id = r.id AND c.status = 'APPROVED' AND c.decided_by_id IS NULL AND c.attested_at > ?)"""


async def approval_limit(reader: Reader, programme: str) -> int:
    """The points of a programme that may be claimed for one resident within 24 hours without a second person."""
    limit: int | None = await reader.fetch_value(LATEST, programme)
    return USUAL_LIMIT if limit is None else limit


def since(now: datetime) -> int:
    """From when on what was paid alone counts, as PAID_ALONE takes it."""
    return to_micros(now - WINDOW)

"""How large an increase one person may attest alone."""

from __future__ import annotations

from storage import Reader

USUAL_LIMIT = 1000  # points; some weeks of studying every day

LATEST = (
    """SELECT l.approval_above FROM claim_limits l WHERE l.programme = ? ORDER BY l.set_at DESC, l.id DESC LIMIT 1"""
)


async def approval_limit(reader: Reader, programme: str) -> int:
    """The points of a programme that may be claimed at once without a second person."""
    limit: int | None = await reader.fetch_value(LATEST, programme)
    return USUAL_LIMIT if limit is None else limit

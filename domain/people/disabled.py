"""Who may not sign in: a disablement of theirs stands."""

from __future__ import annotations

from domain.refusals import AccountDisabled
from storage import Reader


def is_disabled(resident: str) -> str:
    """SQL: the resident, given as an SQL expression, is disabled."""
    return f"EXISTS (SELECT 1 FROM disablements pd WHERE pd.resident_id = {resident} AND pd.enabled_at IS NULL)"


async def require_enabled(reader: Reader, resident_id: int) -> None:
    """Raises AccountDisabled."""
    sql = "SELECT id FROM disablements WHERE resident_id = ? AND enabled_at IS NULL"
    if await reader.fetch_value(sql, resident_id) is not None:
        raise AccountDisabled

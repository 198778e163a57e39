"""What an account held at an instant."""

from __future__ import annotations

from datetime import datetime

from storage import Reader
from storage.instants import to_micros


def balance_at_sql(account: str, at: str) -> str:
    """SQL for the sum of an account's entries posted at or before an instant in microseconds; both given as SQL.

    A sum, and not the last entry's `balance_after`: who waited for the wallet's row was posted with the time of their request,
    so the times of neighbouring entries need not grow.
    """
    return f"""(SELECT CAST(COALESCE(SUM(be.amount), 0) AS BIGINT) FROM entries be
        WHERE be.account_id = {account} AND be.posted_at <= {at})"""


async def balance_at(reader: Reader, account_id: int, at: datetime) -> int:
    """The account's balance in points: all entries posted at or before `at`. 0 for an account that is not there."""
    balance: int = await reader.fetch_value(f"SELECT {balance_at_sql('?', '?')}", account_id, to_micros(at))
    return balance

"""What an account held at an instant."""

from __future__ import annotations


def balance_at_sql(account: str, at: str, by: str) -> str:
    """SQL for the sum of an account's entries whose time `by` (a BookTime) is `at` or earlier (microseconds); all given as SQL.

    A sum, and not the last entry's `balance_after`: who waited for the wallet's row was posted with the time of their request,
    so the times of neighbouring entries need not grow. The transfer is looked up only where its time is asked for.
    """
    return f"""(SELECT CAST(COALESCE(SUM(be.amount), 0) AS BIGINT) FROM entries be WHERE be.account_id = {account} AND {at} >=
        CASE WHEN {by} = 'OCCURRED' THEN (SELECT bt.occurred_at FROM transfers bt WHERE bt.id = be.transfer_id)
            ELSE be.posted_at END)"""

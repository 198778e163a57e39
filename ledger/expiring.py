"""Which points expire when: derived from the entries, first in first out, without a row for it (docs/ledger.md).

A transfer that was taken back, and the one that takes it back, count as if neither had been: a refund gives points back with
their old date. Where another wallet took over meanwhile (ledger/merging.py), what comes back there is as old as what it takes
back. What is left of a wallet is then the newest of its credits, as many as are available; each expires by the
day on which it came in. Points that are held do not expire while they are held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ledger.expiry_policy import ExpiryPolicy
from storage.instants import from_micros

# The credits of a wallet that were not taken back: when they came in, and how many points. Points that came from another wallet
# keep the day on which they had come in there.
CAME_IN = """CASE WHEN co.id IS NOT NULL THEN co.posted_at WHEN ct.kind = 'ADJUST' AND cd.kind = 'WALLET' THEN ct.occurred_at
    ELSE ce.posted_at END"""
STANDING_CREDITS = f"""SELECT ce.id, ce.account_id, {CAME_IN} AS came_in, ce.amount
    FROM entries ce JOIN transfers ct ON ct.id = ce.transfer_id JOIN accounts cd ON cd.id = ct.debit_id
    LEFT JOIN transfers co ON co.id = ct.reverses_id
    WHERE ce.amount > 0 AND (co.id IS NULL OR co.debit_id <> ce.account_id)
        AND NOT EXISTS (SELECT 1 FROM transfers cr WHERE cr.reverses_id = ct.id)"""

Lot = tuple[int, int]


def lots_left_sql(account: str, available: str) -> str:
    """SQL: the lots of which something is left, as a text 'came_in amount,...'; NULL where nothing is. Both given as SQL.

    Enough of the newest credits to make up what is available, so that the text does not grow with the wallet's history.
    """
    return f"""(SELECT string_agg(CAST(nl.came_in AS TEXT) || ' ' || CAST(nl.amount AS TEXT), ',') FROM (
        SELECT nc.came_in, nc.amount, SUM(nc.amount) OVER (ORDER BY nc.came_in DESC, nc.id DESC) AS with_newer
        FROM ({STANDING_CREDITS} AND ce.account_id = {account}) AS nc) AS nl
        WHERE nl.with_newer - nl.amount < {available})"""


def lots_of(text: str | None) -> list[Lot]:
    """The lots of such a text."""
    pairs = (pair.split() for pair in text.split(",")) if text else ()
    return [(int(came_in), int(amount)) for came_in, amount in pairs]


def expiring(lots: Iterable[Lot], available: int, policy: ExpiryPolicy) -> dict[date, int]:
    """How many of the `available` points expire on which day, soonest first: what is left is the newest. Empty for NEVER."""
    days: dict[date, int] = {}
    for came_in, amount in sorted(lots, reverse=True):
        left = min(amount, available)
        last_day = policy.last_day(policy.day_of(from_micros(came_in)))
        if left <= 0 or last_day is None:
            break
        days[last_day] = days.get(last_day, 0) + left
        available -= left
    return dict(sorted(days.items()))

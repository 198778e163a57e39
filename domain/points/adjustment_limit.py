"""How much an administrator may correct alone.

Whoever raises the limit does not get more by it: for them counts the least that they set since another administrator set it.
So there are always two people behind a large correction, one who allowed it and one who did it; two accounts of one administrator
that were merged are one of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.people.merged import kept_sql
from domain.viewer_sql import for_viewer
from storage import Reader
from storage.instants import to_micros

USUAL_LIMIT = 1000  # points
WINDOW = timedelta(hours=24)


def most_alone(programme: str) -> str:
    """SQL: the points that `:viewer` may correct alone, for one person within 24 hours; the programme's code given as SQL."""
    others = f"""SELECT ol.set_at, ol.id, ol.most_alone FROM adjustment_limits ol
        WHERE ol.programme = {programme} AND {kept_sql("ol.set_by_id")} <> :viewer"""
    return f"""(SELECT MIN(ll.most_alone) FROM (
        SELECT COALESCE((SELECT al.most_alone FROM ({others}) AS al ORDER BY al.set_at DESC, al.id DESC LIMIT 1),
            {USUAL_LIMIT}) AS most_alone
        UNION ALL SELECT ml.most_alone FROM adjustment_limits ml
            WHERE ml.programme = {programme} AND {kept_sql("ml.set_by_id")} = :viewer
            AND NOT EXISTS ({others} AND (ol.set_at > ml.set_at OR ol.set_at = ml.set_at AND ol.id > ml.id))) AS ll)"""


async def limit_of(reader: Reader, administrator_id: int, programme: str) -> int:
    """The points that the administrator may correct alone, for one person within 24 hours."""
    sql, viewers = for_viewer(f"SELECT {most_alone('lp.code')} FROM programmes lp WHERE lp.code = ?", administrator_id)
    limit: int = await reader.fetch_value(sql, *viewers, programme)
    return limit


# An ADJUST without a source: nobody else had a part in it. What was taken back within the window is as if it had not been.
CORRECTED_ALONE = """SELECT CAST(COALESCE(SUM(t.amount), 0) AS BIGINT) FROM transfers t
    LEFT JOIN transfers o ON o.id = t.reverses_id
    WHERE t.posted_by_id IN (SELECT pb.id FROM residents pb WHERE pb.id = ? OR pb.merged_into_id = ?) AND t.posted_at > ?
        AND t.kind IN ('ADJUST', 'REVERSAL') AND EXISTS (
        SELECT 1 FROM accounts w WHERE w.id IN (t.debit_id, t.credit_id) AND (w.id = ? OR w.merged_into_id = ?))
        AND CASE t.kind WHEN 'ADJUST' THEN t.source_kind IS NULL ELSE o.kind = 'ADJUST' END
        AND NOT EXISTS (SELECT 1 FROM transfers r WHERE r.reverses_id = t.id)
        AND NOT EXISTS (SELECT 1 FROM adjustments a WHERE a.transfer_id = t.id)
        AND (o.id IS NULL OR o.posted_by_id IS NULL OR o.posted_by_id <> t.posted_by_id OR o.posted_at <= ?)"""


async def corrected_alone(reader: Reader, administrator_id: int, wallet_id: int, now: datetime) -> int:
    """The points that the administrator gave to or took from the wallet alone in the last 24 hours."""
    points: int = await reader.fetch_value(CORRECTED_ALONE, *within(administrator_id, wallet_id, now))
    return points


async def corrected_by(reader: Reader, administrator_id: int, wallet_id: int, transfer_id: int, now: datetime) -> int:
    """How many of these points the transfer moved; 0 where it is not among them."""
    counted = within(administrator_id, wallet_id, now)
    points: int = await reader.fetch_value(f"{CORRECTED_ALONE} AND t.id = ?", *counted, transfer_id)
    return points


def within(administrator_id: int, wallet_id: int, now: datetime) -> tuple[int, ...]:
    since = to_micros(now - WINDOW)
    return administrator_id, administrator_id, since, wallet_id, wallet_id, since

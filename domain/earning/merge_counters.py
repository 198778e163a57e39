"""Two residents who turn out to be one person: what both of them earned counts against one cap."""

from __future__ import annotations

from storage import Transaction

# Counters are found by their code before their resident: of codes there are few.
CODES = "(programme_id, code) IN (SELECT programme_id, code FROM earning_rules)"
HOLD = f"SELECT used FROM award_counters WHERE {CODES} AND resident_id IN (?, ?) ORDER BY resident_id, code, period"
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}
# Together they may have more than the cap: then the counter keeps none, and nothing is given until it allows for it.
ADD = f"""INSERT INTO award_counters (programme_id, code, resident_id, period, used, cap)
    SELECT m.programme_id, m.code, CAST(? AS BIGINT), m.period, m.used, m.cap FROM award_counters m
    WHERE {CODES} AND m.resident_id = ?
    ON CONFLICT (programme_id, code, resident_id, period) DO UPDATE SET used = award_counters.used + excluded.used,
        cap = CASE WHEN award_counters.used + excluded.used <= award_counters.cap THEN award_counters.cap END"""


async def hold_counters(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """Nobody else counts for the two until the end of this transaction."""
    await tx.fetch(HOLD + LOCK[tx.dialect], kept_id, merged_id)


async def merge_counters(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """Every counter of the kept resident holds what both had."""
    await tx.execute(ADD, kept_id, merged_id)
    await tx.execute(f"DELETE FROM award_counters WHERE {CODES} AND resident_id = ?", merged_id)

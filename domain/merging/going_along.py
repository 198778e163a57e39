"""What is a resident's goes along with them: rows name whom they were merged into, and beside that whom they named at first.

What somebody did as staff (recorded, attested, decided) keeps naming who it was then.
"""

from __future__ import annotations

from datetime import datetime

from domain.claims.merge_figures import hold_figures, merge_figures
from domain.earning.merge_counters import hold_counters, merge_counters
from domain.redemption.merge_holdings import hold_holdings, merge_holdings
from domain.volunteering.alarms import watch_places_of_two
from domain.volunteering.double_records import (
    give_up_double_sign_ups,
    hold_activities_of,
    mark_double_attendances,
)
from storage import Transaction
from storage.dialect import Dialect

TABLES = ("sign_ups", "attendances", "ticket_orders", "tickets", "reservations", "claims", "adjustments", "alarms")
# In the order in which the rooms lock them: a refund holds its order, then the tickets.
LOCKED = ("ticket_orders", "tickets", "adjustments")
LOCK: dict[Dialect, str] = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}


async def hold_all_of(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """What will go along is ours, in the order in which the rooms lock it; the wallets follow."""
    await hold_activities_of(tx, merged_id)
    for table in LOCKED:
        await tx.fetch(f"SELECT id FROM {table} WHERE resident_id = ? ORDER BY id{LOCK[tx.dialect]}", merged_id)
    await hold_holdings(tx, kept_id, merged_id)
    await hold_figures(tx, kept_id, merged_id)
    await hold_counters(tx, kept_id, merged_id)


async def count_as_one(tx: Transaction, kept_id: int, merged_id: int, now: datetime) -> None:
    """Whatever is limited for each person counts both from now on."""
    await give_up_double_sign_ups(tx, kept_id, merged_id, now)
    await mark_double_attendances(tx, kept_id, merged_id)
    await watch_places_of_two(tx, kept_id, merged_id, now)
    await merge_holdings(tx, kept_id, merged_id)
    await merge_figures(tx, kept_id, merged_id)
    await merge_counters(tx, kept_id, merged_id)


async def go_along(tx: Transaction, kept_id: int, merged_id: int) -> None:
    """Every row that is the merged resident's is the kept one's."""
    for table in TABLES:
        sql = f"""UPDATE {table} SET merged_from_id = COALESCE(merged_from_id, resident_id), resident_id = ?
            WHERE resident_id = ?"""
        await tx.execute(sql, kept_id, merged_id)
    await tx.execute(TAKE_KEYS, kept_id, merged_id, kept_id)


# What was asked under the old account may be asked again from the new one; a key that both used stays where it is.
TAKE_KEYS = """UPDATE idempotency_keys SET caller_id = ? WHERE caller_id = ?
    AND key NOT IN (SELECT k.key FROM idempotency_keys k WHERE k.caller_id = ?)"""

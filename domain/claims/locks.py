"""The order in which this room locks rows. Every act keeps it, or PostgreSQL would answer with deadlocks.

    1. the idempotency key     (caller, key)
    2. the attested figures    attested_figures of one programme, by resident: whoever adds, decides or voids a claim holds the
                               figure of its resident, so that one resident's claims change one after the other
    3. the ledger              programme, transfers, wallets by id (ledger.posting)
    4. claims, by photo        claims_photo_once: two claims with the same photo wait for one another here

On SQLite a transaction that writes is alone, so that nothing has to be locked.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage import Transaction
from storage.dialect import in_ids

# Only for residents who are there: an id that names nobody is the row's own mistake.
OPEN_FIGURE = """INSERT INTO attested_figures (id, programme, resident_id, figure)
    SELECT CAST(? AS BIGINT), CAST(? AS TEXT), r.id, 0 FROM residents r WHERE r.id = ?
    ON CONFLICT (programme, resident_id) DO NOTHING"""
# NO KEY: rows that merely refer to a locked row (foreign keys) need not wait for it.
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}


async def lock_figures(tx: Transaction, programme: str, resident_ids: Sequence[int]) -> None:
    """Nobody else changes what these residents claim in the programme until the end of this transaction."""
    ids = sorted(set(resident_ids))
    await tx.execute_many(OPEN_FIGURE, [(tx.new_id(), programme, resident_id) for resident_id in ids])
    sql = f"""SELECT id FROM attested_figures WHERE programme = ? AND resident_id {in_ids(tx.dialect)}
        ORDER BY resident_id{LOCK[tx.dialect]}"""
    await tx.fetch(sql, programme, ids)

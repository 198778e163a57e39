"""How much a programme may still issue."""

from __future__ import annotations

from storage import Transaction

# NO KEY: rows that merely refer to the programme (foreign keys) need not wait. Without a budget nobody queues for the row.
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}


async def lock_budget(tx: Transaction, programme: str) -> int | None:
    """The points left of the programme's budget, which nobody else issues until the end of this transaction; None: no limit."""
    sql = "SELECT budget - issued FROM programmes WHERE code = ? AND budget IS NOT NULL"
    left: int | None = await tx.fetch_value(sql + LOCK[tx.dialect], programme)
    return left

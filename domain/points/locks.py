"""The order in which this room locks rows. Every act keeps it, or PostgreSQL would answer with deadlocks.

    1. the idempotency key     (caller, key)
    2. the adjustment          adjustments; whoever decides on one holds its row
    3. the transfer            transfers; whoever takes one back holds its row
    4. the ledger              programme, wallets by id (ledger.posting)

On SQLite a transaction that writes is alone, so that nothing has to be locked.
"""

from __future__ import annotations

from ledger.accounts import AccountStatus
from storage import Transaction

# NO KEY: rows that merely refer to a locked row (foreign keys) need not wait for it.
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}


async def lock_wallet(tx: Transaction, wallet_id: int) -> AccountStatus:
    """Nothing of the wallet changes until the end of this transaction; its status."""
    return AccountStatus(await tx.fetch_value(f"SELECT status FROM accounts WHERE id = ?{LOCK[tx.dialect]}", wallet_id))

"""The order in which this room locks rows. Every act keeps it, or PostgreSQL would answer with deadlocks.

    1. the idempotency key       (caller, key)
    2. the order                 ticket_orders, or the reservation
    3. the tickets, by id        tickets; whoever changes a ticket's admissions, entries or status holds its row
    4. the resident's holding    offer_holdings
    5. the hold, the wallet      holds, accounts (ledger.holds, ledger.posting)
    6. the session's stock       offer_sessions; last, because everybody wants this row: it stays locked only until the commit

What an act inserts under keys that nobody else can know yet (an order, its tickets) needs no place in the list.
On SQLite a transaction that writes is alone, so that nothing has to be locked.
"""

from storage.dialect import Dialect

# NO KEY: rows that merely refer to a locked row (foreign keys) need not wait for it.
ROW_LOCK = "FOR NO KEY UPDATE"


def row_lock(dialect: Dialect, table: str = "") -> str:
    """What is put behind a SELECT to lock the rows it finds, or those of one joined table."""
    if dialect == "sqlite":
        return ""
    return f"{ROW_LOCK} OF {table}" if table else ROW_LOCK

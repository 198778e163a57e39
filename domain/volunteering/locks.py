"""The order in which this room locks rows. Every act keeps it, or PostgreSQL would answer with deadlocks.

    1. the idempotency key     (caller, key)
    2. the resident            residents.sign_up_version: what one person signs up for happens one after the other; of the
                               organiser who records a list the row, so that their lists are counted one after the other
    3. the activity            activities; whoever changes its sign-ups, attendances or counts holds its row
    4. the shift               shifts; its counts follow the activity's
    5. sign-ups, attendances   only under their activity's lock
    6. the counters of caps    award_counters, by resident, code and period (domain.earning.counters)
    7. the ledger              budget, transfers, wallets by id (ledger.posting); who records a list takes all wallets of its
                               people first, so that two lists with the same person see one another

The programme is shared by whoever holds an activity to pay for it, so that a rule is published between two batches and never
within one; publishing locks nothing else.

On SQLite a transaction that writes is alone, so that nothing has to be locked.
"""

from __future__ import annotations

from domain.refusals import Unauthenticated
from storage import Transaction
from storage.dialect import Dialect, in_ids

LOCK_RESIDENT = "UPDATE residents SET sign_up_version = sign_up_version + 1 WHERE id = ? AND merged_into_id IS NULL"


def lock_of(dialect: Dialect, alias: str) -> str:
    """What is put behind a SELECT to lock the rows of one of its tables.

    NO KEY: rows that merely refer to a locked row (foreign keys) need not wait for it.
    """
    return "" if dialect == "sqlite" else f" FOR NO KEY UPDATE OF {alias}"


def share_of(dialect: Dialect, alias: str) -> str:
    """What is put behind a SELECT so that nobody has the rows of one of its tables alone; others may share them."""
    return "" if dialect == "sqlite" else f" FOR KEY SHARE OF {alias}"


async def lock_resident(tx: Transaction, resident_id: int) -> None:
    """No other sign-up of the resident is made or taken back until the end of this transaction.

    Raises Unauthenticated where they were merged into somebody else, and so are signed in nowhere any more.
    """
    if not await tx.execute(LOCK_RESIDENT, resident_id):
        raise Unauthenticated


async def hold_recorder(tx: Transaction, organiser_id: int) -> None:
    """No other list of the organiser is recorded until the end of this transaction."""
    await tx.fetch("SELECT id FROM residents r WHERE id = ?" + lock_of(tx.dialect, "r"), organiser_id)


async def hold_people(tx: Transaction, resident_ids: list[int]) -> None:
    """No other list with one of the residents on it is recorded until the end of this transaction."""
    if tx.dialect == "postgres":  # on SQLite a transaction that writes is alone
        people = f"w.holder_id {in_ids(tx.dialect)} AND w.kind = 'WALLET' AND w.merged_into_id IS NULL"
        await tx.fetch(
            f"SELECT w.id FROM accounts w WHERE {people} ORDER BY w.id{lock_of(tx.dialect, 'w')}", resident_ids
        )

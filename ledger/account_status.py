"""Freezing, opening and closing wallets: the status, and the row that says who did it and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.accounts import AccountStatus
from storage import Transaction
from storage.instants import to_micros

# NO KEY: rows that merely refer to an account (foreign keys) need not wait for it.
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}


@dataclass(frozen=True, slots=True)
class HeldWallet:
    """A wallet whose row is locked."""

    id: int
    holder_id: int
    status: AccountStatus
    balance: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """What a wallet becomes, by whom and why."""

    id: int
    status: AccountStatus
    reason: str
    changed_by_id: int


HOLD = "SELECT id, holder_id, status, credits - debits, held FROM accounts WHERE id = ? AND kind = 'WALLET'"


async def hold_wallet(tx: Transaction, wallet_id: int) -> HeldWallet | None:
    """The wallet, which nobody else changes until the end of this transaction; None where there is none."""
    row = await tx.fetch_one(HOLD + LOCK[tx.dialect], wallet_id)
    return HeldWallet(row[0], row[1], AccountStatus(row[2]), row[3], row[4]) if row else None


SET = "UPDATE accounts SET status = ? WHERE id = ?"
INSERT = """INSERT INTO account_changes (id, account_id, position, previous_status, status, reason, changed_by_id, changed_at)
    SELECT CAST(? AS BIGINT), a.id, (SELECT COUNT(*) + 1 FROM account_changes c WHERE c.account_id = a.id),
        CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT)
    FROM accounts a WHERE a.id = ?"""


async def set_status(tx: Transaction, held: HeldWallet, change: StatusChange, now: datetime) -> None:
    """The wallet has the status, and its history says so. A wallet that is closed was empty, and stays closed."""
    assert held.status not in (change.status, AccountStatus.CLOSED), (
        "a status changes, and a closed wallet stays closed"
    )
    assert change.status is not AccountStatus.CLOSED or held.balance == held.held == 0, "what is closed is empty"
    await tx.execute(SET, change.status.value, held.id)
    said = (held.status.value, change.status.value, change.reason, change.changed_by_id, to_micros(now))
    await tx.execute(INSERT, change.id, *said, held.id)

"""Posting: one or five hundred transfers in one go, with the same few statements.

Invariants that are also rules of the database (migrations/0002_ledger.py): amounts are positive, a transfer has two
different accounts of its own programme and is reversed at most once, nothing is edited. Those that this module alone keeps,
and the audit re-adds: two entries for each transfer, positions without holes, sums that agree, a wallet below zero only by a
reversal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.accounts import AccountKind, AccountRef
from ledger.budget import find_budget
from ledger.refusals import AccountNotOpen, BudgetExhausted, InsufficientPoints, InvalidInput, Refusal
from storage import Row, Transaction
from storage.dialect import Dialect
from storage.instants import to_micros

MAX_POINTS = 2**53 - 1  # a JSON number keeps it whole
NOTHING = -(2**62)  # what a wallet must hold that spends nothing: any balance is more

# How open a wallet is: a closed one takes reversals only (a mistake can always be mended) and lets expire what one brought in, a
# frozen one takes points in, and only an open one spends.
TAKES_REVERSALS, TAKES_POINTS, SPENDS = 0, 1, 2
OPENNESS = "CASE status WHEN 'OPEN' THEN 2 WHEN 'FROZEN' THEN 1 ELSE 0 END"


class TransferKind(StrEnum):
    """Why points moved."""

    EARN = "EARN"
    REDEEM = "REDEEM"
    REFUND = "REFUND"
    ADJUST = "ADJUST"
    EXPIRE = "EXPIRE"
    REVERSAL = "REVERSAL"


@dataclass(frozen=True, slots=True)
class Source:
    """What in the world caused a transfer: its kind ('Attendance', 'TicketOrder') and id. The ledger does not look inside."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer:
    """A transfer to be posted: `amount` points from `debit` to `credit`."""

    id: int
    programme: str
    kind: TransferKind
    amount: int
    debit: AccountRef
    credit: AccountRef
    memo: str
    occurred_at: datetime
    source: Source | None = None
    reverses_id: int | None = None
    posted_by_id: int | None = None


@dataclass(slots=True)
class WalletChange:
    """What a batch does to one wallet, and where the wallet stands as its entries are written.

    `needs` is what must be available beforehand so that, entry by entry, nothing is spent that is not there; `frees` what a
    hold that is posted sets free; `openness` how open it must be (OPENNESS).
    """

    account_id: int
    debit: int = 0
    credit: int = 0
    entries: int = 0
    needs: int = NOTHING
    frees: int = 0
    openness: int = TAKES_REVERSALS
    balance: int = 0
    position: int = 0


async def post(tx: Transaction, transfers: Sequence[NewTransfer], now: datetime) -> None:
    """The transfers are in the book, all of them, in their order.

    Raises BudgetExhausted, AccountNotOpen, InvalidInput (a wallet would hold more than 2^53 - 1 points), InsufficientPoints.
    """
    assert all(0 < t.amount <= MAX_POINTS and t.debit.id != t.credit.id for t in transfers)
    await keep_budgets(tx, transfers)
    changes = changes_of(transfers)
    await move_wallets(tx, changes)
    await insert_transfers(tx, transfers, now)
    await insert_entries(tx, transfers, {change.account_id: change for change in changes}, now)


async def keep_budgets(tx: Transaction, transfers: Sequence[NewTransfer]) -> None:
    """Count what a programme issues against its budget. Raises BudgetExhausted.

    Without a budget nothing is counted, or every award would queue for the programme's row.
    """
    issued: dict[str, int] = {}
    for transfer in transfers:
        if transfer.debit.kind is AccountKind.ISSUANCE:
            issued[transfer.programme] = issued.get(transfer.programme, 0) + transfer.amount
        elif transfer.credit.kind is AccountKind.ISSUANCE:
            issued[transfer.programme] = issued.get(transfer.programme, 0) - transfer.amount
    for programme, points in sorted(issued.items()):
        if await find_budget(tx, programme) is not None:
            sql = "UPDATE programmes SET issued = issued + ? WHERE code = ? AND issued + ? <= budget"
            if not await tx.execute(sql, points, programme, points):
                raise BudgetExhausted(programme=programme)


def changes_of(transfers: Sequence[NewTransfer]) -> list[WalletChange]:
    """What the batch does to each wallet, in the order of the accounts' ids (the order in which rows are locked)."""
    changes: dict[int, WalletChange] = {}
    for transfer in transfers:
        if transfer.debit.is_wallet:
            change = changes.setdefault(transfer.debit.id, WalletChange(transfer.debit.id))
            change.debit += transfer.amount
            change.entries += 1
            change.openness = max(change.openness, openness_to_debit(transfer.kind))
            if transfer.kind is not TransferKind.REVERSAL:
                change.needs = max(change.needs, change.debit - change.credit)
        if transfer.credit.is_wallet:
            change = changes.setdefault(transfer.credit.id, WalletChange(transfer.credit.id))
            change.credit += transfer.amount
            change.entries += 1
            if transfer.kind is not TransferKind.REVERSAL:
                change.openness = max(change.openness, TAKES_POINTS)
    return [changes[account_id] for account_id in sorted(changes)]


def openness_to_debit(kind: TransferKind) -> int:
    """How open a wallet must be for points to leave it by such a transfer."""
    if kind in (TransferKind.REVERSAL, TransferKind.EXPIRE):
        return TAKES_REVERSALS
    return TAKES_POINTS if kind is TransferKind.ADJUST else SPENDS


# A wallet that spends must cover it, holds aside: this guard keeps what is available from going below zero under any concurrency.
MOVE = f"""UPDATE accounts SET debits = debits + ?, credits = credits + ?, entry_count = entry_count + ?
    WHERE id = ? AND credits - debits - held >= ? AND {OPENNESS} >= ?
        AND credits <= {MAX_POINTS} - ? AND debits <= {MAX_POINTS} - ?
    RETURNING id, credits - debits, entry_count"""

# The same for a batch; the changes travel in one parameter on SQLite, in a list for each column on PostgreSQL.
CHANGES: dict[Dialect, str] = {
    "sqlite": """(SELECT json_extract(value, '$[0]') AS account_id, json_extract(value, '$[1]') AS debit,
        json_extract(value, '$[2]') AS credit, json_extract(value, '$[3]') AS entries, json_extract(value, '$[4]') AS needs,
        json_extract(value, '$[5]') AS openness FROM json_each(?)) AS c""",
    "postgres": f"""unnest({", ".join(["CAST(? AS bigint[])"] * 6)})
        AS c(account_id, debit, credit, entries, needs, openness)""",
}
MOVE_MANY = f"""UPDATE accounts SET debits = debits + c.debit, credits = credits + c.credit, entry_count = entry_count + c.entries
    FROM {{changes}} WHERE id = c.account_id AND credits - debits - held >= c.needs AND {OPENNESS} >= c.openness
        AND credits <= {MAX_POINTS} - c.credit AND debits <= {MAX_POINTS} - c.debit
    RETURNING id, credits - debits, entry_count"""

# NO KEY: rows that merely refer to an account (foreign keys) need not wait for it.
LOCK_MANY = "SELECT id FROM accounts WHERE id = ANY(CAST(? AS bigint[])) ORDER BY id FOR NO KEY UPDATE"


async def move_wallets(tx: Transaction, changes: Sequence[WalletChange]) -> None:
    """Add each change to its wallet, guarded, and set the change's balance and position to where the wallet stood before.

    Raises AccountNotOpen, InvalidInput, InsufficientPoints.
    """
    if not changes:
        return
    rows = await move_many(tx, changes) if len(changes) > 1 else await move_one(tx, changes[0])
    after = {row[0]: row for row in rows}
    for change in changes:
        if change.account_id not in after:
            raise await refusal_of(tx, change)
        _, balance, entry_count = after[change.account_id]
        change.balance = balance + change.debit - change.credit
        change.position = entry_count - change.entries


async def move_one(tx: Transaction, c: WalletChange) -> Sequence[Row]:
    return await tx.fetch(MOVE, c.debit, c.credit, c.entries, c.account_id, c.needs, c.openness, c.credit, c.debit)


async def move_many(tx: Transaction, changes: Sequence[WalletChange]) -> Sequence[Row]:
    sql = MOVE_MANY.format(changes=CHANGES[tx.dialect])
    rows = [[c.account_id, c.debit, c.credit, c.entries, c.needs, c.openness] for c in changes]
    if tx.dialect == "sqlite":
        return await tx.fetch(sql, rows)
    await tx.fetch(
        LOCK_MANY, [c.account_id for c in changes]
    )  # UPDATE ... FROM locks in any order: batches would deadlock
    return await tx.fetch(sql, *(list(column) for column in zip(*rows, strict=True)))


async def refusal_of(tx: Transaction, change: WalletChange) -> Refusal:
    """Why the guard did not let the change through."""
    sql = f"SELECT {OPENNESS}, status, credits - debits - held, credits, debits FROM accounts WHERE id = ?"
    row = await tx.fetch_one(sql, change.account_id)
    assert row, "a posting names accounts that are there"
    openness, status, available, credits_, debits = row
    if openness < change.openness:
        return AccountNotOpen(account_id=change.account_id, status=status)
    if credits_ + change.credit > MAX_POINTS or debits + change.debit > MAX_POINTS:
        return InvalidInput(reason="wallet_full", values={"limit": MAX_POINTS})
    return InsufficientPoints(account_id=change.account_id, available=available + change.frees, required=change.needs)


INSERT_TRANSFER = """INSERT INTO transfers (id, programme, kind, amount, debit_id, credit_id, memo, occurred_at, posted_at,
    reverses_id, source_kind, source_id, posted_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

INSERT_ENTRY = """INSERT INTO entries (id, account_id, position, transfer_id, amount, balance_after, posted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


async def insert_transfers(tx: Transaction, transfers: Sequence[NewTransfer], now: datetime) -> None:
    posted_at = to_micros(now)
    rows = [
        (t.id, t.programme, t.kind.value, t.amount, t.debit.id, t.credit.id, t.memo, to_micros(t.occurred_at), posted_at,
         t.reverses_id, t.source and t.source.kind, t.source and t.source.id, t.posted_by_id)
        for t in transfers
    ]  # fmt: skip
    await tx.execute_many(INSERT_TRANSFER, rows)


async def insert_entries(
    tx: Transaction, transfers: Sequence[NewTransfer], wallets: dict[int, WalletChange], now: datetime
) -> None:
    posted_at = to_micros(now)
    rows = []
    for transfer in transfers:
        for account, amount in ((transfer.debit, -transfer.amount), (transfer.credit, transfer.amount)):
            position, balance_after = transfer.id, None
            if account.is_wallet:
                wallet = wallets[account.id]
                wallet.position += 1
                wallet.balance += amount
                position, balance_after = wallet.position, wallet.balance
            rows.append((tx.new_id(), account.id, position, transfer.id, amount, balance_after, posted_at))
    await tx.execute_many(INSERT_ENTRY, rows)

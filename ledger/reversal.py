"""Taking a transfer back: once, by a transfer the other way round, with a reason."""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import AccountKind, AccountRef
from ledger.posting import NewTransfer, Source, TransferKind, post
from ledger.refusals import AlreadyReversed
from storage import Transaction

# Of a wallet whose points went to another one, the other one: what is taken back goes where the points are.
SELECT_TRANSFER = """SELECT t.programme, t.amount, COALESCE(d.merged_into_id, d.id), d.kind, COALESCE(c.merged_into_id, c.id),
    c.kind, t.source_kind, t.source_id, t.reverses_id
    FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id WHERE t.id = ?"""
# Whoever reverses the same transfer waits here, and then sees that it was done. On SQLite a writer is alone.
LOCK = {"postgres": " FOR NO KEY UPDATE OF t", "sqlite": ""}


async def reverse(
    tx: Transaction,
    transfer_id: int,
    reason: str,
    now: datetime,
    *,
    kind: TransferKind = TransferKind.REVERSAL,
    posted_by_id: int | None = None,
) -> int:
    """The transfer is undone by a new one, whose id is returned.

    A REVERSAL takes points back even where they are spent already, which leaves the wallet below zero; a REFUND gives back
    what was spent. Of a wallet that was merged into another one it is the other one's points that move. A transfer that
    itself takes one back stays: what was wrong with it is mended by an adjustment.
    Raises AlreadyReversed, also for the second of two at once.
    """
    row = await tx.fetch_one(SELECT_TRANSFER + LOCK[tx.dialect], transfer_id)
    assert row, "a transfer to reverse exists"
    if await tx.fetch_value("SELECT id FROM transfers WHERE reverses_id = ?", transfer_id) is not None:
        raise AlreadyReversed
    programme, amount, debit_id, debit_kind, credit_id, credit_kind, source_kind, source_id, reverses_id = row
    assert reverses_id is None, "a reversal is not reversed"
    reversal = NewTransfer(
        id=tx.new_id(),
        programme=programme,
        kind=kind,
        amount=amount,
        debit=AccountRef(credit_id, AccountKind(credit_kind)),
        credit=AccountRef(debit_id, AccountKind(debit_kind)),
        memo=reason,
        occurred_at=now,
        source=Source(source_kind, source_id) if source_kind else None,
        reverses_id=transfer_id,
        posted_by_id=posted_by_id,
    )
    await post(tx, [reversal], now)
    return reversal.id

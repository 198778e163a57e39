"""The smallest rows there are, for tests of transactions: keys that nobody else uses."""

from __future__ import annotations

from storage import Transaction, fetch

INSERT = """INSERT INTO idempotency_keys (id, caller_id, key, act, digest, answer, created_at) VALUES (?, ?, ?, '', '', '', 0)"""


async def put(tx: Transaction, writer: int, text: str, note_id: int | None = None) -> None:
    """A row that says so."""
    await tx.execute(INSERT, tx.new_id() if note_id is None else note_id, writer, text)


async def all_notes() -> list[tuple[int, str]]:
    """Who wrote what, sorted."""
    rows = await fetch("SELECT caller_id, key FROM idempotency_keys ORDER BY caller_id, key")
    return [(row[0], row[1]) for row in rows]

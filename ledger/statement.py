"""A statement that whoever has it can check by themselves: each entry with its sealed record and the proof that it is in a seal.

docs/verify_statement.py checks it and says what the file's members mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.inclusion import Inclusions, find_inclusions
from ledger.refusals import InvalidInput
from ledger.seal_key import SealKey, memo_salt
from ledger.sealed_record import read_records
from storage import Reader
from storage.instants import to_micros

FORMAT = "xuexi-statement-1"
MOST_ENTRIES = 5000
MOST_SEALS = 1000
STEP = 500


@dataclass(frozen=True, slots=True)
class Period:
    """Entries posted at or after `since` and before `until`, None for no bound; and whatever lies between two of them."""

    since: datetime | None = None
    until: datetime | None = None


# Who waited for a wallet's row is posted with the time of their request, so times need not grow with positions. A statement
# without holes goes from the first position of the period to its last.
POSITIONS = """SELECT MIN(position), MAX(position) FROM entries
    WHERE account_id = ? AND posted_at >= COALESCE(?, posted_at) AND posted_at < COALESCE(?, posted_at + 1)"""
ENTRIES = """SELECT e.transfer_id, t.memo FROM entries e JOIN transfers t ON t.id = e.transfer_id
    WHERE e.account_id = ? AND e.position BETWEEN ? AND ? ORDER BY e.position"""


async def make_statement(reader: Reader, account_id: int, period: Period, key: SealKey) -> dict[str, Any]:
    """The statement of a wallet, as it becomes JSON. Raises InvalidInput for a period with too many entries."""
    since, until = (None if at is None else to_micros(at) for at in (period.since, period.until))
    row = await reader.fetch_one(POSITIONS, account_id, since, until)
    first, last = row if row and row[0] is not None else (1, 0)
    if last - first >= MOST_ENTRIES:
        raise too_long()
    entries = await reader.fetch(ENTRIES, account_id, first, last)
    found = await find_inclusions(reader, [entry[0] for entry in entries], MOST_SEALS)
    if found is None:
        raise too_long()
    return {
        "format": FORMAT,
        "account": str(account_id),
        "firstPosition": first,
        "entries": [
            entry
            for at in range(0, len(entries), STEP)
            for entry in await told(reader, entries[at : at + STEP], found, key)
        ],
        "seals": [{"number": seal.number, "header": seal.header, "signature": seal.signature} for seal in found.seals],
    }


def too_long() -> InvalidInput:
    return InvalidInput(reason="statement_too_long", values={"limit": MOST_ENTRIES}, path=("from",))


async def told(reader: Reader, entries: Sequence[Any], found: Inclusions, key: SealKey) -> list[dict[str, Any]]:
    """Each entry as the statement has it; `seal` is null for those that are not sealed yet."""
    records = (await read_records(reader, [entry[0] for entry in entries], key.memo_key)).records
    each = []
    for transfer_id, memo in entries:
        inclusion = found.by_transfer.get(transfer_id)
        each.append(
            {
                "record": records[transfer_id].text().decode(),
                "memo": memo,
                "memoSalt": memo_salt(key.memo_key, transfer_id).hex(),
                "seal": inclusion and inclusion.seal,
                "index": inclusion and inclusion.index,
                "proof": [one.hex() for one in inclusion.proof] if inclusion else [],
            }
        )
    return each

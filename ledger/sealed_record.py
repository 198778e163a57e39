"""What a seal is made over: each transfer with its entries, as JSON in one fixed form (docs/ledger.md, "The sealed record").

Sorted keys, no spaces, UTF-8. Nobody's name is in it: accounts and people are numbers, and the memo, which anybody may
have written anything into, is there as a salted hash.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from ledger.merkle import leaf_hash
from ledger.seal_key import memo_hash, memo_salt
from storage import DatabaseDamaged, Reader, Row
from storage.dialect import in_ids

VERSION = 1
# All columns, in the order of the alphabet: so rows come with their keys sorted.
TRANSFER_COLUMNS = (
    "amount", "credit_id", "debit_id", "id", "kind", "memo", "occurred_at", "posted_at", "posted_by_id", "programme",
    "reverses_id", "source_id", "source_kind",
)  # fmt: skip
ENTRY_COLUMNS = ("account_id", "amount", "balance_after", "id", "position", "posted_at", "transfer_id")
TRANSFER_KEYS = tuple("memo_hash" if column == "memo" else column for column in TRANSFER_COLUMNS)
TRANSFER_ID, MEMO = TRANSFER_COLUMNS.index("id"), TRANSFER_COLUMNS.index("memo")
ENTRY_ID = ENTRY_COLUMNS.index("id")
ENTRIES_OF_A_TRANSFER = 2

# Rows are read from the table itself. Where an index holds a column too, SQLite answers the index's copy of it.
TABLE_ITSELF = {"sqlite": " NOT INDEXED", "postgres": ""}
BY_TRANSFER = {"sqlite": " INDEXED BY entries_transfer_account", "postgres": ""}
# The second look at rows that were not found: where an id in the file is damaged, its neighbours cannot be found by searching.
# A plus sign keeps SQLite from searching; it walks the table from end to end.
EACH_ROW = {"sqlite": "+", "postgres": ""}


@dataclass(slots=True)
class SealedRecord:
    """A transfer's part and those of its entries with their ids, as they are in the database now."""

    transfer: bytes
    entries: list[tuple[int, bytes]] = field(default_factory=list)

    def text(self) -> bytes:
        """The canonical record."""
        entries = b",".join(entry for _, entry in self.entries)
        return b'{"entries":[%b],"transfer":%b,"version":%d}' % (entries, self.transfer, VERSION)

    def leaf(self) -> bytes:
        """The record's hash in the tree."""
        return leaf_hash(self.text())

    def fingerprints(self) -> tuple[int, ...]:
        """Of the transfer and its entries, 32 bits each: by these an audit tells which row it was that changed."""
        found = [zlib.crc32(part) for part in (self.transfer, *(entry for _, entry in self.entries))]
        return tuple((found + [0] * ENTRIES_OF_A_TRANSFER)[: ENTRIES_OF_A_TRANSFER + 1])


@dataclass(slots=True)
class FoundRecords:
    """Records by their transfers' ids. What the database could not read, or what is of a wrong type, is unreadable."""

    records: dict[int, SealedRecord] = field(default_factory=dict)
    unreadable_transfers: set[int] = field(default_factory=set)
    #: entries by their ids, with the transfers they belong to
    unreadable_entries: dict[int, int] = field(default_factory=dict)


async def read_records(reader: Reader, transfer_ids: Sequence[int], memo_key: bytes) -> FoundRecords:
    """The records of some transfers, of those that are there."""
    found = FoundRecords()
    rows, broken = await survive(lambda ids: read_rows(reader, "transfers", TRANSFER_COLUMNS, ids), transfer_ids)
    found.unreadable_transfers.update(broken)
    for row in rows:
        try:
            found.records[row[TRANSFER_ID]] = SealedRecord(transfer_part(row, memo_key))
        except (TypeError, AttributeError):  # a byte that says of what type a value is
            found.unreadable_transfers.add(row[TRANSFER_ID])
    await read_entries(reader, transfer_ids, found)
    return found


def transfer_part(row: Row, memo_key: bytes) -> bytes:
    """Raises TypeError, AttributeError for values that cannot have been written by us."""
    values: dict[str, Any] = dict(zip(TRANSFER_KEYS, row, strict=True))
    values["memo_hash"] = memo_hash(memo_salt(memo_key, row[TRANSFER_ID]), row[MEMO])
    return orjson.dumps(values)


async def read_entries(reader: Reader, transfer_ids: Sequence[int], found: FoundRecords) -> None:
    owners = await entry_owners(reader, transfer_ids)
    rows, broken = await survive(lambda ids: read_rows(reader, "entries", ENTRY_COLUMNS, ids), list(owners))
    parts: dict[int, bytes] = {}
    for row in rows:
        try:
            parts[row[ENTRY_ID]] = orjson.dumps(dict(zip(ENTRY_COLUMNS, row, strict=True)))
        except TypeError:
            broken.append(row[ENTRY_ID])
    found.unreadable_entries.update({id_: owners[id_] for id_ in broken})
    for id_, transfer_id in owners.items():
        if transfer_id in found.records:
            found.records[transfer_id].entries.append((id_, parts.get(id_, b"null")))


async def entry_owners(reader: Reader, transfer_ids: Sequence[int]) -> dict[int, int]:
    """The transfers of entries by the entries' ids, in that order."""
    sql = f"""SELECT id, transfer_id FROM entries{BY_TRANSFER[reader.dialect]}
        WHERE transfer_id {in_ids(reader.dialect)} ORDER BY id"""
    rows, _ = await survive(lambda ids: reader.fetch(sql, ids), transfer_ids)
    return {row[0]: row[1] for row in rows}


async def read_rows(reader: Reader, table: str, columns: Sequence[str], ids: Sequence[int]) -> list[Row]:
    """Rows by their ids. Raises DatabaseDamaged."""
    select = f"SELECT {', '.join(columns)} FROM {table}{TABLE_ITSELF[reader.dialect]} WHERE "
    rows = list(await reader.fetch(f"{select}id {in_ids(reader.dialect)}", list(ids)))
    if len(rows) < len(ids):
        at = columns.index("id")
        missing = list(set(ids) - {row[at] for row in rows})
        rows += await reader.fetch(f"{select}{EACH_ROW[reader.dialect]}id {in_ids(reader.dialect)}", missing)
    return rows


async def survive(fetch: Callable[[list[int]], Any], ids: Sequence[int]) -> tuple[list[Row], list[int]]:
    """What can be read of some ids, and the ids of what cannot."""
    try:
        return list(await fetch(list(ids))) if ids else [], []
    except DatabaseDamaged:
        if len(ids) == 1:
            return [], list(ids)
    half = len(ids) // 2
    (first, broken), (second, also_broken) = await survive(fetch, ids[:half]), await survive(fetch, ids[half:])
    return first + second, broken + also_broken

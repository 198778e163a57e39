"""Making every seal anew and comparing: what was sealed is still what the book says, and nothing is left out.

Seal by seal, some hundred transfers at a time, so memory stays bounded however long the book is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from ledger.differences import Differences, Finding
from ledger.merkle import HASH_BYTES, merkle_root
from ledger.packed import FINGERPRINT_BYTES, FINGERPRINTS, ID_BYTES, unpack_fingerprints, unpack_hashes, unpack_ids
from ledger.seal import FIRST, NOTHING_BEFORE, SEAL_COLUMNS, Seal, seal_of
from ledger.seal_key import SealKey
from ledger.sealed_record import ENTRIES_OF_A_TRANSFER, FoundRecords, read_records
from ledger.unsealed import count_seals, id_that_is_certain, transfer_ids
from storage import Reader

STEP = 512
KINDS = (
    "sealed_transfers",
    "sealed_entries",
    "seal_contents",
    "seal_chain",
    "seal_signatures",
    "unsealed_transfers",
    "sealed_twice",
)
UNREADABLE = "unreadable"


async def audit_seals(reader: Reader, key: SealKey) -> list[Finding]:
    """What differs from the seals. Of the seals themselves the number is named, of transfers and entries the id."""
    found = Differences(KINDS)
    number, previous_hash = FIRST, NOTHING_BEFORE
    async for seal in every_seal(reader):
        check_chain(found, seal, number, previous_hash)
        number, previous_hash = seal.header.number + 1, seal.header.hash()
        if not (seal.header.kid == key.kid and key.has_signed(seal.header.text(), seal.signature)):
            found.add("seal_signatures", seal.header.number, key.kid, seal.header.kid)
        check_contents(found, seal)
        await check_records(reader, found, seal, key)
    await check_each_is_sealed_once(reader, found)
    return found.findings()


async def every_seal(reader: Reader) -> AsyncIterator[Seal]:
    """One after the other by their numbers."""
    sql = f"SELECT {SEAL_COLUMNS} FROM seals WHERE number > ? ORDER BY number LIMIT 1"
    number, row = 0, await reader.fetch_one(sql, 0)
    while row and row[0] > number:
        yield seal_of(tuple(row))
        number, row = row[0], await reader.fetch_one(sql, row[0])


def check_chain(found: Differences, seal: Seal, number: int, previous_hash: str) -> None:
    if seal.header.number != number:
        found.add("seal_chain", seal.header.number, f"number {number}", f"number {seal.header.number}")
    elif seal.header.previous_hash != previous_hash:
        found.add("seal_chain", number, previous_hash, seal.header.previous_hash)


def check_contents(found: Differences, seal: Seal) -> None:
    """What is packed in the seal against what is signed."""
    header, ids = seal.header, unpack_ids(seal.transfer_ids)
    lengths = [
        len(seal.transfer_ids) / ID_BYTES,
        len(seal.leaves) / HASH_BYTES,
        len(seal.fingerprints) / (FINGERPRINT_BYTES * FINGERPRINTS),
    ]
    if lengths != [header.transfer_count] * 3:
        found.add("seal_contents", header.number, f"{header.transfer_count} transfers", "/".join(map(str, lengths)))
    elif list(ids) != sorted(set(ids)) or (ids[0], ids[-1]) != (header.first_transfer_id, header.last_transfer_id):
        expected = f"transfers {header.first_transfer_id} to {header.last_transfer_id} in order"
        found.add("seal_contents", header.number, expected, "other ids")
    elif (root := merkle_root(unpack_hashes(seal.leaves)).hex()) != header.root:
        found.add("seal_contents", header.number, header.root, root)


async def check_records(reader: Reader, found: Differences, seal: Seal, key: SealKey) -> None:
    """Each transfer of the seal, with its entries, as it is now against what it was."""
    ids, leaves = unpack_ids(seal.transfer_ids), unpack_hashes(seal.leaves)
    fingerprints = unpack_fingerprints(seal.fingerprints)
    if not len(ids) == len(leaves) == len(fingerprints):
        return  # said of the seal already
    for at in range(0, len(ids), STEP):
        step = slice(at, at + STEP)
        records = await read_records(reader, ids[step], key.memo_key)
        for id_, leaf, was in zip(ids[step], leaves[step], fingerprints[step], strict=True):
            record = records.records.get(id_)
            if record is None or record.leaf() != leaf:
                name_what_differs(found, records, id_, was)


def name_what_differs(found: Differences, records: FoundRecords, id_: int, was: Sequence[int]) -> None:
    """Which row it is: the transfer, or one of its entries."""
    record = records.records.get(id_)
    if record is None:
        found.add(
            "sealed_transfers", id_, "as sealed", UNREADABLE if id_ in records.unreadable_transfers else "missing"
        )
        return
    now = record.fingerprints()
    transfer_differs = now[0] != was[0]
    if len(record.entries) != ENTRIES_OF_A_TRANSFER:
        found.add("sealed_transfers", id_, f"{ENTRIES_OF_A_TRANSFER} entries", f"{len(record.entries)} entries")
    elif transfer_differs or now == tuple(was):
        found.add("sealed_transfers", id_, "as sealed", "changed")
    if len(record.entries) == ENTRIES_OF_A_TRANSFER:
        for (entry_id, _), before, after in zip(record.entries, was[1:], now[1:], strict=True):
            if before != after:
                what = UNREADABLE if entry_id in records.unreadable_entries else "changed"
                found.add("sealed_entries", entry_id, "as sealed", what)


async def check_each_is_sealed_once(reader: Reader, found: Differences) -> None:
    """Newer transfers may still wait for their seal."""
    certain = await id_that_is_certain(reader)
    if certain is None:
        return
    async for ids in transfer_ids(reader, -1):
        sealed = await count_seals(reader, ids)
        for id_ in ids:
            if id_ <= certain and id_ not in sealed:
                found.add("unsealed_transfers", id_, "in a seal", "in none")
            elif sealed[id_] > 1:
                found.add("sealed_twice", id_, 1, sealed[id_])

"""Sealing: what was posted since the last seal is put in order, hashed, chained to it and signed.

All of that is done on rows that no longer change, outside of any transaction; only then the seal is written, as one row.
So sealing never holds what a redemption waits for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ledger.merkle import merkle_root
from ledger.packed import pack_fingerprints, pack_ids
from ledger.seal import FIRST, HEADER_COLUMNS, NOTHING_BEFORE, SEAL_COLUMNS, Seal, SealHeader, header_of, signed
from ledger.seal_key import SealKey
from ledger.sealed_record import SealedRecord, read_records
from ledger.unsealed import find_unsealed, id_that_is_certain
from storage import DatabaseDamaged, Reader, Transaction, read, write
from storage.instants import to_micros

MOST_TRANSFERS = 4096
STEP = 64  # transfers that are read and hashed at a time: a few milliseconds
BEFORE_ALL = -1

Rest = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ToSeal:
    """What the next seal will hold, and what it is chained to."""

    number: int
    previous_hash: str
    transfer_ids: list[int]


async def no_rest() -> None:
    """For a command that has nobody beside it."""


async def seal_transfers(key: SealKey, now: datetime, rest: Rest = no_rest) -> int:
    """Every transfer of the book is in a seal; how many seals were made. Looks at all transfers there are.

    Several processes may do so at once. `rest` is awaited after every few milliseconds of work. Raises DatabaseDamaged.
    """
    return await seal_above(BEFORE_ALL, key, now, rest)


async def seal_new_transfers(key: SealKey, now: datetime, rest: Rest = no_rest) -> int:
    """The same for what was posted since the last seal, and shortly before it. Raises DatabaseDamaged."""
    certain = await read(id_that_is_certain)
    return await seal_above(BEFORE_ALL if certain is None else certain, key, now, rest)


async def seal_above(above: int, key: SealKey, now: datetime, rest: Rest) -> int:
    made = 0
    while to_seal := await read(partial(find_to_seal, above=above)):
        if await write_seal(await make_seal(to_seal, key, now, rest)):
            made, above = made + 1, to_seal.transfer_ids[-1]
    return made


async def find_to_seal(reader: Reader, above: int) -> ToSeal | None:
    """The transfers for the next seal; None where all above that id are sealed."""
    ids = await find_unsealed(reader, above, MOST_TRANSFERS)
    if not ids:
        return None
    last = await reader.fetch_one(f"SELECT {HEADER_COLUMNS} FROM seals ORDER BY number DESC LIMIT 1")
    if last is None:
        return ToSeal(FIRST, NOTHING_BEFORE, ids)
    header = header_of(last)
    return ToSeal(header.number + 1, header.hash(), ids)


async def make_seal(to_seal: ToSeal, key: SealKey, now: datetime, rest: Rest) -> Seal:
    """The seal, made but not written."""
    ids = to_seal.transfer_ids
    leaves: list[bytes] = []
    fingerprints: list[tuple[int, ...]] = []
    for at in range(0, len(ids), STEP):
        for record in await records_of(ids[at : at + STEP], key):
            leaves.append(record.leaf())
            fingerprints.append(record.fingerprints())
        await rest()
    header = SealHeader(
        number=to_seal.number,
        previous_hash=to_seal.previous_hash,
        root=merkle_root(leaves).hex(),
        transfer_count=len(ids),
        first_transfer_id=ids[0],
        last_transfer_id=ids[-1],
        sealed_at=to_micros(now),
        kid=key.kid,
    )
    return Seal(header, signed(header, key), pack_ids(ids), b"".join(leaves), pack_fingerprints(fingerprints))


async def records_of(ids: Sequence[int], key: SealKey) -> list[SealedRecord]:
    """Raises DatabaseDamaged: what cannot be read is not sealed."""
    found = await read(lambda reader: read_records(reader, ids, key.memo_key))
    if found.unreadable_transfers or found.unreadable_entries or len(found.records) < len(ids):
        raise DatabaseDamaged("a transfer cannot be read; `python -m api audit` says which")
    return [found.records[id_] for id_ in ids]


INSERT = f"""INSERT INTO seals (id, {SEAL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (number) DO NOTHING"""


async def write_seal(seal: Seal) -> bool:
    """False where another process made the seal of that number: who was later begins again and leaves out what it sealed."""
    header = [getattr(seal.header, name) for name in SealHeader.__slots__]

    async def body(tx: Transaction) -> bool:
        row = (tx.new_id(), *header, seal.signature, seal.transfer_ids, seal.leaves, seal.fingerprints)
        return await tx.execute(INSERT, *row) > 0

    return await write(body)

"""Sealing all numbers with another key: after a leak, or because it is time."""

from __future__ import annotations

from datetime import datetime

from domain.people.check_keys import require_phone_key
from domain.people.keys import Keys
from domain.people.phone_seal import phone_digest, seal_phone, unseal_phone
from domain.people.randomness import RandomBytes
from storage import Transaction, write
from storage.instants import to_micros

BATCH = 1000
# Whoever registers waits, and then finds out that their process has the old key.
LOCK = "LOCK TABLE residents IN SHARE ROW EXCLUSIVE MODE"
NEXT = f"SELECT id, phone_sealed FROM residents WHERE phone_sealed IS NOT NULL AND id > ? ORDER BY id LIMIT {BATCH}"
UPDATE = "UPDATE residents SET phone_sealed = ?, phone_digest = ? WHERE id = ?"
BEGIN = "INSERT INTO phone_keys (id, began_at) VALUES (?, ?)"


async def change_phone_key(new: Keys, now: datetime, random_bytes: RandomBytes) -> int:
    """Every number is sealed and found with the new keys, all of them or none; how many that are.

    Codes that are on their way are void, and how often a number asked for one is forgotten: both are kept by the old key.
    Raises WrongPhoneKey where the process's own keys are not those in use.
    """

    async def body(tx: Transaction) -> int:
        if tx.dialect == "postgres":
            await tx.execute(LOCK)
        await require_phone_key(tx)
        await tx.execute(BEGIN, new.phone_version, to_micros(now))
        for table in ("sign_in_codes", "sign_in_limits"):
            await tx.execute(f"DELETE FROM {table}")
        changed, last = 0, 0
        while rows := await tx.fetch(NEXT, last):
            await tx.execute_many(UPDATE, [resealed(bytes(sealed), id_, new, random_bytes) for id_, sealed in rows])
            changed, last = changed + len(rows), rows[-1][0]
        return changed

    return await write(body)


def resealed(sealed: bytes, resident_id: int, new: Keys, random_bytes: RandomBytes) -> tuple[bytes, str, int]:
    """A row's number under the new keys, and its key."""
    phone = unseal_phone(sealed, resident_id)
    return seal_phone(phone, resident_id, random_bytes, new), phone_digest(phone, new), resident_id

"""Registering a resident, with a wallet in every programme."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.people.check_keys import require_phone_key
from domain.people.phone import parse_phone
from domain.people.phone_seal import phone_digest, seal_phone
from domain.people.randomness import RandomBytes
from domain.refusals import Conflict, NotFound
from domain.text import clean_name
from ledger.accounts import open_wallets
from storage import Transaction, write
from storage.instants import to_micros

NAME_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResident:
    """A person to be registered. Without a phone they cannot sign in; organisers pick them from a list."""

    display_name: str
    phone: str | None = field(default=None, repr=False)
    area_id: int | None = None


async def register_resident(new: NewResident, now: datetime, random_bytes: RandomBytes) -> int:
    """The resident is there with a wallet in every programme; the id. Raises InvalidInput, NotFound, Conflict."""

    async def body(tx: Transaction) -> int:
        return await add_resident(tx, new, now, random_bytes)

    return await write(body)


async def add_resident(tx: Transaction, new: NewResident, now: datetime, random_bytes: RandomBytes) -> int:
    """As register_resident, as a part of a transaction."""
    name = clean_name(new.display_name, "displayName", limit=NAME_LENGTH)
    phone = None if new.phone is None else parse_phone(new.phone, "phone")
    if new.area_id is not None and await tx.fetch_value("SELECT id FROM areas WHERE id = ?", new.area_id) is None:
        raise NotFound(path=("areaId",))
    checked = NewResident(display_name=name, phone=phone, area_id=new.area_id)
    resident_id = await insert_resident(tx, checked, now, random_bytes)
    if resident_id is None:
        raise Conflict(reason="phone_taken", path=("phone",))
    await open_wallets(tx, resident_id, now)
    return resident_id


async def insert_resident(
    tx: Transaction, checked: NewResident, now: datetime, random_bytes: RandomBytes
) -> int | None:
    """The id of a new resident, still without wallets; None where somebody has the number (E.164) already."""
    resident_id, phone = tx.new_id(), checked.phone
    sealed = None if phone is None else seal_phone(phone, resident_id, random_bytes)
    digest = None if phone is None else phone_digest(phone)
    values = (resident_id, checked.display_name, sealed, digest, checked.area_id, to_micros(now))
    inserted = await tx.execute(INSERT, *values)
    await require_phone_key(tx)  # afterwards: a change of keys that was under way is over by then
    return resident_id if inserted else None


INSERT = """INSERT INTO residents (id, display_name, phone_sealed, phone_digest, area_id, created_at)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (phone_digest) DO NOTHING"""

"""Asking people for their consent, giving it, and taking it back. Sensitive data are asked for by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.refusals import Conflict, NotFound
from domain.text import clean_text
from storage import Transaction, write
from storage.instants import to_micros

CONSENT_TEXT_LENGTH = 20_000


class ConsentPurpose(StrEnum):
    """What a consent is for."""

    PERSONAL_DATA = "PERSONAL_DATA"
    SENSITIVE_DATA = "SENSITIVE_DATA"


@dataclass(frozen=True, slots=True)
class ConsentTextWish:
    """The text, and which version of its purpose it is: the latest and one."""

    purpose: ConsentPurpose
    version: int
    text: str


LATEST = "SELECT COALESCE(MAX(version), 0) FROM consent_texts WHERE purpose = ?"
PUBLISH = """INSERT INTO consent_texts (id, purpose, version, text, published_by_id, published_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (purpose, version) DO NOTHING"""
PUBLISHED = "SELECT id, text FROM consent_texts WHERE purpose = ? AND version = ?"


async def publish_consent_text(caller: Caller, wish: ConsentTextWish, now: datetime) -> int:
    """The text is what people are asked to agree to from now on, and never changed; its id. Again, it changes nothing.

    By administrators of a whole district. Raises Unauthenticated, InvalidInput (text), Forbidden, Conflict (another text has
    the version, or it is not the next one).
    """
    administrator_id = caller.signed_in()
    text = clean_text(wish.text, "text", limit=CONSENT_TEXT_LENGTH)

    async def body(tx: Transaction) -> int:
        await require_book_administrator(tx, caller)
        latest = await tx.fetch_value(LATEST, wish.purpose.value)
        if wish.version == latest + 1:
            values = (wish.purpose.value, wish.version, text, administrator_id, to_micros(now))
            await tx.execute(PUBLISH, tx.new_id(), *values)
        row = await tx.fetch_one(PUBLISHED, wish.purpose.value, wish.version)
        if row is None or row[1] != text:
            raise Conflict(reason="consent_version_taken", values={"next": latest + 1}, path=("version",))
        return int(row[0])

    return await write(body)


GIVE = "INSERT INTO consents (id, resident_id, text_id, given_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
WITHDRAW = """UPDATE consents SET withdrawn_at = ? WHERE resident_id = ? AND withdrawn_at IS NULL
    AND text_id IN (SELECT id FROM consent_texts WHERE purpose = ?)"""


async def give_consent(caller: Caller, purpose: ConsentPurpose, version: int, now: datetime) -> int:
    """The caller agrees to that text; their id. Again, it changes nothing. Raises Unauthenticated, NotFound (version)."""
    resident_id = caller.signed_in()

    async def body(tx: Transaction) -> int:
        row = await tx.fetch_one(PUBLISHED, purpose.value, version)
        if row is None:
            raise NotFound(path=("version",))
        await tx.execute(GIVE, tx.new_id(), resident_id, row[0], to_micros(now))
        return resident_id

    return await write(body)


async def withdraw_consent(caller: Caller, purpose: ConsentPurpose, now: datetime) -> int:
    """The caller agrees to no text of that purpose any more; their id. Again, it changes nothing. Raises Unauthenticated."""
    resident_id = caller.signed_in()

    async def body(tx: Transaction) -> int:
        await withdraw(tx, resident_id, purpose, now)
        return resident_id

    return await write(body)


async def withdraw(tx: Transaction, resident_id: int, purpose: ConsentPurpose, now: datetime) -> None:
    """As withdraw_consent, as a part of a transaction."""
    await tx.execute(WITHDRAW, to_micros(now), resident_id, purpose.value)

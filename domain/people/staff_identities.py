"""Staff whom an identity provider of the operator's knows: which resident each of its names stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.disabled import is_disabled
from domain.people.merged import kept_sql
from domain.refusals import NotFound, Unauthenticated
from domain.text import clean_name
from storage import Transaction, fetch, write
from storage.instants import to_micros

SUBJECT_LENGTH = 255  # OpenID Connect allows no more


@dataclass(frozen=True, slots=True)
class Identity:
    """The provider, by its issuer, and its name for somebody, which it never gives to anybody else."""

    issuer: str
    subject: str


INSERT = """INSERT INTO staff_identities (id, issuer, subject, resident_id, linked_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (issuer, subject) DO UPDATE SET resident_id = excluded.resident_id, linked_at = excluded.linked_at"""


async def link_identity(identity: Identity, resident_id: int, now: datetime) -> None:
    """The identity stands for the resident, and for nobody else. Raises InvalidInput, NotFound."""
    subject = clean_name(identity.subject, "subject", limit=SUBJECT_LENGTH)

    async def body(tx: Transaction) -> None:
        if await tx.fetch_value("SELECT id FROM residents WHERE id = ?", resident_id) is None:
            raise NotFound(path=("residentId",))
        await tx.execute(INSERT, tx.new_id(), identity.issuer, subject, resident_id, to_micros(now))

    await write(body)


async def unlink_identity(identity: Identity) -> None:
    """The identity stands for nobody, from the next request on. Raises NotFound where it did not stand for anybody."""

    async def body(tx: Transaction) -> None:
        sql = "DELETE FROM staff_identities WHERE issuer = ? AND subject = ?"
        if not await tx.execute(sql, identity.issuer, identity.subject):
            raise NotFound(path=("subject",))

    await write(body)


FIND = f"""SELECT {kept_sql("i.resident_id")}, i.id FROM staff_identities i WHERE i.issuer = ? AND i.subject = ?
    AND NOT {is_disabled(kept_sql("i.resident_id"))}"""


async def find_identified(identity: Identity, until: datetime) -> Caller:
    """Who comes with the identity, as long as its token is good. Raises Unauthenticated, also for the disabled."""
    rows = await fetch(FIND, identity.issuer, identity.subject)
    if not rows:
        raise Unauthenticated
    resident_id, identity_id = rows[0]
    return Caller(resident_id, identity_id=identity_id, until=until)

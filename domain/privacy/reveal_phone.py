"""Showing somebody of the staff a resident's whole number. Nobody is shown one without a trace that the resident sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.phone import national_phone
from domain.people.phone_seal import unseal_phone
from domain.people.rights import Role, administers_the_book, holds, holds_role_over_organisation, reads_the_book
from domain.refusals import Conflict, Forbidden, NotFound
from domain.text import REASON_LENGTH, clean_text
from storage import Transaction, write
from storage.instants import to_micros

WHO = ("residentId",)


@dataclass(frozen=True, slots=True)
class RevealPhoneWish:
    """Whose number, and what it is needed for: the resident and auditors will read it."""

    resident_id: int
    reason: str


VIEWER = "CAST(? AS BIGINT)"
ORGANISER = holds_role_over_organisation(Role.ORGANISER, "a.host_id", viewer=VIEWER)
OF_THEIRS = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} x JOIN activities a ON a.id = x.activity_id WHERE x.resident_id = ? AND {ORGANISER})"
    for table in ("sign_ups", "attendances")
)
INSERT = "INSERT INTO phone_readings (id, resident_id, reader_id, reason, read_at) VALUES (?, ?, ?, ?, ?)"


async def reveal_phone(caller: Caller, wish: RevealPhoneWish, now: datetime) -> str:
    """The number as people here write it; that the caller saw it is on record before they do.

    For organisers of an activity that the resident took part in, and administrators of a whole district. Raises
    Unauthenticated, InvalidInput (reason), NotFound, Forbidden, Conflict where there is no number.
    """
    reader_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)

    async def body(tx: Transaction) -> str:
        await require_reader(tx, reader_id, wish.resident_id)
        sealed = await tx.fetch_value("SELECT phone_sealed FROM residents WHERE id = ?", wish.resident_id)
        if sealed is None:
            raise Conflict(reason="no_phone", path=WHO)
        await tx.execute(INSERT, tx.new_id(), wish.resident_id, reader_id, reason, to_micros(now))
        return national_phone(unseal_phone(sealed, wish.resident_id))

    return await write(body)


async def require_reader(tx: Transaction, reader_id: int, resident_id: int) -> None:
    """Raises NotFound where the reader may not know of the resident, Forbidden where they may, but not their number."""
    there = await tx.fetch_value("SELECT id FROM residents WHERE id = ?", resident_id)
    if there is not None and reader_id != resident_id:
        if await holds(tx, administers_the_book(VIEWER), reader_id):
            return
        if await holds(tx, OF_THEIRS, resident_id, reader_id, resident_id, reader_id):
            return
    if there is not None and (reader_id == resident_id or await holds(tx, reads_the_book(VIEWER), reader_id)):
        raise Forbidden(path=WHO)
    raise NotFound(path=WHO)

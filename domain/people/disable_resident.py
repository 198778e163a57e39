"""Keeping somebody out, and letting them in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.merged import kept_one
from domain.people.rights import require_book_administrator
from domain.people.session_tokens import end_sessions_of
from domain.refusals import NotFound, SecondPersonRequired
from domain.text import REASON_LENGTH, clean_text
from storage import Transaction, write
from storage.instants import to_micros

WHO = ("residentId",)


@dataclass(frozen=True, slots=True)
class DisableResidentWish:
    """Whom, and why: administrators and auditors will read it."""

    resident_id: int
    reason: str


INSERT = """INSERT INTO disablements (id, resident_id, reason, disabled_by_id, disabled_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
END = """UPDATE disablements SET enabled_by_id = ?, enabled_at = ? WHERE resident_id = ? AND enabled_at IS NULL"""


async def disable_resident(caller: Caller, wish: DisableResidentWish, now: datetime) -> int:
    """The resident is signed in nowhere and cannot sign in, nor come with a provider's token; who that is now. Their points,
    tickets and roles stay as they are.

    By administrators of a whole district, not for oneself. Again, it changes nothing. A CallerCache that is not told
    (forget_resident) may let them in for five seconds more. Raises Unauthenticated, InvalidInput (reason), Forbidden, NotFound,
    SecondPersonRequired.
    """
    administrator_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)

    async def body(tx: Transaction) -> int:
        resident_id = await other_resident(tx, caller, wish.resident_id)
        await tx.execute(INSERT, tx.new_id(), resident_id, reason, administrator_id, to_micros(now))
        await end_sessions_of(tx, resident_id, "DISABLED", now)
        return resident_id

    return await write(body)


async def enable_resident(caller: Caller, resident_id: int, now: datetime) -> int:
    """The resident may sign in again; who that is now. Again, it changes nothing. Raises as disable_resident."""
    administrator_id = caller.signed_in()

    async def body(tx: Transaction) -> int:
        kept_id = await other_resident(tx, caller, resident_id)
        await tx.execute(END, administrator_id, to_micros(now), kept_id)
        return kept_id

    return await write(body)


async def other_resident(tx: Transaction, caller: Caller, resident_id: int) -> int:
    """As whom the resident goes on. Raises Forbidden, NotFound, SecondPersonRequired."""
    await require_book_administrator(tx, caller)
    kept_id = await kept_one(tx, resident_id)
    if await tx.fetch_value("SELECT id FROM residents WHERE id = ?", kept_id) is None:
        raise NotFound(path=WHO)
    if kept_id == caller.resident_id:
        raise SecondPersonRequired(path=WHO)
    return kept_id

"""Ending sessions of one's own on other devices."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.people.session_tokens import end_session, end_sessions_of
from domain.refusals import NotFound
from storage import Transaction, write


async def end_own_session(caller: Caller, session_id: int, now: datetime) -> None:
    """That session of the caller's is over; none of its tokens is worth anything. Twice is no mistake.

    Raises Unauthenticated, NotFound where it is not theirs.
    """
    resident_id = caller.signed_in()

    async def body(tx: Transaction) -> None:
        sql = "SELECT id FROM sessions WHERE id = ? AND resident_id = ?"
        if await tx.fetch_value(sql, session_id, resident_id) is None:
            raise NotFound(path=("sessionId",))
        await end_session(tx, session_id, "ENDED", now)

    await write(body)


async def end_other_sessions(caller: Caller, now: datetime) -> list[int]:
    """The caller is signed in nowhere but where they ask; the ids of the sessions that were ended. Raises Unauthenticated."""
    resident_id = caller.signed_in()

    async def body(tx: Transaction) -> list[int]:
        return await end_sessions_of(tx, resident_id, "ENDED", now, but=caller.session_id)

    return await write(body)

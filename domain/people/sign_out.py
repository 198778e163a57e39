"""Signing out on one device."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.people.session_tokens import end_session
from storage import Transaction, write


async def sign_out(caller: Caller, now: datetime) -> None:
    """The caller's session is over; none of its tokens is worth anything. Twice is no mistake. Raises Unauthenticated.

    A CallerCache forgets the session only when told (forget_session), or within its five seconds.
    """
    caller.signed_in()
    session_id = caller.session_id
    if session_id is None:
        return

    async def body(tx: Transaction) -> None:
        await end_session(tx, session_id, "SIGNED_OUT", now)

    await write(body)

"""Whether a session still stands, for what lasts longer than a request."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import Unauthenticated
from storage import fetch
from storage.instants import to_micros

SELECT_STANDING = "SELECT id FROM sessions WHERE id = ? AND ended_at IS NULL AND expires_at > ?"


async def require_standing_session(caller: Caller, now: datetime) -> None:
    """Nothing, where the caller's session was neither ended nor ran out. Raises Unauthenticated."""
    caller.signed_in()
    if caller.session_id is not None and not await fetch(SELECT_STANDING, caller.session_id, to_micros(now)):
        raise Unauthenticated

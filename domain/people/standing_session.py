"""Whether a session still stands, for what lasts longer than a request."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.people.disabled import is_disabled
from domain.refusals import Unauthenticated
from storage import fetch
from storage.instants import to_micros

SELECT_SESSION = f"""SELECT s.id FROM sessions s WHERE s.id = ? AND s.ended_at IS NULL AND s.expires_at > ?
    AND NOT {is_disabled("s.resident_id")}"""
SELECT_IDENTITY = f"SELECT i.id FROM staff_identities i WHERE i.id = ? AND NOT {is_disabled('i.resident_id')}"


async def require_standing_session(caller: Caller, now: datetime) -> None:
    """Nothing, where the caller's session was neither ended nor ran out, or their provider's token is still good.

    Raises Unauthenticated.
    """
    caller.signed_in()
    if caller.until is not None and caller.until <= now:
        raise Unauthenticated
    if caller.session_id is not None and not await fetch(SELECT_SESSION, caller.session_id, to_micros(now)):
        raise Unauthenticated
    if caller.identity_id is not None and not await fetch(SELECT_IDENTITY, caller.identity_id):
        raise Unauthenticated

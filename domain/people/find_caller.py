"""Who holds an access token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.disabled import is_disabled
from domain.people.session_tokens import ACCESS_TOKEN, token_digest
from domain.refusals import Unauthenticated
from storage import fetch
from storage.instants import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A caller, and how long the token speaks for them."""

    caller: Caller
    until: datetime


# Disabling ends all sessions, but for one that begins at that very moment.
FIND = f"""SELECT s.resident_id, s.id, t.expires_at FROM session_tokens t JOIN sessions s ON s.id = t.session_id
    WHERE t.digest = ? AND t.kind = 'ACCESS' AND t.expires_at > ? AND s.ended_at IS NULL
    AND NOT {is_disabled("s.resident_id")}"""


async def find_signed_in(access_token: str, now: datetime) -> SignedIn:
    """The token's caller and its end, in one query. Raises Unauthenticated."""
    if not ACCESS_TOKEN.fullmatch(access_token):
        raise Unauthenticated
    rows = await fetch(FIND, token_digest(access_token), to_micros(now))
    if not rows:
        raise Unauthenticated
    resident_id, session_id, expires_at = rows[0]
    return SignedIn(Caller(resident_id, session_id), from_micros(expires_at))

"""Trading a refresh token for the next pair.

A refresh token is good once. On a bad network the answer may be lost and the same token come again: for 30 seconds it
gets a fresh pair. After that somebody else has a copy, and nobody can tell whose is the copy: the session ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.people.caller import Caller
from domain.people.disabled import is_disabled
from domain.people.randomness import RandomBytes
from domain.people.session_tokens import (
    IDLE_LIFETIME,
    LONGEST_LIFETIME,
    REFRESH_TOKEN,
    SessionTokens,
    end_session,
    issue_tokens,
    token_digest,
)
from domain.refusals import Unauthenticated
from storage import Transaction, write
from storage.instants import MICROSECOND, from_micros, to_micros

GRACE = timedelta(seconds=30)


async def refresh_session(refresh_token: str, now: datetime, random_bytes: RandomBytes) -> SessionTokens:
    """The session goes on with a fresh pair of tokens: for 30 days, but not beyond 180 days after the person signed in.

    Raises Unauthenticated.
    """

    async def body(tx: Transaction) -> SessionTokens | None:
        caller = await prolong(tx, token_digest(refresh_token), now)
        first_use = await use(tx, token_digest(refresh_token), now)
        if caller is None or caller.session_id is None or first_use is None:
            return None
        if now - first_use > GRACE:
            await end_session(tx, caller.session_id, "TOKEN_REUSED", now)
            return None  # returned, not raised: the session's end must be committed
        return await issue_tokens(tx, caller, now, random_bytes)

    tokens = await write(body) if REFRESH_TOKEN.fullmatch(refresh_token) else None
    if tokens is None:
        raise Unauthenticated(path=("refreshToken",))
    return tokens


# The session's row is locked before its tokens', as signing out does it.
PROLONG = f"""UPDATE sessions SET refreshed_at = ?,
    expires_at = CASE WHEN created_at + {LONGEST_LIFETIME // MICROSECOND} < ? THEN created_at + {LONGEST_LIFETIME // MICROSECOND}
        ELSE ? END
    WHERE ended_at IS NULL AND expires_at > ? AND NOT {is_disabled("sessions.resident_id")} AND id = (
    SELECT session_id FROM session_tokens WHERE digest = ? AND kind = 'REFRESH' AND expires_at > ?)
    RETURNING resident_id, id"""


async def prolong(tx: Transaction, digest: str, now: datetime) -> Caller | None:
    """Whose session the token continues; None where there is none to continue."""
    at, idle_end = to_micros(now), to_micros(now + IDLE_LIFETIME)
    row = await tx.fetch_one(PROLONG, at, idle_end, idle_end, at, digest, at)
    return Caller(row[0], row[1]) if row else None


USE = """UPDATE session_tokens SET used_at = COALESCE(used_at, ?) WHERE digest = ? AND kind = 'REFRESH'
    RETURNING used_at"""


async def use(tx: Transaction, digest: str, now: datetime) -> datetime | None:
    """The token is used, now or before: when it was for the first time; None for a token that is not there."""
    first_use: int | None = await tx.fetch_value(USE, to_micros(now), digest)
    return None if first_use is None else from_micros(first_use)

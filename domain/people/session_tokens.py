"""What a signed-in device holds: a short-lived access token, and a refresh token to get the next pair with.

Both are random and mean nothing by themselves; the database keeps their SHA-256 only.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.people.caller import Caller
from domain.people.randomness import RandomBytes
from storage import Transaction
from storage.instants import to_micros

ACCESS_LIFETIME = timedelta(minutes=15)
IDLE_LIFETIME = timedelta(days=30)  # since the last refresh
LONGEST_LIFETIME = timedelta(days=180)  # since the person signed in, however often it is refreshed
TOKEN_BYTES = 16
ACCESS_PREFIX, REFRESH_PREFIX = "xa_", "xr_"
ACCESS_TOKEN = re.compile(ACCESS_PREFIX + r"[A-Za-z0-9_-]{22}")
REFRESH_TOKEN = re.compile(REFRESH_PREFIX + r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTokens:
    """A session's fresh pair of tokens; `expires_at` is the end of the access token."""

    resident_id: int
    session_id: int
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime

    @property
    def caller(self) -> Caller:
        """Who calls with the access token."""
        return Caller(self.resident_id, self.session_id)


def new_token(prefix: str, random_bytes: RandomBytes) -> str:
    """128 random bits behind a prefix that says what it is, to people and to programs that look for leaked secrets."""
    return prefix + urlsafe_b64encode(random_bytes(TOKEN_BYTES)).rstrip(b"=").decode()


def token_digest(token: str) -> str:
    """SHA-256 in hex. Tokens have 128 random bits, so neither salt nor key is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


INSERT_TOKEN = "INSERT INTO session_tokens (id, digest, session_id, kind, expires_at) VALUES (?, ?, ?, ?, ?)"  # noqa: S105


async def issue_tokens(tx: Transaction, caller: Caller, now: datetime, random_bytes: RandomBytes) -> SessionTokens:
    """A fresh pair for the caller's session; tokens of it that are out of date are gone."""
    assert caller.session_id, "tokens belong to a session"
    tokens = SessionTokens(
        resident_id=caller.signed_in(),
        session_id=caller.session_id,
        access_token=new_token(ACCESS_PREFIX, random_bytes),
        refresh_token=new_token(REFRESH_PREFIX, random_bytes),
        expires_at=now + ACCESS_LIFETIME,
    )
    await tx.execute(
        "DELETE FROM session_tokens WHERE session_id = ? AND expires_at <= ?", tokens.session_id, to_micros(now)
    )
    rows = [
        (tokens.access_token, "ACCESS", tokens.expires_at),
        (tokens.refresh_token, "REFRESH", now + IDLE_LIFETIME),
    ]
    await tx.execute_many(
        INSERT_TOKEN,
        [(tx.new_id(), token_digest(token), tokens.session_id, kind, to_micros(end)) for token, kind, end in rows],
    )
    return tokens


END_SESSION = "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL"


async def end_session(tx: Transaction, session_id: int, reason: str, now: datetime) -> None:
    """The session is over and its tokens are worth nothing. Ending it twice keeps the first reason."""
    await tx.execute(END_SESSION, to_micros(now), reason, session_id)
    await tx.execute("DELETE FROM session_tokens WHERE session_id = ?", session_id)


SELECT_STANDING = "SELECT id FROM sessions WHERE resident_id = ? AND ended_at IS NULL AND id <> ? ORDER BY id"
NO_SESSION = 0


async def end_sessions_of(
    tx: Transaction, resident_id: int, reason: str, now: datetime, but: int | None = None
) -> list[int]:
    """The resident is signed in nowhere any more, `but` in that session; the ids of those that were ended."""
    ended = [row[0] for row in await tx.fetch(SELECT_STANDING, resident_id, but or NO_SESSION)]
    for session_id in ended:
        await end_session(tx, session_id, reason, now)
    return ended

"""Who is calling: the bearer token of a request, which is ours or the identity provider's."""

from __future__ import annotations

from datetime import datetime

from api.identity_provider import IdentityProvider, NoKeys
from api.problems import busy, unauthenticated
from domain.people.caller import ANONYMOUS, Caller
from domain.people.caller_cache import CallerCache
from domain.refusals import Unauthenticated

LONGEST_TOKEN = 8192  # a provider puts much into one
DOTS_IN_A_JWT = 2  # and none in a token of ours


class Callers:
    """Everybody who may call. A session may go on for five seconds after it ended elsewhere; a provider's token may not."""

    def __init__(self, provider: IdentityProvider | None = None) -> None:
        self._sessions = CallerCache()
        self._provider = provider

    async def find_caller(self, token: str, now: datetime) -> Caller:
        """The token's caller. Raises Unauthenticated, NoKeys."""
        if self._provider is not None and token.count(".") == DOTS_IN_A_JWT:
            return await self._provider.find_caller(token, now)
        return await self._sessions.find_caller(token, now)

    def forget_session(self, session_id: int | None) -> None:
        """The session's tokens are looked up again when they come next."""
        self._sessions.forget_session(session_id)

    def forget_resident(self, resident_id: int) -> None:
        """All tokens of theirs are looked up again when they come next."""
        self._sessions.forget_resident(resident_id)


async def caller_of(authorization: str | None, callers: Callers, now: datetime) -> Caller:
    """The caller of an Authorization header; nobody without one. Raises Problem for a token that is not valid."""
    if authorization is None:
        return ANONYMOUS
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
        raise unauthenticated()
    try:
        return await callers.find_caller(token, now)
    except Unauthenticated:
        raise unauthenticated() from None
    except NoKeys:
        raise busy() from None

"""Who is calling: the bearer token of a request."""

from __future__ import annotations

from datetime import datetime

from api.problems import unauthenticated
from domain.people.caller import ANONYMOUS, Caller
from domain.people.caller_cache import CallerCache
from domain.refusals import Unauthenticated

LONGEST_TOKEN = 500


async def caller_of(authorization: str | None, cache: CallerCache, now: datetime) -> Caller:
    """The caller of an Authorization header; nobody without one. Raises Problem for a token that is not valid."""
    if authorization is None:
        return ANONYMOUS
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
        raise unauthenticated()
    try:
        return await cache.find_caller(token, now)
    except Unauthenticated:
        raise unauthenticated() from None

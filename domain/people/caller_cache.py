"""Remembering for a few seconds who holds an access token: a phone asks several times in a row."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.people.caller import Caller
from domain.people.find_caller import SignedIn, find_signed_in
from domain.refusals import Unauthenticated

OLDEST = timedelta(seconds=5)  # how long another process's sign-out may go unnoticed here
CAPACITY = 10_000


class CallerCache:
    """The callers asked for last, none older than five seconds. Tokens that are refused are not remembered."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._found: OrderedDict[bytes, tuple[SignedIn, datetime]] = OrderedDict()
        self._forgotten = 0

    async def find_caller(self, access_token: str, now: datetime) -> Caller:
        """The token's caller, as of five seconds ago at the earliest. Raises Unauthenticated."""
        key = hashlib.sha256(access_token.encode(errors="replace")).digest()  # the memory holds no token either
        known = self._found.get(key)
        if known is None or not timedelta(0) <= now - known[1] < OLDEST:
            return await self._look_up(key, access_token, now)
        if known[0].until <= now:
            raise Unauthenticated
        return known[0].caller

    async def _look_up(self, key: bytes, access_token: str, now: datetime) -> Caller:
        self._found.pop(key, None)
        forgotten = self._forgotten
        signed_in = await find_signed_in(access_token, now)
        if forgotten == self._forgotten:  # somebody who signed out meanwhile must not be remembered
            self._found[key] = (signed_in, now)
            while len(self._found) > self._capacity:
                self._found.popitem(last=False)
        return signed_in.caller

    def forget_session(self, session_id: int | None) -> None:
        """The session's tokens are looked up again when they come next."""
        self._forget(lambda caller: caller.session_id == session_id)

    def forget_resident(self, resident_id: int) -> None:
        """All tokens of theirs are looked up again."""
        self._forget(lambda caller: caller.resident_id == resident_id)

    def _forget(self, matches: Callable[[Caller], bool]) -> None:
        self._forgotten += 1
        for key in [key for key, (known, _) in self._found.items() if matches(known.caller)]:
            del self._found[key]

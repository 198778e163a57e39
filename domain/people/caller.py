"""Who calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.refusals import Unauthenticated


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request; `resident_id` is None when nobody is signed in.

    They have a session, or an identity of a provider of the operator's, whose token speaks for them until `until`.
    """

    resident_id: int | None = None
    session_id: int | None = None
    identity_id: int | None = None
    until: datetime | None = None

    def signed_in(self) -> int:
        """The resident's id. Raises Unauthenticated."""
        if self.resident_id is None:
            raise Unauthenticated
        return self.resident_id


ANONYMOUS = Caller()

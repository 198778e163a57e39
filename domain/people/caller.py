"""Who calls."""

from __future__ import annotations

from dataclasses import dataclass

from domain.refusals import Unauthenticated


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request; `resident_id` is None when nobody is signed in."""

    resident_id: int | None = None
    session_id: int | None = None

    def signed_in(self) -> int:
        """The resident's id. Raises Unauthenticated."""
        if self.resident_id is None:
            raise Unauthenticated
        return self.resident_id


ANONYMOUS = Caller()

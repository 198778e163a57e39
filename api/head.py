"""The headers of a request, as the server hands them over: names in lower case, everything in bytes."""

from __future__ import annotations

from starlette.types import Scope


class Head:
    """Reads headers by name. Of one that comes several times the first counts, where it is no list."""

    __slots__ = ("fields", "first")

    def __init__(self, scope: Scope) -> None:
        self.fields: list[tuple[bytes, bytes]] = scope["headers"]
        self.first = dict(reversed(self.fields))

    def get(self, name: bytes) -> str | None:
        """The header's text; None where it is missing."""
        value = self.first.get(name)
        return None if value is None else value.decode("latin-1")

    def listed(self, name: bytes) -> str:
        """A header that is a list: all of them, one after another (RFC 9110, 5.3)."""
        if len(self.first) == len(self.fields):
            return self.get(name) or ""
        return ",".join(value.decode("latin-1") for each, value in self.fields if each == name)

    def __contains__(self, name: bytes) -> bool:
        return name in self.first

    @property
    def length(self) -> int:
        """The length that the client named for the body; 0 where it named none."""
        announced = self.get(b"content-length") or ""
        return int(announced[:20]) if announced.isdecimal() else 0

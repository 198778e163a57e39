"""Global ids: base64url of `Activity:123`, without padding. Opaque for clients, the same on every server."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from typing import NamedTuple

from domain.refusals import InvalidInput, NotFound, Refusal

_PLAIN = re.compile(r"([A-Za-z]+):(0|[1-9][0-9]{0,18})")
_HIGHEST = 2**63 - 1


class GlobalId(NamedTuple):
    """The type and the key of a row."""

    type_name: str
    number: int


def encode_id(type_name: str, number: int) -> str:
    """The global id of a row."""
    # letters, a colon and figures: nothing that base64 writes with a sign that has no place in a URL
    return binascii.b2a_base64(f"{type_name}:{number}".encode(), newline=False).rstrip(b"=").decode()


def decode_id(text: str) -> GlobalId | None:
    """What a global id names, or None where it is not one of ours. Says nothing about whether the row exists."""
    try:
        plain = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    match = _PLAIN.fullmatch(plain)
    if match is None or int(match[2]) > _HIGHEST or encode_id(match[1], int(match[2])) != text:
        return None
    return GlobalId(match[1], int(match[2]))


def require_id(text: str, type_name: str, *path: str) -> int:
    """The key in a global id of a type. Whether the row exists is the act's to say. Raises InvalidInput, NotFound at `path`."""
    found = decode_id(text)
    if found is None:
        raise InvalidInput(reason="malformed_id", path=path)
    if found.type_name != type_name:
        raise NotFound(path=path)
    return found.number


class RowIds:
    """The ids in the rows of a batch: a bad one refuses its own row and no other."""

    NO_ROW = -1

    def __init__(self, *path: str) -> None:
        self._path = path
        self.refused: dict[int, Refusal] = {}

    def id_of(self, row: int, text: str, type_name: str, *path: str) -> int:
        """The key; for a bad id that of no row, and the refusal is noted."""
        try:
            return require_id(text, type_name, *self._path, str(row), *path)
        except Refusal as refusal:
            self.refused[row] = refusal
            return self.NO_ROW

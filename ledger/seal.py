"""A seal: what the book said, fixed by a hash over many transfers, chained to the seal before and signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from ledger.seal_key import SealKey

VERSION = 1
FIRST = 1
NOTHING_BEFORE = "0" * 64  # what the first seal has for the hash of the seal before


@dataclass(frozen=True, slots=True)
class SealHeader:
    """What is signed. Hashes in hex; `sealed_at` in microseconds since 1970; the ids are the smallest and the largest."""

    number: int
    previous_hash: str
    root: str
    transfer_count: int
    first_transfer_id: int
    last_transfer_id: int
    sealed_at: int
    kid: str

    def text(self) -> bytes:
        """The header as JSON in its one fixed form: sorted keys, no spaces."""
        values = {name: getattr(self, name) for name in SealHeader.__slots__} | {"version": VERSION}
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)

    def hash(self) -> str:
        """What the next seal names as the one before it."""
        return hashlib.sha256(self.text()).hexdigest()


@dataclass(frozen=True, slots=True)
class Seal:
    """A header with its signature, and of the transfers in the order of the tree: ids, leaf hashes, fingerprints, packed."""

    header: SealHeader
    signature: str
    transfer_ids: bytes
    leaves: bytes
    fingerprints: bytes


HEADER_COLUMNS = ", ".join(SealHeader.__slots__)
SEAL_COLUMNS = f"{HEADER_COLUMNS}, signature, transfer_ids, leaves, fingerprints"


def seal_of(row: Any) -> Seal:
    """A seal of its SEAL_COLUMNS."""
    return Seal(header_of(row[:8]), *row[8:])


def header_of(row: Any) -> SealHeader:
    """A header of its HEADER_COLUMNS."""
    return SealHeader(*row)


def signed(header: SealHeader, key: SealKey) -> str:
    """The signature of a header."""
    return key.sign(header.text())

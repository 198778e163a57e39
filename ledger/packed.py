"""Many numbers and hashes in one value of the database, so that a seal is one row."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from ledger.merkle import HASH_BYTES

ID_BYTES = 8
FINGERPRINT_BYTES = 4
FINGERPRINTS = 3  # a transfer's and its two entries'


def pack_ids(ids: Sequence[int]) -> bytes:
    """8 bytes each, big endian."""
    return struct.pack(f">{len(ids)}q", *ids)


def unpack_ids(packed: bytes) -> tuple[int, ...]:
    """Ids that were packed; what is too much at the end is left out."""
    quantity = len(packed) // ID_BYTES
    return struct.unpack_from(f">{quantity}q", packed)


def unpack_hashes(packed: bytes) -> list[bytes]:
    """Hashes that follow one another."""
    return [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)]


def pack_fingerprints(each: Iterable[tuple[int, ...]]) -> bytes:
    """Three of 4 bytes for each transfer."""
    numbers = [number for one in each for number in one]
    return struct.pack(f">{len(numbers)}I", *numbers)


def unpack_fingerprints(packed: bytes) -> list[tuple[int, ...]]:
    """By threes."""
    numbers = struct.unpack_from(f">{len(packed) // FINGERPRINT_BYTES}I", packed)
    return [numbers[at : at + FINGERPRINTS] for at in range(0, len(numbers), FINGERPRINTS)]

"""Merkle trees as in RFC 6962 (Certificate Transparency), section 2.1: one hash that stands for a list of records, and short
proofs that a record is in the list.

A leaf is hashed with a 0 in front and a node with a 1, so that no node can be passed off as a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32


def leaf_hash(record: bytes) -> bytes:
    """The hash of a record."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The hash of a list, of whose records these are the hashes. An empty list has the hash of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    level = leaves
    while len(level) > 1:
        level = level_above(level)
    return level[0]


def levels_of(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The tree, level by level, from the leaves up to the root. Made once, it gives the proofs of all its leaves."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        levels.append(level_above(levels[-1]))
    return levels


def inclusion_proof(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf up to the root, lowest first."""
    proof = []
    for level in levels[:-1]:
        if (beside := index ^ 1) < len(level):
            proof.append(level[beside])
        index >>= 1
    return proof


def root_by_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to, for the leaf at `index` of `size`; None where the proof is too short or too long."""
    steps = iter(proof)
    found, last = leaf, size - 1
    while last:
        if index & 1 or index < last:
            beside = next(steps, None)
            if beside is None:
                return None
            found = node_hash(beside, found) if index & 1 else node_hash(found, beside)
        index, last = index >> 1, last >> 1
    return None if next(steps, None) else found


def level_above(level: Sequence[bytes]) -> list[bytes]:
    """Each two neighbours as one node. The odd one at the end goes up as it is: RFC 6962 splits at powers of two."""
    sha256 = hashlib.sha256
    above = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
    return [*above, level[-1]] if len(level) & 1 else above

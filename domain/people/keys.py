"""The secrets of this installation: from one master secret every use gets a key of its own (HKDF-SHA256, RFC 5869)."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_SECRET = 32  # bytes


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """32 bytes for each use. Never printed, never logged."""

    phone_seal: bytes
    phone_lookup: bytes
    sign_in_code: bytes
    member_code: bytes
    ticket_seed: bytes
    cursor: bytes
    seal_seed: bytes
    memo: bytes


def derive_keys(master: bytes) -> Keys:
    """The keys of a master secret. Raises ValueError when it is shorter than 32 bytes."""
    if len(master) < SHORTEST_SECRET:
        raise ValueError(f"the secret must have at least {SHORTEST_SECRET} bytes")

    def key(use: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"xuexi/" + use.encode()).derive(master)

    return Keys(*(key(use) for use in Keys.__slots__))


_keys: Keys | None = None


def set_keys(keys: Keys) -> None:
    """Make these the process's keys; called once at start."""
    global _keys
    _keys = keys


def current_keys() -> Keys:
    """The process's keys."""
    assert _keys, "set_keys was not called"
    return _keys

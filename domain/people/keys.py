"""The secrets of this installation: from one master secret every use gets a key of its own (HKDF-SHA256, RFC 5869)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_SECRET = 32  # bytes
HIGHEST_VERSION = 255  # one byte in front of every sealed number


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
    naming: bytes
    #: which key seals numbers now: 1 comes from the master secret, later ones from secrets of their own
    phone_version: int = field(default=1, kw_only=True)


USES = tuple(name for name in Keys.__slots__ if name != "phone_version")


def derive_keys(master: bytes) -> Keys:
    """The keys of a master secret. Raises ValueError when it is shorter than 32 bytes."""
    if len(master) < SHORTEST_SECRET:
        raise ValueError(f"the secret must have at least {SHORTEST_SECRET} bytes")

    return Keys(*(derived(master, use) for use in USES))


def derived(secret: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"xuexi/" + use.encode()).derive(secret)


def with_phone_key(keys: Keys, version: int, secret: bytes) -> Keys:
    """The same keys, but numbers are sealed and found with a secret of their own. Raises ValueError as derive_keys."""
    if len(secret) < SHORTEST_SECRET or not 1 < version <= HIGHEST_VERSION:
        raise ValueError(f"a phone key is a version from 2 to {HIGHEST_VERSION} and at least {SHORTEST_SECRET} bytes")
    seal, lookup = derived(secret, "phone_seal"), derived(secret, "phone_lookup")
    return replace(keys, phone_seal=seal, phone_lookup=lookup, phone_version=version)


_keys: Keys | None = None


def set_keys(keys: Keys) -> None:
    """Make these the process's keys; called once at start."""
    global _keys
    _keys = keys


def current_keys() -> Keys:
    """The process's keys."""
    assert _keys, "set_keys was not called"
    return _keys

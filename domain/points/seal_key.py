"""The key that seals the book, beside the one that signs tickets: both come from the installation's secret."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.jwk import public_jwk, thumbprint
from domain.people.keys import Keys, current_keys
from ledger.seal_key import SealKey

ALGORITHM = "EdDSA"


def seal_key() -> SealKey:
    """This installation's key."""
    return key_of(current_keys())


@lru_cache(maxsize=2)
def key_of(keys: Keys) -> SealKey:
    private = Ed25519PrivateKey.from_private_bytes(keys.seal_seed)
    return SealKey(private, thumbprint(public_jwk(private.public_key())), keys.memo)


def seal_jwk() -> dict[str, str]:
    """The public half, as it is published. Gate devices pass over a key that is not named in a ticket."""
    key = seal_key()
    return public_jwk(key.private.public_key()) | {"kid": key.kid, "use": "sig", "alg": ALGORITHM}

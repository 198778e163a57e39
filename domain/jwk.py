"""Public keys in the form of the standards for JSON (RFC 7517, 8037), and base64url as they write it."""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def public_jwk(public: Ed25519PublicKey) -> dict[str, str]:
    """The members that make the key."""
    return {"crv": "Ed25519", "kty": "OKP", "x": encoded(public.public_bytes_raw())}


def thumbprint(jwk: dict[str, str]) -> str:
    """RFC 7638: the same key always has the same name, and another key another."""
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return encoded(hashlib.sha256(text.encode()).digest())


def encoded(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError for what `encoded` would not have written: Python's decoder overlooks foreign signs and spare bits."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(data) != text:
        raise binascii.Error("not in its one right form")
    return data

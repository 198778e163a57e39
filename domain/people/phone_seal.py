"""Phone numbers as they are kept: sealed, and beside that a keyed digest to find them by.

A stolen database lists no numbers: both need keys that are not in it. A sealed number is bound to its resident, so it
cannot be moved to another row.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from domain.people.keys import Keys, current_keys
from domain.people.phone import mask_phone, national_phone
from domain.people.randomness import RandomBytes

NONCE_BYTES = 12


def seal_phone(phone: str, resident_id: int, random_bytes: RandomBytes, keys: Keys | None = None) -> bytes:
    """An E.164 number, sealed for one resident. In front of it stands which key opens it."""
    keys, nonce = keys or current_keys(), random_bytes(NONCE_BYTES)
    version = bytes([keys.phone_version])
    sealed = ChaCha20Poly1305(keys.phone_seal).encrypt(nonce, phone.encode(), bound_to(version, resident_id))
    return version + nonce + sealed


def unseal_phone(sealed: bytes, resident_id: int) -> str:
    """The E.164 number. Raises ValueError when it was altered, is another resident's, or the key is another."""
    keys, version = current_keys(), sealed[:1]
    if version != bytes([keys.phone_version]):
        raise ValueError("a phone number was sealed with a key of an unknown version")
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return ChaCha20Poly1305(keys.phone_seal).decrypt(nonce, rest, bound_to(version, resident_id)).decode()
    except InvalidTag as error:
        raise ValueError("a sealed phone number does not belong to its resident, or to this secret") from error


def bound_to(version: bytes, resident_id: int) -> bytes:
    """What is authenticated beside the number."""
    return version + resident_id.to_bytes(8)


def phone_digest(phone: str, keys: Keys | None = None) -> str:
    """HMAC-SHA256 of an E.164 number, in hex: what residents and codes are found by."""
    return hmac.new((keys or current_keys()).phone_lookup, phone.encode(), hashlib.sha256).hexdigest()


def phone_as_seen(sealed: bytes | None, resident_id: int, viewer_id: int | None) -> str | None:
    """The resident's number as the viewer may see it: whole for the resident, masked for everyone else."""
    if sealed is None:
        return None
    phone = unseal_phone(sealed, resident_id)
    return national_phone(phone) if viewer_id == resident_id else mask_phone(phone)

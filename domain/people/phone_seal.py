"""Phone numbers as they are kept: sealed, and beside that a keyed digest to find them by.

A stolen database lists no numbers: both need keys that are not in it. A sealed number is bound to its resident, so it
cannot be moved to another row.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from domain.people.keys import current_keys
from domain.people.phone import mask_phone, national_phone
from domain.people.randomness import RandomBytes

KEY_VERSION = b"\x01"  # in front of every sealed number: which key opens it, once there is more than one
NONCE_BYTES = 12


def seal_phone(phone: str, resident_id: int, random_bytes: RandomBytes) -> bytes:
    """An E.164 number, sealed for one resident."""
    nonce = random_bytes(NONCE_BYTES)
    sealed = ChaCha20Poly1305(current_keys().phone_seal).encrypt(nonce, phone.encode(), bound_to(resident_id))
    return KEY_VERSION + nonce + sealed


def unseal_phone(sealed: bytes, resident_id: int) -> str:
    """The E.164 number. Raises ValueError when it was altered, is another resident's, or the key is another."""
    if sealed[:1] != KEY_VERSION:
        raise ValueError("a phone number was sealed with a key of an unknown version")
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return ChaCha20Poly1305(current_keys().phone_seal).decrypt(nonce, rest, bound_to(resident_id)).decode()
    except InvalidTag as error:
        raise ValueError("a sealed phone number does not belong to its resident, or to this secret") from error


def bound_to(resident_id: int) -> bytes:
    """What is authenticated beside the number."""
    return KEY_VERSION + resident_id.to_bytes(8)


def phone_digest(phone: str) -> str:
    """HMAC-SHA256 of an E.164 number, in hex: what residents and codes are found by."""
    return hmac.new(current_keys().phone_lookup, phone.encode(), hashlib.sha256).hexdigest()


def phone_as_seen(sealed: bytes | None, resident_id: int, viewer_id: int | None) -> str | None:
    """The resident's number as the viewer may see it: whole for the resident, masked for everyone else."""
    if sealed is None:
        return None
    phone = unseal_phone(sealed, resident_id)
    return national_phone(phone) if viewer_id == resident_id else mask_phone(phone)

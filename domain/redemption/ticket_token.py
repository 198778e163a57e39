"""Tickets as signed tokens, which a gate checks without a network: JWS in its compact form, signed with Ed25519 (RFC 7515, 8037).

The header is one constant: a token that starts with anything else (another algorithm, `none`, another key) is refused
before anything of it is decoded. The payload is small, so that the QR code stays easy to scan:

    sub  the ticket's serial        ses  the session's id, as a text: JavaScript cannot hold 63 bits
    nbf  the gates open             exp  the session is over; both in seconds since 1970
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.jwk import decoded, encoded, public_jwk, thumbprint
from domain.people.keys import current_keys
from domain.redemption.ticket_status import GATES_OPEN_BEFORE
from domain.refusals import TicketInvalid

LONGEST_TOKEN = 1000
# "EdDSA" and not the newer "Ed25519" (RFC 9864): it is what the libraries on gate devices know.
ALGORITHM = "EdDSA"


@dataclass(frozen=True, slots=True)
class TicketClaims:
    """What a genuine token says: which ticket, for which session, good from `not_before` until `expires_at`."""

    serial: str
    session_id: int
    not_before: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TicketKey:
    """The key tickets are signed with; `header` is the first part of every token."""

    private: Ed25519PrivateKey
    public: Ed25519PublicKey
    kid: str
    header: str


def ticket_token(serial: str, session_id: int, starts_at: datetime, ends_at: datetime) -> str:
    """The token of a ticket: the same for the same ticket, always."""
    claims = {
        "sub": serial,
        "ses": str(session_id),
        "nbf": int((starts_at - GATES_OPEN_BEFORE).timestamp()),
        "exp": int(ends_at.timestamp()),
    }
    key = ticket_key()
    signed = f"{key.header}.{encoded_json(claims)}"
    return f"{signed}.{encoded(key.private.sign(signed.encode()))}"


def verify_ticket_token(token: str) -> TicketClaims:
    """What the token says, if we signed it. Whether it is good now is for the caller to see. Raises TicketInvalid."""
    key = ticket_key()
    try:
        header, payload, signature = token[:LONGEST_TOKEN].split(".")
        if header != key.header or len(token) > LONGEST_TOKEN:
            raise TicketInvalid
        key.public.verify(decoded(signature), f"{header}.{payload}".encode())
        claims = json.loads(decoded(payload))
        return TicketClaims(claims["sub"], int(claims["ses"]), instant(claims["nbf"]), instant(claims["exp"]))
    except (ValueError, KeyError, InvalidSignature) as error:
        raise TicketInvalid from error


def jwks() -> dict[str, list[dict[str, str]]]:
    """The JSON Web Key Set that gates verify tickets with."""
    key = ticket_key()
    return {"keys": [public_jwk(key.public) | {"kid": key.kid, "use": "sig", "alg": ALGORITHM}]}


def ticket_key() -> TicketKey:
    """This installation's key."""
    return key_of_seed(current_keys().ticket_seed)


@lru_cache(maxsize=2)
def key_of_seed(seed: bytes) -> TicketKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key()
    kid = thumbprint(public_jwk(public))[:8]
    return TicketKey(private, public, kid, encoded_json({"alg": ALGORITHM, "kid": kid}))


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def encoded_json(value: dict[str, object] | dict[str, str]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())

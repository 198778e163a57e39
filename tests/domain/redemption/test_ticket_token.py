"""Tokens: what anybody can check with the published keys, and what nobody can make without ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet

from domain.people.keys import derive_keys, set_keys
from domain.redemption.ticket_token import jwks, ticket_key, ticket_token, verify_ticket_token
from domain.refusals import TicketInvalid
from tests.clock import NOW, later

TICKET = ("K7QM-2X9D", 374_476_397_607_676_338, later(hours=2), later(hours=5))


def encoded(data: bytes | str) -> str:
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def parts() -> list[str]:
    return ticket_token(*TICKET).split(".")


def test_a_token_says_which_ticket_for_which_session_and_when() -> None:
    claims = verify_ticket_token(ticket_token(*TICKET))
    assert (claims.serial, claims.session_id) == TICKET[:2]
    assert claims.not_before == NOW  # two hours before the session
    assert claims.expires_at == later(hours=5)


def test_another_library_verifies_it_with_the_published_keys() -> None:
    keys = KeySet.import_key_set(jwks())  # type: ignore[arg-type]
    with pytest.warns(SecurityWarning, match="RFC 9864"):  # the name EdDSA: see ticket_token.ALGORITHM
        read = jws.deserialize_compact(ticket_token(*TICKET), keys, algorithms=["EdDSA"])
    payload = json.loads(read.payload)
    assert payload == {
        "sub": "K7QM-2X9D",
        "ses": "374476397607676338",
        "nbf": int(NOW.timestamp()),
        "exp": int(later(hours=5).timestamp()),
    }


def test_the_published_keys_hold_nothing_secret() -> None:
    (key,) = jwks()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}


def test_the_same_ticket_has_the_same_token() -> None:
    assert ticket_token(*TICKET) == ticket_token(*TICKET)


def test_a_token_is_short_enough_for_a_code_that_phones_read_easily() -> None:
    assert len(ticket_token(*TICKET)) <= 251  # version 11 at level M: 61 modules a side


def test_a_token_of_another_installation_is_invalid() -> None:
    token = ticket_token(*TICKET)
    set_keys(derive_keys(b"the secret of somebody else altogether"))
    with pytest.raises(TicketInvalid):
        verify_ticket_token(token)


def test_every_altered_sign_is_noticed() -> None:
    token = ticket_token(*TICKET)
    for place, sign in enumerate(token):
        altered = token[:place] + ("A" if sign != "A" else "B") + token[place + 1 :]
        with pytest.raises(TicketInvalid):
            verify_ticket_token(altered)


def test_a_signature_by_another_key_under_our_name_is_invalid() -> None:
    header, payload, _ = parts()
    forged = Ed25519PrivateKey.from_private_bytes(b"x" * 32).sign(f"{header}.{payload}".encode())
    with pytest.raises(TicketInvalid):
        verify_ticket_token(f"{header}.{payload}.{encoded(forged)}")


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "EdDSA"}, {"alg": "EdDSA", "kid": "other"}]
)
def test_no_other_algorithm_and_no_other_key_is_accepted(header: dict[str, str]) -> None:
    """HS256 with the public key as its secret is the classic: the verifier must not let the token choose."""
    signed = f"{encoded(json.dumps(header))}.{parts()[1]}"
    secret = base64.urlsafe_b64decode(jwks()["keys"][0]["x"] + "=")
    for signature in ("", encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest()), parts()[2]):
        with pytest.raises(TicketInvalid):
            verify_ticket_token(f"{signed}.{signature}")


def test_another_header_is_refused_even_with_our_own_signature() -> None:
    for header in (
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "EdDSA", "kid": "other"},
        {"alg": "EdDSA", "crit": ["b64"]},
    ):
        signed = f"{encoded(json.dumps(header))}.{parts()[1]}"
        with pytest.raises(TicketInvalid):
            verify_ticket_token(f"{signed}.{encoded(ticket_key().private.sign(signed.encode()))}")


def test_a_token_without_a_signature_is_invalid() -> None:
    header, payload, _ = parts()
    with pytest.raises(TicketInvalid):
        verify_ticket_token(f"{header}.{payload}.")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "票",
        "票.票.票",
        "a.b.c",
        "x" * 100_000,
        "\x00",
        "\ud800.\ud800.\ud800",
        "K7QM-2X9D",
        "☃" * 400,
    ],
)
def test_rubbish_is_invalid_and_nothing_worse(token: str) -> None:
    with pytest.raises(TicketInvalid):
        verify_ticket_token(token)


def test_a_token_with_padding_line_breaks_or_a_tail_is_invalid() -> None:
    token = ticket_token(*TICKET)
    for other in (
        token + "=",
        token + "==",
        token + "\n",
        " " + token,
        token + ".",
        token + ".x",
        token.replace(".", "=.", 1),
    ):
        with pytest.raises(TicketInvalid):
            verify_ticket_token(other)


def test_a_longer_session_makes_another_token() -> None:
    serial, session_id, starts_at, ends_at = TICKET
    assert ticket_token(serial, session_id, starts_at, ends_at + timedelta(seconds=1)) != ticket_token(*TICKET)

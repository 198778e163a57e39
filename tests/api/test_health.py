"""Whoever watches over the program learns whether it lives and whether it can work."""

from __future__ import annotations

import re

import pytest

from domain.points.seal_key import seal_jwk
from domain.redemption import ticket_token
from storage import close_database
from tests.server import Server


async def test_a_running_program_is_alive_and_ready(server: Server) -> None:
    for address in ("/healthz", "/readyz"):
        response = await server.http.get(address)
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_without_its_database_it_lives_but_is_not_ready(server: Server) -> None:
    await close_database()
    assert (await server.http.get("/healthz")).status_code == 200
    assert (await server.http.get("/readyz")).status_code == 503


async def test_a_failure_inside_is_masked_with_a_reference_that_the_log_has(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await close_database()
    answer = await server.graphql('{ area(code: "370811") { name } }', language="en")
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    reference = error["extensions"]["reference"]
    assert re.fullmatch(r"[0-9a-f]{12}", reference)
    assert error["message"] == f"Internal error, reference {reference}."
    assert reference in caplog.text


async def test_a_gateway_that_fails_is_worth_another_try(server: Server) -> None:
    server.sms.fails = True
    query = 'mutation { requestSignInCode(input: {phone: "13800000001"}) { expiresAt } }'
    answer = await server.graphql(query, language="en")
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert error["message"] == "The text message could not be sent, please try again later."
    server.sms.fails = False
    assert await server.sign_in_as("13800000001"), "nobody has to wait a minute for a code that was never sent"


async def test_the_keys_of_tickets_are_where_gates_look_for_them(server: Server) -> None:
    response = await server.http.get("/.well-known/jwks.json")
    assert response.headers["cache-control"] == "public, max-age=3600"
    keys = response.json()["keys"]
    assert keys[0] == ticket_token.jwks()["keys"][0], "the first key is the tickets': a device may know no other"
    assert keys[1] == seal_jwk()
    for key in keys:
        assert (key["kty"], key["crv"], key["use"], "d" in key) == ("OKP", "Ed25519", "sig", False)
    assert keys[0]["kid"] != keys[1]["kid"]

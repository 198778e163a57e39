"""Staff who come with a token of the operator's identity provider, and all who come with a bad one."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.people.disable_resident import DisableResidentWish, disable_resident
from domain.people.staff_identities import Identity, link_identity, unlink_identity
from schema.ids import encode_id
from tests.builders.people import a_resident, an_administrator
from tests.clock import NOW
from tests.server import TEST_SETTINGS, Server, free_listener, listening, running_server

ISSUER, AUDIENCE, SUBJECT = "https://id.rencheng.example", "xuexi-points", "staff-0042"
ME = "{ viewer { resident { id } sessions(first: 1) { totalCount } } }"
FIRST, SECOND = ECKey.generate_key("P-256", {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "two"})
STRANGERS = ECKey.generate_key("P-256", {"kid": "one"})


@dataclass
class Provider:
    """What publishes keys, and counts how often it is asked."""

    keys: list[Any] = field(default_factory=lambda: [FIRST])
    asked: int = 0
    is_down: bool = False

    async def publish(self, _: Request) -> Response:
        self.asked += 1
        if self.is_down:
            return Response("<html>", 502)
        return JSONResponse(KeySet(self.keys).as_dict(private=False))


@dataclass
class House:
    """The running program, and the provider that it trusts."""

    server: Server
    provider: Provider
    resident_id: int

    async def answer(self, token: str) -> Any:
        """Who the token's owner is to the program, or the code of what it says."""
        answer = await self.server.graphql(ME, token=token)
        if "errors" in answer:
            return answer["errors"][0]["extensions"]["code"]
        return answer["data"]["viewer"]["resident"]["id"]

    @property
    def me(self) -> str:
        return encode_id("Resident", self.resident_id)


@asynccontextmanager
async def a_house(database_url: str) -> AsyncIterator[House]:
    provider = Provider()
    app = Starlette(routes=[Route("/keys", provider.publish)])
    with free_listener() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
        settings = replace(TEST_SETTINGS, oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_jwks_url=url)
        async with listening(app, listener), running_server(database_url, settings) as server:
            resident_id = await a_resident("示例管理员")
            await link_identity(Identity(ISSUER, SUBJECT), resident_id, NOW)
            yield House(server, provider, resident_id)


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with a_house(database_url) as found:
        yield found


def claims(**other: Any) -> dict[str, Any]:
    """What a good token says, and whatever is other about this one; None leaves a claim out."""
    exp = int(NOW.timestamp()) + 300
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": SUBJECT, "exp": exp} | other
    return {name: value for name, value in said.items() if value is not None}


def a_token(key: Any = FIRST, alg: str = "ES256", kid: str | None = "one", **other: Any) -> str:
    header = {"alg": alg} | ({"kid": kid} if kid else {})
    return jwt.encode(header, claims(**other), key, algorithms=[alg])


def unsigned() -> str:
    header, body = ({"alg": "none", "kid": "one"}, claims())
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, body)]
    return ".".join([*parts, ""])


async def test_staff_come_with_their_providers_token_and_nobody_else_does(house: House) -> None:
    assert await house.answer(a_token()) == house.me
    assert await house.answer(a_token(kid=None)) == house.me, "it publishes one key, so no name is needed"
    assert await house.answer(a_token(aud=["others", AUDIENCE])) == house.me
    started = int(NOW.timestamp())
    bad = {
        "another issuer": a_token(iss="https://elsewhere.example"),
        "no issuer": a_token(iss=None),
        "made for somebody else": a_token(aud="another-service"),
        "made for nobody": a_token(aud=None),
        "out of date": a_token(exp=started - 31),
        "without an end": a_token(exp=None),
        "an end that is none": a_token(exp="tomorrow"),
        "an end beyond all time": a_token(exp=10**30),
        "not yet good": a_token(nbf=started + 31),
        "of somebody nobody linked": a_token(sub="staff-0043"),
        "of nobody": a_token(sub=None),
        "signed by a stranger": a_token(STRANGERS),
        "signed with what everybody knows": a_token(OctKey.import_key("x" * 64), "HS256"),
        "not signed": unsigned(),
        "changed": a_token()[:-9] + "AAAAAAAAA",
        "no JWT": "a.b.c",
        "nothing": "..",
    }
    assert {why: await house.answer(token) for why, token in bad.items()} == dict.fromkeys(bad, "UNAUTHENTICATED")
    assert house.provider.asked == 1, "keys are kept"


async def test_a_new_key_is_fetched_and_an_old_one_is_forgotten(house: House) -> None:
    assert await house.answer(a_token()) == house.me
    house.provider.keys = [SECOND]
    new = a_token(SECOND, "RS256", "two")
    house.server.clock.advance(seconds=29)
    assert await house.answer(new) == "UNAUTHENTICATED", (
        "whoever makes up names of keys does not make us ask all the time"
    )
    house.server.clock.advance(seconds=1)
    assert (await house.answer(new), house.provider.asked) == (house.me, 2)
    assert await house.answer(a_token()) == "UNAUTHENTICATED", "the provider took its key back"


async def test_keys_outlast_a_provider_that_is_down_for_a_day_and_no_longer(house: House) -> None:
    assert await house.answer(a_token()) == house.me
    house.provider.is_down = True
    for hours, expected in ((23, house.me), (1, "UNAVAILABLE")):
        house.server.clock.advance(hours=hours)
        lasting = a_token(exp=int(house.server.clock.now.timestamp()) + 60)
        response = await house.server.http.post(
            "/graphql", json={"query": ME}, headers={"authorization": f"Bearer {lasting}"}
        )
        answer = response.json()
        found = (
            answer["errors"][0]["extensions"]["code"]
            if "errors" in answer
            else answer["data"]["viewer"]["resident"]["id"]
        )
        assert found == expected


async def test_whoever_is_disabled_or_no_longer_linked_is_out_at_once(house: House) -> None:
    assert await house.answer(a_token()) == house.me
    await disable_resident(await an_administrator(), DisableResidentWish(house.resident_id, "离职"), NOW)
    assert await house.answer(a_token()) == "UNAUTHENTICATED"
    other = await a_resident("示例组织者")
    await link_identity(Identity(ISSUER, SUBJECT), other, NOW)
    assert await house.answer(a_token()) == encode_id("Resident", other)
    await unlink_identity(Identity(ISSUER, SUBJECT))
    assert await house.answer(a_token()) == "UNAUTHENTICATED"


async def test_a_socket_opens_with_a_providers_token(house: House) -> None:
    async with house.server.connected(token=a_token()) as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": {"query": ME}})
        told = await socket.receive()
        assert told["payload"]["data"]["viewer"]["resident"]["id"] == house.me

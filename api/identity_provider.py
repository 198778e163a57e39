"""Tokens of the operator's own identity provider (OpenID Connect): who staff are there, they are here.

A token is a JWT that the provider signed. It counts where the provider is the one that is configured, the token was made
for us, it is in time, and a key that the provider publishes now made its signature. Nothing of what else it says is used.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from api.settings import Settings
from domain.people.caller import Caller
from domain.people.staff_identities import SUBJECT_LENGTH, Identity, find_identified
from domain.refusals import Unauthenticated

log = logging.getLogger("xuexi.identity")

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]  # signatures only: whoever can check one cannot make one
LEEWAY_S = 30  # clocks differ
FRESH = timedelta(minutes=10)  # a key that the provider took back is good for so long here
KEPT = timedelta(hours=24)  # while the provider does not answer
PAUSE = timedelta(seconds=30)  # between two looks for a key that nobody knows: anybody can make one up
TIMEOUT_S = 5.0
MOST_BYTES = 256 * 1024
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class NoKeys(Exception):
    """The provider does not say which keys are its own, so nobody can tell whether a token is."""


@dataclass(slots=True)
class ProviderKeys:
    """The provider's published keys: asked for when they are needed, kept for a while, asked for anew for one not seen before."""

    url: str
    tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)  # made once: it takes 20 ms
    _keys: KeySet | None = None
    _fetched_at: datetime = LONG_AGO
    _tried_at: datetime = LONG_AGO
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, kid: str | None, now: datetime) -> Key | None:
        """The key of that name; without a name the only one there is. Raises NoKeys."""
        found = self._known(kid)
        if found is None or now - self._fetched_at >= FRESH:
            async with self._turn:  # of a hundred at once one asks
                found = self._known(kid)
                stale = now - self._fetched_at >= FRESH
                if (stale or found is None) and now - self._tried_at >= PAUSE:
                    await self._fetch(now)
                    found = self._known(kid)
        if self._keys is None or now - self._fetched_at >= KEPT:
            raise NoKeys
        return found

    def _known(self, kid: str | None) -> Key | None:
        keys = self._keys.keys if self._keys else []
        if kid is None:
            return keys[0] if len(keys) == 1 else None
        return next((key for key in keys if key.kid == kid), None)

    async def _fetch(self, now: datetime) -> None:
        self._tried_at = now
        try:
            self._keys = KeySet.import_key_set(orjson.loads(await self._download()))
        except (httpx.HTTPError, TimeoutError, JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("the identity provider's keys cannot be read: %s", type(error).__name__)
            return
        self._fetched_at = now

    async def _download(self) -> bytes:
        body = bytearray()
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(timeout=TIMEOUT_S, verify=self.tls, trust_env=False) as client,
            client.stream("GET", self.url) as response,
        ):
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise ValueError("a key set is shorter")
        return bytes(body)


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Who may vouch for staff: `issuer` as its tokens name it, `audience` as they name us."""

    issuer: str
    audience: str
    keys: ProviderKeys

    async def find_caller(self, token: str, now: datetime) -> Caller:
        """Who comes with the token. Raises Unauthenticated, NoKeys."""
        subject, until = await self._read(token, now)
        return await find_identified(Identity(self.issuer, subject), until)

    async def _read(self, token: str, now: datetime) -> tuple[str, datetime]:
        """Whom the token names, and until when it does. Raises Unauthenticated, NoKeys."""
        try:
            header = jws.extract_compact(token.encode()).headers()
            kid = header.get("kid")
            if header.get("alg") not in ALGORITHMS or not isinstance(kid, str | None):
                raise Unauthenticated
            key = await self.keys.find(kid, now)
            if key is None or key.key_type == "oct":
                raise Unauthenticated
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
            self._rules(now).validate(claims)
            until = datetime.fromtimestamp(claims["exp"], UTC)
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
            raise Unauthenticated from None
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH:
            raise Unauthenticated
        return subject, until

    def _rules(self, now: datetime) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            sub={"essential": True},
            exp={"essential": True},
        )


def provider_of(settings: Settings) -> IdentityProvider | None:
    """The provider that the settings name, if they name one."""
    if settings.oidc_issuer is None:
        return None
    assert settings.oidc_audience, "read_settings makes sure of it"
    assert settings.oidc_jwks_url, "read_settings makes sure of it"
    return IdentityProvider(settings.oidc_issuer, settings.oidc_audience, ProviderKeys(settings.oidc_jwks_url))

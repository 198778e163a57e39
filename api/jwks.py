"""The keys that gates verify tickets with, and whoever checks a statement its seals, where the standard says to look for them
(RFC 7517, RFC 8615)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.points.seal_key import seal_jwk
from domain.redemption import ticket_token


async def jwks(_: Request) -> Response:
    """The key set, the tickets' key first. Devices may keep it for an hour."""
    return JSONResponse(
        {"keys": [*ticket_token.jwks()["keys"], seal_jwk()]}, headers={"Cache-Control": "public, max-age=3600"}
    )

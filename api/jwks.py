"""The keys that gates verify tickets with, where the standard says to look for them (RFC 7517, RFC 8615)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.redemption import ticket_token


async def jwks(_: Request) -> Response:
    """The key set. Devices may keep it for an hour."""
    return JSONResponse(ticket_token.jwks(), headers={"Cache-Control": "public, max-age=3600"})

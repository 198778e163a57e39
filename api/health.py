"""Two questions of whoever watches over the program: does it live, and can it work?"""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import storage

log = logging.getLogger("xuexi.health")
PATIENCE_S = 2.0
NO_STORE = {"Cache-Control": "no-store"}


async def healthz(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=NO_STORE)


async def readyz(_: Request) -> Response:
    """The database answers, too; 503 where it does not within two seconds."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await storage.fetch("SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is no
        log.warning("not ready: %s", type(error).__name__)
        return JSONResponse({"status": "database unavailable"}, 503, headers={**NO_STORE, "Retry-After": "1"})
    return JSONResponse({"status": "ok"}, headers=NO_STORE)

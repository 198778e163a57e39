"""The floors of HTTP to compare with: the least that the same server and JSON writer can cost, with a router and without."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

ANSWER = {"data": {"viewer": {"wallet": {"balance": 1200}}}}


async def answer(request: Request) -> Response:
    """Read the body and answer a small JSON."""
    await request.body()
    return Response(orjson.dumps(ANSWER), media_type="application/json")


app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """The same as an ASGI application and nothing more."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    body = orjson.dumps(ANSWER)
    headers: list[Any] = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def live(receive: Receive, send: Send) -> None:
    for word in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{word}.complete"})

"""The floor to compare with: the least that the same server, router and JSON writer can cost."""

from __future__ import annotations

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANSWER = {"data": {"viewer": {"wallet": {"balance": 1200}}}}


async def answer(request: Request) -> Response:
    """Read the body and answer a small JSON."""
    await request.body()
    return Response(orjson.dumps(ANSWER), media_type="application/json")


app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])])

"""The program as an ASGI application: what is at which address, and what happens at start and stop."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from api import seals
from api.accepting import JSON
from api.arrival import Arriving
from api.callers import Callers
from api.chores import chores_of
from api.clock import Clock, system_clock
from api.documents import Documents
from api.failing import Failing
from api.finishing import problem_behind
from api.graphiql import graphiql_file
from api.graphql_http import Reading, answer_get, problem_response
from api.health import healthz, readyz
from api.house import House, RandomBytes
from api.identity_provider import provider_of
from api.jwks import jwks
from api.language import language_of
from api.manifest import read_manifest
from api.periodic import doing
from api.posting import Posting
from api.problems import Problem
from api.programmes import ensure_programmes
from api.secret import keys_of
from api.settings import Settings
from api.sms import sender_of
from api.sockets import serve_socket
from api.streams import answer_stream
from api.surface import Dress, Surface
from domain.people.keys import set_keys
from domain.people.sms import SmsSender
from schema.codes import ErrorCode
from storage import close_database, hearing_neighbours, open_database

GRAPHQL = "/graphql"
STREAM = "/graphql/stream"


class Program(Starlette):
    """Starlette for everything but what nearly every request is."""

    def __init__(self, *, posting: Posting, **others: Any) -> None:
        super().__init__(**others)
        self.posting = posting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == GRAPHQL:
            await self.posting(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    sms: SmsSender | None = None,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> Starlette:
    """The application. It opens its database when it starts, which has to be migrated, and closes it when it stops.

    Raises BadSettings.
    """
    keys = keys_of(settings, random_bytes)
    callers = Callers(provider_of(settings))
    documents = Documents(read_manifest(settings.trusted_documents) if settings.trusted_documents else None)
    house = House(settings, sms or sender_of(settings, clock, random_bytes), clock, random_bytes, callers, documents)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        set_keys(keys)
        await open_database(settings.database_url)
        try:
            await ensure_programmes(settings.zone, clock())
            async with hearing_neighbours(), doing(*chores_of(settings, clock)):
                yield
        finally:
            await close_database()

    async def graphql(request: Request) -> Response:
        return await answer_get(request, house)

    async def events(request: Request) -> Response:
        return await answer_stream(request, house)

    async def socket(websocket: WebSocket) -> None:
        await serve_socket(websocket, house)

    async def failed(request: Request, error: Exception) -> Response:
        problem = problem_of(error) or problem_behind(error, random_bytes)
        return problem_response(problem, Reading(JSON, language_of(request.headers.get("accept-language"))))

    routes = [
        Route(GRAPHQL, graphql, methods=["GET", "POST"]),
        Route(STREAM, events, methods=["GET", "POST"]),
        WebSocketRoute(GRAPHQL, socket),
        Route("/.well-known/jwks.json", jwks),
        Route(seals.PATH, seals.seals),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
    ]
    if settings.shows_graphiql:
        routes.append(Route("/graphiql/{name}", graphiql_file))
    app = Program(
        posting=Posting(house, Dress(settings)),
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: failed},
        middleware=[Middleware(Arriving, random_bytes), Middleware(Surface, settings), Middleware(Failing, failed)],
    )
    app.state.stopping = house.stopping
    return app


def problem_of(error: Exception) -> Problem | None:
    """What Starlette has to say of an address or method, in our words."""
    if not isinstance(error, HTTPException):
        return None
    if error.status_code == 405:
        return Problem(reason="method", status=405, headers=dict(error.headers or {}))
    return Problem(reason="not_found", status=404, code=ErrorCode.NOT_FOUND)

"""GraphQL over HTTP: bytes in, bytes out, and a fitting status for each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.types.graphql import OperationType

from api.asked import Asked, asked_in_json, asked_in_parameters
from api.body import let_pass, read_body
from api.callers import caller_of
from api.finishing import problem_behind
from api.graphiql import graphiql_page
from api.house import House
from api.language import language_of
from api.preferences import preferences
from api.problems import Problem, stopping
from api.running import Answer, run
from schema.context import Language

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
QUERIES = frozenset({OperationType.QUERY})
QUERIES_AND_MUTATIONS = frozenset({OperationType.QUERY, OperationType.MUTATION})
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Authorization"}
READING = ("GET", "HEAD")
CLIENT_IS_GONE = 499  # nobody reads it


@dataclass(frozen=True, slots=True)
class Reading:
    """How the client wants to read the answer."""

    media: str
    language: Language


async def answer_graphql(request: Request, house: House) -> Response:
    """The answer to a request at the GraphQL address. Never raises: whatever went wrong is in the answer."""
    accepted = preferences(request.headers.get("accept", ""))
    if wants_a_page(request, accepted) and house.settings.shows_graphiql:
        return graphiql_page()
    reading = Reading(media_of(accepted), language_of(request.headers.get("accept-language")))
    try:
        answer = await run_request(request, house, reading.language)
    except asyncio.CancelledError:  # only a server that stops, and has waited long enough, cancels a request
        return problem_response(stopping(), reading)
    except ClientDisconnect:
        return Response(status_code=CLIENT_IS_GONE)
    except Exception as error:  # noqa: BLE001 - the last place before the client, which must not see our internals
        return problem_response(problem_behind(error, house.random_bytes), reading)
    # To old clients any status but 200 is a broken network, so the draft keeps 200 for their media type, application/json.
    status = 400 if answer.refused and reading.media == GRAPHQL_JSON else 200
    return json_response(answer.payload, status, reading.media)


async def run_request(request: Request, house: House, language: Language) -> Answer:
    if request.method in READING:
        asked, allowed = asked_in_parameters(dict(request.query_params)), QUERIES
    else:
        asked, allowed = await asked_in_body(request, house.settings.body_limit), QUERIES_AND_MUTATIONS
    caller = await caller_of(request.headers.get("authorization"), house.callers, house.clock())
    return await run(asked, house.context(caller, language), allowed)


async def asked_in_body(request: Request, limit: int) -> Asked:
    """The request in the body. Raises Problem."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        await let_pass(request, request.stream())
        raise Problem(reason="content_type", status=415)
    return asked_in_json(await read_body(request, limit))


def wants_a_page(request: Request, accepted: Sequence[str]) -> bool:
    """A browser that opens the address, rather than a program that asks a query."""
    return request.method in READING and "query" not in request.query_params and "text/html" in accepted


def media_of(accepted: Sequence[str]) -> str:
    """The media type to answer in; application/json unless the newer one is asked for."""
    return next((media for media in accepted if media in (GRAPHQL_JSON, JSON)), JSON)


def problem_response(problem: Problem, reading: Reading) -> Response:
    """A problem as an answer without `data`."""
    response = json_response({"errors": [problem.as_error(reading.language)]}, problem.status, reading.media)
    response.headers.update(problem.headers)
    return response


def json_response(payload: Any, status: int, media: str) -> Response:
    return Response(orjson.dumps(payload), status, HEADERS, f"{media}; charset=utf-8")

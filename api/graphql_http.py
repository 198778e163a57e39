"""GraphQL over HTTP: bytes in, bytes out, and a fitting status for each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.types.graphql import OperationType

from api.accepting import GRAPHQL_JSON, JSON, media_of, names
from api.asked import Asked, asked_in_json, asked_in_parameters
from api.body import let_pass, read_body
from api.callers import caller_of
from api.finishing import problem_behind
from api.graphiql import graphiql_page
from api.house import House
from api.language import language_of
from api.problems import Problem, stopping
from api.running import Answer, run
from api.settings import Settings
from schema.context import Language

QUERIES = frozenset({OperationType.QUERY})
QUERIES_AND_MUTATIONS = frozenset({OperationType.QUERY, OperationType.MUTATION})
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Authorization"}
READING = ("GET", "HEAD")
ASKING = frozenset({"query", "extensions", "documentId"})
ENCODINGS = ("utf-8", "utf8", "us-ascii")
CLIENT_IS_GONE = 499  # nobody reads it


@dataclass(frozen=True, slots=True)
class Reading:
    """How the client wants to read the answer."""

    media: str
    language: Language


async def answer_graphql(request: Request, house: House) -> Response:
    """The answer to a request at the GraphQL address. Never raises: whatever went wrong is in the answer."""
    accept = ",".join(request.headers.getlist("accept"))
    if house.settings.shows_graphiql and wants_a_page(request, accept):
        return graphiql_page()
    media = media_of(accept)
    reading = Reading(media or JSON, language_of(request.headers.get("accept-language")))
    try:
        if media is None:
            await let_pass(request, request.stream())
            return problem_response(Problem(reason="accept", status=406), reading)
        answer = await run_request(request, house, reading.language)
    except asyncio.CancelledError:  # only a server that stops, and has waited long enough, cancels a request
        return problem_response(stopping(), reading)
    except ClientDisconnect:
        return Response(status_code=CLIENT_IS_GONE)
    except Exception as error:  # noqa: BLE001 - the last place before the client, which must not see our internals
        return problem_response(problem_behind(error, house.random_bytes), reading)
    # To old clients any status but 200 is a broken network, so the draft keeps 200 for their media type, application/json.
    status = 400 if answer.refused and reading.media == GRAPHQL_JSON else 200
    response = json_response(answer.payload, status, reading.media)
    seconds = house.settings.public_cache_seconds
    if answer.is_public and seconds:
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


async def run_request(request: Request, house: House, language: Language) -> Answer:
    if request.method in READING:
        asked, allowed = asked_in_parameters(dict(request.query_params)), QUERIES
    else:
        asked, allowed = await asked_in_body(request, house.settings), QUERIES_AND_MUTATIONS
    caller = await caller_of(request.headers.get("authorization"), house.callers, house.clock())
    answer = await run(house.documents.resolved(asked), house.context(caller, language), allowed)
    return replace(answer, is_public=named_only(asked, request) and answer.is_whole)


def named_only(asked: Asked, request: Request) -> bool:
    """A GET by nobody in particular, of a document that it only names: for caches the address says all."""
    return request.method in READING and not asked.query and "authorization" not in request.headers


async def asked_in_body(request: Request, settings: Settings) -> Asked:
    """The request in the body. Raises Problem."""
    if not is_json(request.headers.get("content-type", "")):
        await let_pass(request, request.stream())
        raise Problem(reason="content_type", status=415)
    return asked_in_json(await read_body(request, settings.body_limit, settings.deadline_seconds))


def is_json(content_type: str) -> bool:
    """JSON as we read it: in UTF-8, which is what JSON is in where nothing is said."""
    media, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    charsets = [each.partition("=")[2].strip('" ') for each in parameters if each.startswith("charset")]
    return media == JSON and all(charset in ENCODINGS for charset in charsets)


def wants_a_page(request: Request, accept: str) -> bool:
    """A browser that opens the address, rather than a program that asks a query."""
    return request.method in READING and not ASKING & request.query_params.keys() and names(accept, "text/html")


def problem_response(problem: Problem, reading: Reading) -> Response:
    """A problem as an answer without `data`."""
    response = json_response({"errors": [problem.as_error(reading.language)]}, problem.status, reading.media)
    response.headers.update(problem.headers)
    return response


def json_response(payload: Any, status: int, media: str) -> Response:
    return Response(orjson.dumps(payload), status, HEADERS, f"{media}; charset=utf-8")

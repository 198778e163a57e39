"""GraphQL over HTTP: bytes in, bytes out, and a fitting status for each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.types.graphql import OperationType

from api.accepting import GRAPHQL_JSON, JSON, media_of, names
from api.asked import Asked, asked_in_json, asked_in_parameters
from api.body import Body, let_pass, read_body
from api.callers import caller_of
from api.finishing import problem_behind
from api.graphiql import graphiql_page
from api.head import Head
from api.house import House
from api.language import language_of
from api.problems import Problem, stopping
from api.running import run
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


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as it is sent. `headers` are those that not every answer has."""

    content: bytes
    status: int
    media: str
    headers: dict[str, str] = field(default_factory=dict)

    def as_response(self) -> Response:
        """For whoever came through Starlette."""
        return Response(self.content, self.status, HEADERS | self.headers, f"{self.media}; charset=utf-8")


async def answer_get(request: Request, house: House) -> Response:
    """The answer to a GET at the GraphQL address, or the page to try queries on. Never raises."""
    head = Head(request.scope)
    if house.settings.shows_graphiql and wants_a_page(request, head.listed(b"accept")):
        return graphiql_page()
    told = await answer(head, Body(request.receive), house, dict(request.query_params))
    return told.as_response()


async def answer(head: Head, body: Body, house: House, parameters: dict[str, str] | None = None) -> Told:
    """The answer to what is asked in a GET's parameters, or else in the body. Never raises: what went wrong is in the answer."""
    media = media_of(head.listed(b"accept"))
    reading = Reading(media or JSON, language_of(head.get(b"accept-language")))
    try:
        if media is None:
            await let_pass(head, body)
            return told_problem(Problem(reason="accept", status=406), reading)
        if parameters is not None:
            asked, allowed = asked_in_parameters(parameters), QUERIES
        else:
            asked, allowed = await asked_in_body(head, body, house.settings), QUERIES_AND_MUTATIONS
        caller = await caller_of(head.get(b"authorization"), house.callers, house.clock())
        found = await run(house.documents.resolved(asked), house.context(caller, reading.language), allowed)
        content = orjson.dumps(found.payload)
    except asyncio.CancelledError:  # only a server that stops, and has waited long enough, cancels a request
        return told_problem(stopping(), reading)
    except ClientDisconnect:
        return Told(b"", CLIENT_IS_GONE, reading.media)
    except Exception as error:  # noqa: BLE001 - the last place before the client, which must not see our internals
        return told_problem(problem_behind(error, house.random_bytes), reading)
    # To old clients any status but 200 is a broken network, so the draft keeps 200 for their media type, application/json.
    status = 400 if found.refused and reading.media == GRAPHQL_JSON else 200
    is_public = parameters is not None and found.is_whole and named_only(asked, head)
    return Told(content, status, reading.media, kept_for(house.settings.public_cache_seconds) if is_public else {})


def kept_for(seconds: int) -> dict[str, str]:
    """What caches are told of an answer that everybody may have."""
    return {"Cache-Control": f"public, max-age={seconds}"} if seconds else {}


def named_only(asked: Asked, head: Head) -> bool:
    """By nobody in particular, of a document that is only named: for caches the address of a GET says all."""
    return not asked.query and b"authorization" not in head


async def asked_in_body(head: Head, body: Body, settings: Settings) -> Asked:
    """The request in the body. Raises Problem, ClientDisconnect."""
    if not is_json(head.get(b"content-type") or ""):
        await let_pass(head, body)
        raise Problem(reason="content_type", status=415)
    return asked_in_json(await read_body(head, body, settings.body_limit, settings.deadline_seconds))


@lru_cache(maxsize=256)
def is_json(content_type: str) -> bool:
    """JSON as we read it: in UTF-8, which is what JSON is in where nothing is said."""
    media, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    charsets = [each.partition("=")[2].strip('" ') for each in parameters if each.startswith("charset")]
    return media == JSON and all(charset in ENCODINGS for charset in charsets)


def wants_a_page(request: Request, accept: str) -> bool:
    """A browser that opens the address, rather than a program that asks a query."""
    return not ASKING & request.query_params.keys() and names(accept, "text/html")


def told_problem(problem: Problem, reading: Reading) -> Told:
    """A problem as an answer without `data`."""
    content = orjson.dumps({"errors": [problem.as_error(reading.language)]})
    return Told(content, problem.status, reading.media, problem.headers)


def problem_response(problem: Problem, reading: Reading) -> Response:
    """The same for whoever came through Starlette."""
    return told_problem(problem, reading).as_response()

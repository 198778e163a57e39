"""GraphQL over server-sent events: graphql-sse's distinct connections mode, an operation for each connection.

It has an address of its own. Clients list text/event-stream in Accept of plain queries, too, and would get a stream for each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from api.accepting import JSON, takes
from api.asked import Asked, asked_in_parameters
from api.body import Body, let_pass
from api.callers import caller_of
from api.finishing import problem_behind
from api.graphql_http import CLIENT_IS_GONE, HEADERS, READING, Reading, asked_in_body, problem_response
from api.head import Head
from api.house import House
from api.language import language_of
from api.problems import Problem
from api.running import Answer, stream
from schema.context import Context

EVENTS = "text/event-stream"
ANSWERS_OF_GET = frozenset({OperationType.QUERY, OperationType.SUBSCRIPTION})
EVERY_KIND = frozenset(OperationType)
#: Something is sent at least so often: proxies cut what is silent for longer.
ALIVE_SECONDS = 12.0
#: How long a client may leave unread what is sent to it, before it is taken for gone.
SLOW_SECONDS = 30.0
ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata: \n\n"


async def answer_stream(request: Request, house: House) -> Response:
    """The events of an operation. What is no request at all is answered as JSON, in a fitting status. Never raises."""
    head, body = Head(request.scope), Body(request.receive)
    reading = Reading(JSON, language_of(head.get(b"accept-language")))
    try:
        if not takes(head.listed(b"accept"), EVENTS):
            await let_pass(head, body)
            return problem_response(Problem(reason="accept_stream", status=406), reading)
        if request.method in READING:
            asked, allowed = asked_in_parameters(dict(request.query_params)), ANSWERS_OF_GET
        else:
            asked, allowed = await asked_in_body(head, body, house.settings), EVERY_KIND
        caller = await caller_of(head.get(b"authorization"), house.callers, house.clock())
    except ClientDisconnect:
        return Response(status_code=CLIENT_IS_GONE)
    except Exception as error:  # noqa: BLE001 - the last place before the client, which must not see our internals
        return problem_response(problem_behind(error, house.random_bytes), reading)
    context = house.context(caller, reading.language)
    return EventStream(answers_to(asked, house, context, allowed), context, house.stopping)


async def answers_to(
    asked: Asked, house: House, context: Context, allowed: frozenset[OperationType]
) -> AsyncGenerator[Answer, None]:
    """Every answer. Raises Problem, also for a document that is only named and not known."""
    async with aclosing(stream(house.documents.resolved(asked), context, allowed)) as answers:
        async for answer in answers:
            yield answer


class EventStream(Response):
    """Sends each answer as it comes, until the operation, the client or the server has enough."""

    def __init__(self, answers: AsyncGenerator[Answer, None], context: Context, stopping: asyncio.Event) -> None:
        super().__init__(headers={**HEADERS, "X-Accel-Buffering": "no"}, media_type=EVENTS)
        del self.headers["content-length"]
        self.answers = answers
        self.context = context
        self.stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        telling = asyncio.create_task(self.tell(scope["method"], send))
        others = [asyncio.create_task(gone(receive)), asyncio.create_task(self.stopping.wait())]
        try:
            await asyncio.wait({telling, *others}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, *others):
                task.cancel()
            await asyncio.gather(telling, *others, return_exceptions=True)
        if self.stopping.is_set():
            await write(send, b"", more=False)

    async def tell(self, method: str, send: Send) -> None:
        """Raises TimeoutError where nobody reads."""
        async with aclosing(self.told()) as events:
            coming = asyncio.ensure_future(anext(events, None))
            try:
                while (event := await soon(coming)) is not None:
                    await write(send, event if method != "HEAD" else b"", more=True)
                    if coming.done():
                        coming = asyncio.ensure_future(anext(events, None))
            finally:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
        await write(send, b"", more=False)

    async def told(self) -> AsyncGenerator[bytes, None]:
        """The events, the last of them `complete`."""
        try:
            async with aclosing(self.answers) as answers:
                async for answer in answers:
                    yield event_of(answer)
        except Exception as error:  # noqa: BLE001 - a failure is told as one more answer
            problem = problem_behind(error, self.context.random_bytes)
            yield event_of(Answer({"errors": [problem.as_error(self.context.language)]}, refused=True))
        yield COMPLETE


async def soon(coming: asyncio.Future[bytes | None]) -> bytes | None:
    """The event that comes, or a sign of life where it takes its time."""
    await asyncio.wait({coming}, timeout=ALIVE_SECONDS)
    return coming.result() if coming.done() else ALIVE


def event_of(answer: Answer) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(answer.payload) + b"\n\n"


async def write(send: Send, data: bytes, *, more: bool) -> None:
    """Waits while the client does not read: nothing is ever further ahead than one event. Raises TimeoutError."""
    async with asyncio.timeout(SLOW_SECONDS):
        await send({"type": "http.response.body", "body": data, "more_body": more})


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

"""GraphQL over a WebSocket: the graphql-transport-ws protocol, and nothing else (docs/decisions/0007)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http.websocket_origin import is_same_origin
from strawberry.types.execution import ExecutionResult
from strawberry.utils.aio import aclosing

from api.asked import Asked, asked_in, refuse_null_characters
from api.callers import caller_of
from api.finishing import finished_errors, problem_behind
from api.house import House
from api.language import language_of
from api.origins import is_welcome
from api.problems import Problem
from api.running import answer_of
from api.settings import Settings
from domain.people.caller import Caller
from schema.build import schema
from schema.context import Language

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
MOST_OPERATIONS = 100
LONGEST_ID = 200


class Closing(Exception):
    """The conversation is over; the codes are the protocol's."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def serve_socket(websocket: WebSocket, house: House) -> None:
    """Talk with one client until either side has enough. Raises nothing; every operation has ended when it returns."""
    origin = websocket.headers.get("origin")
    if origin and not may_connect(origin, websocket.headers.get("host"), house.settings):
        await websocket.close()  # before it is accepted: the browser gets a 403
        return
    if PROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.accept()
        await websocket.close(4406, "Subprotocol not acceptable")
        return
    await websocket.accept(PROTOCOL)
    conversation = Conversation(websocket, house)
    try:
        await conversation.hold()
    except Closing as closing:
        with contextlib.suppress(WebSocketDisconnect):
            await websocket.close(closing.code, closing.reason)
    except WebSocketDisconnect:
        pass
    finally:
        await conversation.end_operations()


def may_connect(origin: str, host: str | None, settings: Settings) -> bool:
    """A page of our own, or one that may read our answers over HTTP, too."""
    return is_same_origin(origin, host) or is_welcome(origin, settings.cors_origins, development=settings.development)


class Conversation:
    """One connection: who is on the other side, and which operations run for them."""

    def __init__(self, websocket: WebSocket, house: House) -> None:
        self.websocket = websocket
        self.house = house
        self.language: Language = language_of(websocket.headers.get("accept-language"))
        self.authorization: str | None = None
        self.caller: Caller | None = None
        self.operations: dict[str, asyncio.Task[None]] = {}  # by the client's id, as long as the id is taken
        self.running: set[asyncio.Task[None]] = set()  # until they have tidied up

    async def hold(self) -> None:
        """Greet, then answer messages as they come. Raises Closing, WebSocketDisconnect."""
        await self.greet()
        while True:
            await self.handle(await self.message())

    async def message(self) -> dict[str, Any]:
        received = await self.websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1000))
        try:
            message = orjson.loads(received.get("text") or b"")
        except orjson.JSONDecodeError:
            raise Closing(4400, "A message has to be JSON text") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "A message has to be an object with a type")
        return message

    async def greet(self) -> None:
        """Learn who it is. Pings are answered meanwhile, as the protocol wants."""
        try:
            async with asyncio.timeout(INIT_SECONDS):
                while self.caller is None:
                    await self.handle(await self.message())
        except TimeoutError:
            raise Closing(4408, "Connection initialisation timeout") from None

    async def handle(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "connection_init":
                await self.initialise(message)
            case "ping":
                await self.send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self.subscribe(message)
            case "complete":
                self.complete(message)
            case _:
                raise Closing(4400, "Unknown type of message")

    async def initialise(self, message: dict[str, Any]) -> None:
        if self.caller is not None:
            raise Closing(4429, "Too many initialisation requests")
        payload = message.get("payload")
        if not isinstance(payload, dict | None):
            raise Closing(4400, "The payload of connection_init has to be an object")
        # GraphiQL sends what stands in its headers tab, with whatever capitals the person wrote.
        given = {name.lower(): value for name, value in (payload or {}).items()}
        authorization, language = given.get("authorization"), given.get("accept-language")
        if not isinstance(authorization, str | None) or not isinstance(language, str | None):
            raise Closing(4400, "authorization and accept-language have to be texts")
        if language is not None:
            self.language = language_of(language)
        self.caller, self.authorization = await self.welcome(authorization), authorization
        await self.send({"type": "connection_ack"})

    async def welcome(self, authorization: str | None) -> Caller:
        try:
            return await caller_of(authorization, self.house.callers, self.house.clock())
        except Exception as error:
            problem = problem_behind(error, self.house.random_bytes)
            raise Closing(4403, "Forbidden") if problem.status == 401 else Closing(1013, "Try again later") from error

    async def subscribe(self, message: dict[str, Any]) -> None:
        if self.caller is None:
            raise Closing(4401, "Unauthorized")
        key, payload = message.get("id"), message.get("payload")
        if not isinstance(key, str) or not 0 < len(key) <= LONGEST_ID:
            raise Closing(4400, f"The id of an operation has to be a text of 1 to {LONGEST_ID} characters")
        if key in self.operations:
            raise Closing(4409, f"Subscriber for {key[:20]} already exists")
        try:
            asked = asked_in(payload)
            refuse_null_characters([asked.query, asked.operation_name, asked.variables])
        except Problem as problem:
            raise Closing(4400, problem.as_error("en")["message"]) from None
        if len(self.running) >= MOST_OPERATIONS:
            raise Closing(4400, f"No more than {MOST_OPERATIONS} operations at a time")
        task = asyncio.create_task(self.run(key, asked))
        self.operations[key] = task
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def complete(self, message: dict[str, Any]) -> None:
        key = message.get("id")
        if not isinstance(key, str):
            raise Closing(4400, "complete needs the id of an operation")
        operation = self.operations.pop(key, None)
        if operation is not None:
            operation.cancel()

    async def run(self, key: str, asked: Asked) -> None:
        """Run one operation and send what it gives. Raises nothing, whatever happens to the operation or the socket."""
        try:
            last = await self.stream(key, asked)
        except WebSocketDisconnect:
            last = None
        except GraphQLError as error:  # what cannot be parsed is raised, not answered
            errors = finished_errors([error], self.language, self.house.random_bytes)
            last = {"id": key, "type": "error", "payload": errors}
        except Exception as error:  # noqa: BLE001 - a failed operation must not take the connection with it
            problem = problem_behind(error, self.house.random_bytes)
            last = {"id": key, "type": "error", "payload": [problem.as_error(self.language)]}
        # The id is free before the last message: whoever reads it may use the id again at once.
        self.operations.pop(key, None)
        if last is not None:
            with contextlib.suppress(WebSocketDisconnect):
                await self.send(last)

    async def stream(self, key: str, asked: Asked) -> dict[str, Any]:
        """Send every result of an operation; returns the message that ends it. Raises Problem.

        A socket may be open for days, so each operation needs a token that is still good, as a request would.
        """
        asked = self.house.documents.resolved(asked)
        caller = await caller_of(self.authorization, self.house.callers, self.house.clock())
        context = self.house.context(caller, self.language)
        results = await schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
        )
        async with aclosing(results):
            async for result in results:
                assert isinstance(result, ExecutionResult), "incremental delivery is off"
                answer = answer_of(result, context)
                if answer.refused:
                    return {"id": key, "type": "error", "payload": answer.payload["errors"]}
                await self.send({"id": key, "type": "next", "payload": answer.payload})
        return {"id": key, "type": "complete"}

    async def send(self, message: dict[str, Any]) -> None:
        """Waits while the client does not read: an operation is never further ahead than one message."""
        await self.websocket.send_text(orjson.dumps(message).decode())

    async def end_operations(self) -> None:
        """Cancel what still runs and wait until it has tidied up."""
        for task in self.running:
            task.cancel()
        if self.running:
            await asyncio.wait(self.running)

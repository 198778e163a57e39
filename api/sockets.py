"""GraphQL over a WebSocket: the graphql-transport-ws protocol, and nothing else (docs/decisions/0007)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http.websocket_origin import is_same_origin
from strawberry.types.graphql import OperationType
from strawberry.utils.aio import aclosing

from api.asked import Asked, asked_in, refuse_null_characters
from api.callers import caller_of
from api.finishing import problem_behind
from api.house import House
from api.language import language_of
from api.origins import is_welcome
from api.problems import Problem
from api.running import stream
from api.settings import Settings
from domain.people.caller import Caller
from domain.people.standing_session import require_standing_session
from domain.refusals import Unauthenticated
from schema.context import Language
from storage import DatabaseBusy, DatabaseTooSlow

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
MOST_OPERATIONS = 100
LONGEST_ID = 200
#: How long a client may leave unread what is sent to it, before it is taken for gone.
SLOW_SECONDS = 30.0
#: How often it is asked whether the session still stands: within five seconds of its end nothing is told any more.
WATCH_SECONDS = 4.0
UNREAD = 1006  # never sent: a connection that breaks without a word
EVERY_KIND = frozenset(OperationType)


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
    try:
        await Conversation(websocket, house).hold()
    except ExceptionGroup as ended:
        closing = closing_for(ended.exceptions[0], house)
        if closing is not None:
            with contextlib.suppress(WebSocketDisconnect):
                await websocket.close(closing.code, closing.reason)


def closing_for(error: Exception, house: House) -> Closing | None:
    """What to say of what ended the conversation; nothing to who is gone, or reads nothing."""
    if isinstance(error, Closing):
        return error if error.code != UNREAD else None
    if isinstance(error, WebSocketDisconnect):
        return None
    problem_behind(error, house.random_bytes)  # logs it
    return Closing(4500, "Internal server error")


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
        self.tasks = asyncio.TaskGroup()

    async def hold(self) -> None:
        """Greet, then answer messages as they come. Raises a group of Closing, WebSocketDisconnect."""
        async with self.tasks:
            self.tasks.create_task(self.watch_session())
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
            case "ping" | "pong" if not isinstance(message.get("payload"), dict | None):
                raise Closing(4400, "The payload of a ping has to be an object")
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
        task = self.tasks.create_task(self.run(key, asked))
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
        """Run one operation and send what it gives, whatever happens to it. Raises Closing, where nobody reads it."""
        try:
            last = await self.stream(key, asked)
        except Closing:
            raise
        except WebSocketDisconnect:
            last = None
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
        async with aclosing(stream(asked, self.house.context(caller, self.language), EVERY_KIND)) as answers:
            async for answer in answers:
                if answer.refused:
                    return {"id": key, "type": "error", "payload": answer.payload["errors"]}
                await self.send({"id": key, "type": "next", "payload": answer.payload})
        return {"id": key, "type": "complete"}

    async def send(self, message: dict[str, Any]) -> None:
        """Waits while the client does not read: an operation is never further ahead than one message. Raises Closing."""
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await self.websocket.send_text(orjson.dumps(message).decode())
        except TimeoutError:
            raise Closing(UNREAD, "Nobody reads") from None

    async def watch_session(self) -> None:
        """Raises Closing as soon as it is seen that the session of whoever is connected has ended."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self.caller is None or self.caller.resident_id is None:
                continue
            try:
                await require_standing_session(self.caller, self.house.clock())
            except Unauthenticated:
                raise Closing(4403, "Forbidden") from None
            except (DatabaseBusy, DatabaseTooSlow):
                continue

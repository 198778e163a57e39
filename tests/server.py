"""The real program under a real server, in the test's own event loop, with the test's clock and text messages."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from api.app import create_app
from api.settings import Settings
from tests.builders.people import KeptSms
from tests.clock import NOW
from tests.keys import SECRET
from tests.secrecy import watch

PROTOCOL = Subprotocol("graphql-transport-ws")
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without it every client reads all authorities' certificates
PATIENCE_S = 20.0  # only a test that fails waits so long


@dataclass
class SettableClock:
    """Time that passes when the test says so."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """`advance(seconds=61)`: later, by as much as timedelta understands."""
        self.now += timedelta(**by)


REQUEST_CODE = "mutation ($phone: String!) { requestSignInCode(input: {phone: $phone}) { errors { code message } } }"
SIGN_IN = """mutation ($phone: String!, $code: String!) { signIn(input: {phone: $phone, code: $code}) {
    accessToken expiresAt errors { code message } } }"""


@dataclass
class Server:
    """A running program, and the ways to talk with it."""

    settings: Settings
    url: str
    http: httpx.AsyncClient
    clock: SettableClock
    sms: KeptSms
    stopping: asyncio.Event  # set by the program's own server when it is told to stop
    signed_in: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    @property
    def websocket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/graphql"

    async def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = None,
        language: str | None = None,
    ) -> dict[str, Any]:
        """The whole answer, as sent."""
        headers = headers_of(token, language)
        response = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert response.status_code < 500, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def data(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = None,
        language: str | None = None,
    ) -> dict[str, Any]:
        """The answer's data, of a request that has to succeed."""
        answer = await self.graphql(query, variables, token, language)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def sign_in_as(self, phone: str) -> str:
        """An access token of the person with that phone number, as a phone gets one. The clock is not moved."""
        token, expires_at = self.signed_in.get(phone, ("", self.clock.now))
        if expires_at <= self.clock.now:
            asked = await self.data(REQUEST_CODE, {"phone": phone})
            assert asked["requestSignInCode"]["errors"] == []
            session = (await self.data(SIGN_IN, {"phone": phone, "code": self.sms.last_code}))["signIn"]
            assert session["errors"] == []
            token, expires_at = session["accessToken"], datetime.fromisoformat(session["expiresAt"])
            self.signed_in[phone] = (token, expires_at)
        return token

    @asynccontextmanager
    async def connected(self, *, token: str | None = None, language: str | None = None) -> AsyncIterator[Socket]:
        """A WebSocket on which the greeting is over."""
        async with connect(self.websocket_url, subprotocols=[PROTOCOL]) as connection:
            socket = Socket(connection)
            await socket.send({"type": "connection_init", "payload": headers_of(token, language)})
            assert await socket.receive() == {"type": "connection_ack"}
            yield socket

    @asynccontextmanager
    async def subscribe(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = None,
        language: str | None = None,
    ) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """What a subscription tells: `await anext(events)` is the next payload, with `data` or `errors`."""
        async with self.connected(token=token, language=language) as socket:
            await socket.send({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}})
            yield socket.payloads()


@dataclass
class Socket:
    """A client's end of a WebSocket, in JSON."""

    connection: ClientConnection

    async def send(self, message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            message = json.loads(await self.connection.recv())
        payload = message.get("payload")
        watch.answer({"errors": payload} if isinstance(payload, list) else payload or {})
        return message

    async def payloads(self) -> AsyncIterator[dict[str, Any]]:
        """The payloads of the one operation that runs; an `error` message is its last, as {"errors": [...]}."""
        while True:
            message = await self.receive()
            if message["type"] == "next":
                yield message["payload"]
            elif message["type"] == "error":
                yield {"errors": message["payload"]}
                return
            else:
                assert message["type"] == "complete", message
                return


def headers_of(token: str | None, language: str | None) -> dict[str, str]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return headers | ({"accept-language": language} if language else {})


TEST_SETTINGS = Settings(secret=SECRET, graphiql="on", demo_data="off")


@asynccontextmanager
async def running_server(
    database_url: str, settings: Settings = TEST_SETTINGS, clock: SettableClock | None = None
) -> AsyncIterator[Server]:
    """The program on a migrated database, on a free port of this machine, until the block ends."""
    settings = replace(settings, database_url=database_url)
    clock, sms = clock or SettableClock(), KeptSms()
    app = create_app(settings, clock=clock, sms=sms)
    with free_listener() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            listening(app, listener),
            httpx.AsyncClient(
                base_url=url, timeout=PATIENCE_S, verify=NO_TLS, trust_env=False, event_hooks={"response": [seen]}
            ) as http,
        ):
            yield Server(settings, url, http, clock, sms, app.state.stopping)


async def seen(response: httpx.Response) -> None:
    """The watch over what is told reads along (secrecy.py)."""
    if "json" in response.headers.get("content-type", ""):
        await response.aread()
        answer = response.json()
        watch.answer(answer if isinstance(answer, dict) else {"data": answer})


def free_listener() -> socket.socket:
    """A socket that listens on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    # asyncio does so for sockets that say they are TCP, which this one does not: every answer would come 40 ms late
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@asynccontextmanager
async def listening(app: Any, listener: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """uvicorn without its main loop, whose ticks of a tenth of a second every test would wait for."""
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    await server.on_tick(0)
    try:
        yield server
    finally:
        for each in server.servers:
            each.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        if server.server_state.tasks:
            await asyncio.wait(server.server_state.tasks, timeout=PATIENCE_S)
        await server.lifespan.shutdown()


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[Server]:
    """The running program, once per engine. The database it opened is the process's: builders write to the same one."""
    async with running_server(database_url) as running:
        yield running

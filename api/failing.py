"""The answer to a request in whose course something failed that nobody foresaw, and that no address answers by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Failed = Callable[[Request, Exception], Awaitable[Response]]


class Failing:
    """Stands inside of what every answer carries: Starlette's own last resort stands outside, and answers without it."""

    def __init__(self, app: ASGIApp, failed: Failed) -> None:
        self.app = app
        self.failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if began:  # half an answer cannot be mended
                raise
            response = await self.failed(Request(scope), error)
            await response(scope, receive, send)

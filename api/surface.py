"""What every answer carries besides its content: what browsers may do with it, and whose pages may read it."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.origins import is_welcome
from api.settings import Settings

#: A page or a key set says otherwise itself.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
METHODS = "GET, HEAD, POST"
EXPOSED = "Retry-After, WWW-Authenticate, X-Request-Id"
REMEMBERED_S = 7200  # what a browser asked before it sends; Chromium forgets it after that in any case
ALLOW_ORIGIN = "Access-Control-Allow-Origin"


class Dress:
    """The headers that every answer carries."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def welcome_origin(self, origin: str | None) -> str | None:
        """The origin whose page asks, where it may read the answer."""
        wanted, development = self.settings.cors_origins, self.settings.development
        return origin if origin and is_welcome(origin, wanted, development=development) else None

    def put_on(self, headers: MutableHeaders, origin: str | None) -> None:
        """The headers are there, beside those of the answer itself."""
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if ALLOW_ORIGIN in headers or self.settings.cors_origins == "off":
            return
        headers.add_vary_header("Origin")  # a cache must not give one page's permission to another
        if origin:
            headers[ALLOW_ORIGIN] = origin
            headers.setdefault("Access-Control-Expose-Headers", EXPOSED)


class Surface:
    """Adds the headers, and answers browsers that ask whether they may send (CORS). No cookies are ever wanted."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.dress = Dress(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        origin = self.dress.welcome_origin(asked.get("origin"))

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.dress.put_on(MutableHeaders(scope=message), origin)
            await send(message)

        app = self.app
        if origin and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            app = permission(asked.get("access-control-request-headers", ""))
        await app(scope, receive, dressed)


def permission(wanted_headers: str) -> Response:
    """A page may send what it wants to: it can do no more than any program that is no browser."""
    headers = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Max-Age": str(REMEMBERED_S)}
    if wanted_headers:
        headers["Access-Control-Allow-Headers"] = wanted_headers
    return Response(status_code=204, headers=headers)

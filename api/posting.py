"""POST /graphql, which is what nearly every request is: straight from the server to the answer, with nothing between.

What Starlette, Arriving and Surface do for all other addresses is done here in one go; the headers of an answer are made once for
each kind of answer, by what dresses all others.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Receive, Scope, Send

from api.arrival import arrived, note_refusal
from api.body import Body
from api.graphql_http import HEADERS, Told, answer
from api.head import Head
from api.house import House
from api.surface import Dress

Headers = tuple[tuple[bytes, bytes], ...]


class Posting:
    """Answers each POST."""

    def __init__(self, house: House, dress: Dress) -> None:
        self.house = house
        self.dress = dress
        self.usual: dict[str, Headers] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = Head(scope)
        with arrived(scope, self.house.random_bytes) as here:
            told = await answer(head, Body(receive), self.house)
            note_refusal(told.status)
            headers = [
                (b"content-length", b"%d" % len(told.content)),
                *self.headers(told, head.get(b"origin")),
                (b"x-request-id", here.request_id.encode()),
            ]
            await send({"type": "http.response.start", "status": told.status, "headers": headers})
            await send({"type": "http.response.body", "body": told.content})

    def headers(self, told: Told, origin: str | None) -> Headers:
        """Those that do not differ from request to request."""
        if origin is not None or told.headers:
            return self.dressed(told, origin)
        if told.media not in self.usual:  # two at most, those of accepting.py
            self.usual[told.media] = self.dressed(told, None)
        return self.usual[told.media]

    def dressed(self, told: Told, origin: str | None) -> Headers:
        own = HEADERS | {"Content-Type": f"{told.media}; charset=utf-8"} | told.headers
        headers = MutableHeaders(own)
        self.dress.put_on(headers, self.dress.welcome_origin(origin))
        return tuple(headers.raw)

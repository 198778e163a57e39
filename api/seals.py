"""The seals for everybody, where whoever checks a statement finds them: with signatures, and the keys that verify them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.points.seal_key import seal_jwk
from ledger.read_seals import MOST_HEADERS, read_headers
from storage import read

PATH = "/.well-known/seals.json"
LARGEST = 2**63 - 1
HEADERS = {"Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}


async def seals(request: Request) -> Response:
    """Seals after the number `after` (0 where it is left out), some hundred at a time; `next` is where the following ones are."""
    text = request.query_params.get("after", "0")
    if not (text.isascii() and text.isdigit() and int(text[:30]) <= LARGEST):
        return JSONResponse({"error": "after is the number of a seal"}, 400)
    found = await read(lambda reader: read_headers(reader, int(text)))
    following = f"{PATH}?after={found[-1].number}" if len(found) == MOST_HEADERS else None
    answer = {
        "seals": [{"header": one.header, "signature": one.signature} for one in found],
        "keys": [seal_jwk()],
        "next": following,
    }
    return JSONResponse(answer, headers=HEADERS)

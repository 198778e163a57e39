"""The page to try queries on, from our own files: it works on a closed network (api/static/graphiql/README.md)."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

FOLDER = Path(__file__).parent / "static" / "graphiql"
FILES = {"graphiql.js": "text/javascript", "graphiql.css": "text/css", "icon.svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def graphiql_page() -> Response:
    """The page itself."""
    return FileResponse(
        FOLDER / "index.html",
        headers={**HEADERS, "Cache-Control": "no-cache", "Vary": "Accept"},
        media_type="text/html",
    )


async def graphiql_file(request: Request) -> Response:
    """A file that the page loads."""
    name = request.path_params["name"]
    if name not in FILES:
        raise HTTPException(404)
    return FileResponse(FOLDER / name, headers={**HEADERS, "Cache-Control": "no-cache"}, media_type=FILES[name])

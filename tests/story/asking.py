"""Asking a server over HTTP, by as many phones at once as there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from domain.audit import audit_everything
from storage import read
from tests.server import PATIENCE_S, headers_of

TRIES = 4

T = TypeVar("T")
Data = dict[str, Any]


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a connection for every request: none waits for another, and none meets a server that just hung up."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S * 3, limits=limits, trust_env=False) as line:
        yield line


async def ask(line: httpx.AsyncClient, document: str, token: str | None = None, **variables: Any) -> Data:
    """The data of an operation that has no error of GraphQL's own. Refusals stand in the data.

    Told that the server is busy, which a slow machine is with 200 requests at once, a phone asks again a few times.
    """
    body = {"query": document, "variables": variables}
    answer: Data = {}
    for _ in range(TRIES):
        answer = (await line.post("/graphql", json=body, headers=headers_of(token, None))).json()
        if not is_busy(answer):
            break
    assert "errors" not in answer, answer
    data: Data = answer["data"]
    return data


def is_busy(answer: Data) -> bool:
    return any(error["extensions"]["code"] == "UNAVAILABLE" for error in answer.get("errors", ()))


async def at_once(asked: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All answers, in the order of the questions, which are all asked before the first is answered."""
    return await asyncio.gather(*asked)


def code_of(payload: Data) -> str:
    """'done', or the code of the payload's only refusal."""
    codes = [error["code"] for error in payload["errors"]]
    assert len(codes) < 2, codes
    return codes[0] if codes else "done"


async def assert_clean_book() -> None:
    """Whatever is kept twice agrees, in one snapshot of the database."""
    assert await read(audit_everything) == []

"""Whatever bytes arrive at /graphql, the mistake is the client's: never a 5xx, always coded JSON."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable

import httpx
import pytest

from api.accepting import GRAPHQL_JSON
from tests.server import PATIENCE_S, Server

SEED = 20240112
REQUESTS = 240
JSON = {"content-type": "application/json"}
GOOD = json.dumps(
    {"query": "query Q($id: ID!) { node(id: $id) { id } }", "variables": {"id": "x"}, "operationName": "Q"}
).encode()
SPLINTERS = [
    b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"\\", rb"\u0000", rb"\ud800", b"{", b"}", b"[", b"]", b"null", b"true",
    b"1e999", b"-", b"$", b"...", b'"""', b"@skip", b"\xe4\xb9\x89", b"\xf0\x9f\x8f\x8a", b"\xe2\x80\x8b", b",", b":",
]  # fmt: skip


def noise(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(200))


def a_request_with_splinters(dice: random.Random) -> bytes:
    body = bytearray(GOOD)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(body) + 1)
        body[at : at + dice.randrange(4)] = dice.choice(SPLINTERS)
    return bytes(body)


def half_a_request(dice: random.Random) -> bytes:
    start = dice.randrange(len(GOOD))
    return GOOD[start : dice.randrange(start, len(GOOD) + 1)]


def a_document_of_splinters(dice: random.Random) -> bytes:
    query = b" ".join(dice.choice(SPLINTERS) for _ in range(dice.randrange(12))).decode(errors="replace")
    return json.dumps({"query": query}).encode()


KINDS: list[Callable[[random.Random], bytes]] = [
    noise,
    a_request_with_splinters,
    half_a_request,
    a_document_of_splinters,
]


def check(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    found = answer.json()
    assert answer.status_code == 200 or "data" not in found
    for error in found.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"] not in ("INTERNAL", "UNAVAILABLE")


async def test_any_body_is_answered(sqlite_server: Server) -> None:
    dice = random.Random(SEED)
    for number in range(REQUESTS):
        body, media = KINDS[number % len(KINDS)](dice), dice.choice(["application/json", GRAPHQL_JSON, "*/*"])
        check(await sqlite_server.http.post("/graphql", content=body, headers=JSON | {"accept": media}))


async def test_any_address_is_answered(sqlite_server: Server) -> None:
    dice = random.Random(SEED)
    for number in range(REQUESTS // 2):
        text = "".join(f"%{byte:02x}" for byte in KINDS[number % len(KINDS)](dice))
        name = dice.choice(["query", "variables", "extensions", "operationName"])
        check(await sqlite_server.http.get(f"/graphql?query=%7B__typename%7D&{name}={text}"))


@pytest.mark.parametrize("name", ["accept", "accept-language", "authorization", "content-type", "origin"])
async def test_any_header_is_answered(sqlite_server: Server, name: str) -> None:
    dice = random.Random(SEED)
    for _ in range(20):
        noise_in_it = bytes(byte for byte in dice.randbytes(60) if byte > 31 and byte != 127)
        headers = {b"content-type": b"application/json", name.encode(): noise_in_it}
        check(await sqlite_server.http.post("/graphql", content=GOOD, headers=headers))


@pytest.mark.parametrize(
    ("accept", "status"),
    [("text/html", 406), ("text/event-stream", 406), ("application/json;q=0", 406), ("text/html, */*;q=0.1", 200)],
)
async def test_who_reads_neither_of_our_media_types_is_told_which_there_are(
    sqlite_server: Server, accept: str, status: int
) -> None:
    answer = await sqlite_server.http.post("/graphql", content=GOOD, headers=JSON | {"accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_json_in_another_encoding_is_not_guessed_at(sqlite_server: Server) -> None:
    for charset, status in {"utf-8": 200, '"UTF-8"': 200, "gb18030": 415, "utf-16": 415}.items():
        media = f"application/json; charset={charset}"
        answer = await sqlite_server.http.post("/graphql", content=GOOD, headers={"content-type": media})
        assert answer.status_code == status, charset


@pytest.mark.parametrize("start", [b"\x00\x01\x02\r\n\r\n", b"GET /graphql\r\n\r\n", b"POST /graphql HTTP/9.9\r\n\r\n"])
async def test_what_is_no_http_is_no_failure_of_ours(sqlite_server: Server, start: bytes) -> None:
    address = httpx.URL(sqlite_server.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(start)
    async with asyncio.timeout(PATIENCE_S):
        first = await reader.readline()
    assert b" 5" not in first
    assert b"uvicorn" not in first
    writer.close()

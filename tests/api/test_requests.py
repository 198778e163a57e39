"""Whatever bytes arrive at /graphql: a fitting status, a coded error, never a 5xx."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from api.accepting import GRAPHQL_JSON
from tests.server import PATIENCE_S, Server

TYPENAME = '{"query": "{ __typename }"}'
JSON = {"content-type": "application/json"}


async def post(server: Server, body: bytes | str, **headers: str) -> httpx.Response:
    headers = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return await server.http.post("/graphql", content=body, headers=headers)


def code_of(response: httpx.Response) -> str:
    answer: dict[str, Any] = response.json()
    assert "data" not in answer, "a refused request has no data"
    [error] = answer["errors"]
    assert error["message"]
    code: str = error["extensions"]["code"]
    return code


BAD_BODIES = {
    "nothing": b"",
    "null": b"null",
    "a number": b"5",
    "a text": b'"x"',
    "true": b"true",
    "a list": b"[]",
    "a batch": b'[{"query": "{ __typename }"}]',
    "an empty object": b"{}",
    "no JSON": b"{query: 1}",
    "half of it": b'{"query": "{ __typename',
    "bad UTF-8": b'{"query": "\xff\xfe"}',
    "a lone surrogate": rb'{"query": "{ __typename }", "operationName": "\ud800"}',
    "very deep JSON": b"[" * 100_000,
    "deep variables": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    "a number as query": b'{"query": 7}',
    "null as query": b'{"query": null}',
    "an empty query": b'{"query": " "}',
    "a list as variables": b'{"query": "{ __typename }", "variables": []}',
    "a text as variables": b'{"query": "{ __typename }", "variables": "{}"}',
    "a number as operation name": b'{"query": "{ __typename }", "operationName": 7}',
    "a list as extensions": b'{"query": "{ __typename }", "extensions": []}',
    "a NUL in a variable": rb'{"query": "{ __typename }", "variables": {"a": ["\u0000"]}}',
    "a NUL in a key": rb'{"query": "{ __typename }", "variables": {"\u0000": 1}}',
    "an unknown operation": b'{"query": "query A { __typename }", "operationName": "B"}',
    "a subscription": b'{"query": "subscription { walletChanged { id } }"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_body_that_is_no_request_is_the_clients_mistake(sqlite_server: Server, body: bytes) -> None:
    response = await post(sqlite_server, body)
    assert response.status_code == 400
    assert code_of(response) == "INVALID_INPUT"


BAD_DOCUMENTS = {
    "no GraphQL": "{",
    "an unknown field": "{ nothingOfTheKind }",
    "a variable that is not declared": "{ node(id: $id) { id } }",
    "a variable that is not given": "query ($id: ID!) { node(id: $id) { id } }",
    "only a fragment": "fragment F on Query { __typename }",
    "several operations, none named": "query A { __typename } query B { __typename }",
}


@pytest.mark.parametrize("query", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS.keys())
async def test_a_bad_document_is_refused_in_the_status_that_the_client_understands(
    sqlite_server: Server, query: str
) -> None:
    newer = await sqlite_server.http.post("/graphql", json={"query": query}, headers={"accept": GRAPHQL_JSON})
    older = await sqlite_server.http.post("/graphql", json={"query": query}, headers={"accept": "application/json"})
    assert newer.status_code == 400
    assert older.status_code in (200, 400)
    assert {code_of(newer), code_of(older)} == {"INVALID_INPUT"}
    assert newer.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert older.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_document_that_is_too_long_is_not_read_to_see_whether_it_has_several_operations(
    sqlite_server: Server,
) -> None:
    long = "{ " + "__typename " * 30_000 + "}"
    one, two = [await sqlite_server.graphql(query) for query in (long, f"query A {long} query B {long}")]
    assert one["errors"][0]["message"] == two["errors"][0]["message"], "its length is what is wrong with it"


async def test_one_of_several_operations_is_run_by_its_name(sqlite_server: Server) -> None:
    query = "query A { a: __typename } query B { b: __typename }"
    response = await sqlite_server.http.post("/graphql", json={"query": query, "operationName": "B"})
    assert response.json()["data"] == {"b": "Query"}


async def test_a_query_is_answered_to_post_and_get(sqlite_server: Server) -> None:
    posted = await post(sqlite_server, TYPENAME)
    got = await sqlite_server.http.get("/graphql", params={"query": "{ __typename }", "variables": "{}"})
    assert posted.json() == got.json()
    assert posted.json()["data"] == {"__typename": "Query"}
    assert posted.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("variables", ["[]", "{", "7", '"x"', r'{"a": "\u0000"}'])
async def test_bad_variables_in_the_address_are_refused(sqlite_server: Server, variables: str) -> None:
    response = await sqlite_server.http.get("/graphql", params={"query": "{ __typename }", "variables": variables})
    assert (response.status_code, code_of(response)) == (400, "INVALID_INPUT")


async def test_a_get_changes_nothing(sqlite_server: Server) -> None:
    query = 'mutation { requestSignInCode(input: {phone: "13800000001"}) { expiresAt } }'
    response = await sqlite_server.http.get("/graphql", params={"query": query})
    assert (response.status_code, code_of(response)) == (405, "INVALID_INPUT")
    assert response.headers["allow"] == "POST"
    assert sqlite_server.sms.sent == []


@pytest.mark.parametrize(
    "media", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_a_form_of_a_foreign_page_is_not_json(sqlite_server: Server, media: str) -> None:
    response = await post(sqlite_server, TYPENAME, content_type=media)
    assert (response.status_code, code_of(response)) == (415, "INVALID_INPUT")


async def test_json_with_a_charset_is_json(sqlite_server: Server) -> None:
    response = await post(sqlite_server, TYPENAME, content_type="Application/JSON; charset=utf-8")
    assert response.status_code == 200


async def test_a_body_beyond_the_limit_is_not_read(sqlite_server: Server) -> None:
    limit = sqlite_server.settings.body_limit
    announced = await post(sqlite_server, b" " * (limit + 1))

    async def chunks() -> Any:
        for _ in range(limit // 65536 + 1):
            yield b" " * 65536

    streamed = await sqlite_server.http.post("/graphql", content=chunks(), headers=JSON)
    assert announced.status_code == streamed.status_code == 413
    assert code_of(announced) == code_of(streamed) == "LIMIT_EXCEEDED"
    assert str(limit) in announced.json()["errors"][0]["message"]


@pytest.mark.parametrize(("media", "code"), [("application/json", b"LIMIT_EXCEEDED"), ("text/plain", b"INVALID_INPUT")])
async def test_a_client_that_closes_after_sending_everything_reads_the_refusal(
    sqlite_server: Server, media: str, code: bytes
) -> None:
    length = 10 * sqlite_server.settings.body_limit
    address = httpx.URL(sqlite_server.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {media}\r\nContent-Length: {length}"
    )
    writer.write(f"{head}\r\n\r\n".encode() + b" " * length)
    async with asyncio.timeout(PATIENCE_S):
        await writer.drain()
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 41")
    assert b'"code":"%s"' % code in answer


async def test_a_client_that_waits_for_our_word_is_refused_at_once(sqlite_server: Server) -> None:
    address = httpx.URL(sqlite_server.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    head = "POST /graphql HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json"
    writer.write(f"{head}\r\nContent-Length: 10000000\r\n\r\n".encode())
    async with asyncio.timeout(PATIENCE_S):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_other_methods_and_addresses_are_answered_in_json(sqlite_server: Server) -> None:
    deleted = await sqlite_server.http.delete("/graphql")
    assert (deleted.status_code, code_of(deleted)) == (405, "INVALID_INPUT")
    assert deleted.headers["allow"]
    lost = await sqlite_server.http.get("/nowhere")
    assert (lost.status_code, code_of(lost)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer nonsense", "Bearer xa_" + "x" * 22, "Basic abc", "x", "Bearer " + "x" * 5000],
)
async def test_a_bad_token_is_not_taken_for_nobody(sqlite_server: Server, header: str) -> None:
    response = await post(sqlite_server, TYPENAME, authorization=header)
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_that_ran_out_is_refused_in_the_callers_language(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    assert (await sqlite_server.graphql("{ __typename }", token=token))["data"]
    sqlite_server.clock.advance(minutes=16)
    chinese = await sqlite_server.graphql("{ __typename }", token=token)
    english = await sqlite_server.graphql("{ __typename }", token=token, language="en")
    assert chinese["errors"][0]["message"] == "登录已失效，请重新登录。"
    assert english["errors"][0]["message"] == "The access token is not valid, or no longer."


async def test_the_same_document_is_parsed_and_validated_once(sqlite_server: Server) -> None:
    first = await sqlite_server.graphql("query Again { nothingOfTheKind }")
    assert await sqlite_server.graphql("query Again { nothingOfTheKind }") == first, "a cached refusal stays a refusal"


async def test_a_browser_gets_the_page_and_its_files(sqlite_server: Server) -> None:
    page = await sqlite_server.http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for name, media in {
        "graphiql.js": "text/javascript",
        "graphiql.css": "text/css",
        "icon.svg": "image/svg+xml",
    }.items():
        file = await sqlite_server.http.get(f"/graphiql/{name}")
        assert (file.status_code, file.headers["content-type"].partition(";")[0]) == (200, media)
    assert (await sqlite_server.http.get("/graphiql/README.md")).status_code == 404

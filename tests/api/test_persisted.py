"""Documents that are named instead of sent: Apollo's automatic persisted queries, and a manifest of trusted ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.asked import Asked
from api.documents import LONGEST_TEXT, MOST_TEXT, Documents, digest_of
from api.manifest import read_manifest
from api.settings import BadSettings
from tests.server import TEST_SETTINGS, Server, running_server

AREA = 'query Area { area(code: "370811") { name } }'
SIGN_OUT = "mutation Out { signOut { errors { code } } }"
WALLET = "subscription Wallet { walletChanged { balance } }"
NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}


def named(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest_of(text)}}} | more


async def post(server: Server, body: dict[str, Any]) -> Any:
    return (await server.http.post("/graphql", json=body)).json()


async def get(server: Server, body: dict[str, Any], **headers: str) -> httpx.Response:
    parameters = body | {"extensions": json.dumps(body["extensions"])}
    return await server.http.get("/graphql", params=parameters, headers=headers)


def code_of(answer: Any) -> str:
    assert "data" not in answer
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


async def test_a_document_is_sent_once_and_then_only_named(sqlite_server: Server) -> None:
    assert (await post(sqlite_server, named(AREA)))["errors"] == [NOT_FOUND]
    assert (await post(sqlite_server, named(AREA, query=AREA)))["data"] == {"area": None}
    assert (await post(sqlite_server, named(AREA)))["data"] == {"area": None}
    assert (await post(sqlite_server, {"documentId": f"sha256:{digest_of(AREA)}"}))["data"] == {"area": None}


async def test_a_name_that_is_not_the_document_s_is_not_taken(sqlite_server: Server) -> None:
    assert code_of(await post(sqlite_server, named(AREA, query=SIGN_OUT))) == "INVALID_INPUT"
    assert (await post(sqlite_server, named(AREA)))["errors"] == [NOT_FOUND]


@pytest.mark.parametrize(
    "persisted", [[], {}, {"version": 2, "sha256Hash": "a"}, {"version": 1}, {"version": 1, "sha256Hash": 7}]
)
async def test_a_name_that_is_none_is_refused(sqlite_server: Server, persisted: Any) -> None:
    body = {"query": AREA, "extensions": {"persistedQuery": persisted}}
    assert code_of(await post(sqlite_server, body)) == "INVALID_INPUT"


async def test_only_what_everybody_may_read_and_an_address_names_is_for_caches(sqlite_server: Server) -> None:
    token = await sqlite_server.sign_in_as("13800000001")
    await post(sqlite_server, named(AREA, query=AREA))
    public = await get(sqlite_server, named(AREA))
    assert public.headers["cache-control"] == "public, max-age=30"
    assert {"Authorization", "Accept-Language"} <= set(public.headers["vary"].split(", "))
    for other in (
        await get(sqlite_server, named(AREA), authorization=f"Bearer {token}"),
        await get(sqlite_server, named(AREA, query=AREA)),
        await get(sqlite_server, named("{ nothing }", query="{ nothing }")),
        await get(sqlite_server, named("{ nothing }")),
        await get(sqlite_server, named(SIGN_OUT)),
        await sqlite_server.http.post("/graphql", json=named(AREA)),
    ):
        assert other.headers["cache-control"] == "no-store"


async def test_a_socket_takes_names_too_and_goes_on_after_one_it_does_not_know(sqlite_server: Server) -> None:
    async with sqlite_server.connected() as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": named(AREA)})
        assert await socket.receive() == {"type": "error", "id": "1", "payload": [NOT_FOUND]}
        await socket.send({"type": "subscribe", "id": "1", "payload": named(AREA, query=AREA)})
        assert (await socket.receive())["payload"]["data"] == {"area": None}


def test_documents_are_forgotten_when_they_grow_too_long_together() -> None:
    documents = Documents()
    texts = [f"{{ a{number}: __typename }}{' ' * 40_000}" for number in range(MOST_TEXT // 40_000 + 10)]
    for text in texts:
        documents.resolved(Asked(text, document_id=digest_of(text)))
    assert documents.total <= MOST_TEXT
    assert (digest_of(texts[0]) in documents.sent, digest_of(texts[-1]) in documents.sent) == (False, True)
    too_long = " " * (LONGEST_TEXT + 1)
    assert documents.resolved(Asked(too_long, document_id=digest_of(too_long))).query == too_long
    assert digest_of(too_long) not in documents.sent


APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}
MANIFESTS = {
    "Apollo's": APOLLO | {"operations": [{"id": "area", "body": AREA}, {"id": digest_of(WALLET), "body": WALLET}]},
    "Relay's": {"area": AREA, digest_of(WALLET): WALLET},
}


@asynccontextmanager
async def trusting(database_url: str, folder: Path, manifest: Any) -> AsyncIterator[Server]:
    file = folder / "manifest.json"
    file.write_text(json.dumps(manifest))
    async with running_server(database_url, replace(TEST_SETTINGS, trusted_documents=str(file))) as server:
        yield server


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS.keys())
async def test_only_documents_of_the_manifest_are_run(migrated_sqlite_url: str, tmp_path: Path, manifest: Any) -> None:
    async with trusting(migrated_sqlite_url, tmp_path, manifest) as server:
        for trusted in ({"documentId": "area"}, {"query": AREA}, named(AREA), named(AREA, query=AREA)):
            assert (await post(server, trusted))["data"] == {"area": None}
        for other in (
            {"query": "{ __typename }"},
            {"query": AREA + " "},
            {"documentId": "another"},
            {"documentId": "area", "query": "{ __typename }"},
            named(SIGN_OUT, query=SIGN_OUT),
        ):
            assert code_of(await post(server, other)) == "DOCUMENT_NOT_TRUSTED"
        async with server.connected() as socket:
            await socket.send({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}})
            assert code_of({"errors": (await socket.receive())["payload"]}) == "DOCUMENT_NOT_TRUSTED"
        streamed = await server.http.post(
            "/graphql/stream", json={"query": "{ __typename }"}, headers={"accept": "text/event-stream"}
        )
        assert "DOCUMENT_NOT_TRUSTED" in streamed.text


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "no document"),
        (json.dumps({"operations": []}), "apollo-persisted-query-manifest"),
        (json.dumps({"area": 7}), "cannot be read"),
        (json.dumps({"area": "{ nothing }"}), "document area is not of this schema"),
        (json.dumps({"area": "{"}), "document area is not of this schema"),
        (json.dumps({digest_of(SIGN_OUT): AREA}), "another than its hash says"),
    ],
)
def test_a_bad_manifest_stops_the_start(tmp_path: Path, manifest: str, said: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(manifest)
    with pytest.raises(BadSettings, match=said):
        read_manifest(str(file))
    with pytest.raises(BadSettings, match="cannot be read"):
        read_manifest(str(tmp_path / "another.json"))

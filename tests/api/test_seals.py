"""Seals over HTTP, and the server that makes them by itself."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest

from api import chores
from api.chores import chores_of
from api.sealing import seal
from api.settings import read_settings
from domain.points.seal_key import seal_jwk
from storage import fetch
from tests.builders.ledger import a_book, earn, some_wallets
from tests.builders.seals import a_sealed_book, seal_all
from tests.clock import NOW
from tests.server import PATIENCE_S, Server, running_server


async def test_everybody_finds_the_seals_their_signatures_and_the_key(server: Server) -> None:
    await a_sealed_book()
    answer = (await server.http.get("/.well-known/seals.json")).json()
    headers = [json.loads(seal["header"]) for seal in answer["seals"]]
    assert [header["number"] for header in headers] == [1, 2]
    first = answer["seals"][0]["header"].encode()
    assert headers[1]["previous_hash"] == hashlib.sha256(first).hexdigest()
    assert (answer["keys"], answer["next"]) == ([seal_jwk()], None)


async def test_they_come_some_hundred_at_a_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("ledger.read_seals.MOST_HEADERS", "api.seals.MOST_HEADERS"):
        monkeypatch.setattr(where, 1)
    await a_sealed_book()
    address, numbers = "/.well-known/seals.json", []
    while address:
        answer = (await server.http.get(address)).json()
        numbers += [json.loads(seal["header"])["number"] for seal in answer["seals"]]
        address = answer["next"]
    assert numbers == [1, 2]


@pytest.mark.parametrize("after", ["x", "-1", "", "1.5", "9223372036854775808", "²"])
async def test_a_number_that_is_none_is_refused(sqlite_server: Server, after: str) -> None:
    assert (await sqlite_server.http.get("/.well-known/seals.json", params={"after": after})).status_code == 400


@pytest.mark.usefixtures("database")
async def test_what_was_posted_is_sealed_when_its_time_has_come() -> None:
    book = await a_book()
    (wallet,) = await some_wallets(book, 1)
    await earn(book, wallet, 5)
    await seal(lambda: NOW)
    assert [row[0] for row in await fetch("SELECT transfer_count FROM seals")] == [1]
    assert await seal_all() == 0


async def test_a_server_that_is_told_never_to_seal_does_not() -> None:
    told = read_settings({"XUEXI_SEAL_MINUTES": "0"})
    assert "sealing" not in [chore.name for chore in chores_of(told, lambda: NOW)]


async def test_the_running_program_seals(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "MINUTE_S", 0.01)
    async with running_server(database_url), asyncio.timeout(PATIENCE_S):
        book = await a_book()
        (wallet,) = await some_wallets(book, 1)
        await earn(book, wallet, 5)
        while not await fetch("SELECT id FROM seals"):  # noqa: ASYNC110 - nobody sets an event
            await asyncio.sleep(0)

"""`python -m api serve`, as a process: from nothing to the whole story, and a stop that loses nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.port import PortTaken, bound_socket
from storage import close_database, fetch, open_database
from tests.api.program import Program, program_in
from tests.server import PATIENCE_S, PROTOCOL


async def test_what_a_killed_start_began_the_next_one_finishes(tmp_path: Path, empty_database_url: str) -> None:
    program = program_in(tmp_path, empty_database_url)
    assert await killed_while_filling(program, transactions=60) == -signal.SIGKILL
    async with program.serving() as printed:
        assert "the demo data is complete" in printed
        assert f"{program.url}/graphql" in printed
        assert "13800000201" in printed, "it says how to sign in as an organiser"
    code, told = await program.run("audit")
    assert code == 0, told


async def test_from_nothing_to_the_whole_story_and_again(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    async with program.serving():
        code, told = await program.run("demo", "--url", program.url)
        assert code == 0, told
        assert "全部如预期" in told
        assert "clean: everything adds up" in told
        code, told = await program.run("serve")
        assert (code, "XUEXI_PORT" in told) == (3, True), "the port is taken, and what to do about it is said"
    async with program.serving() as printed:
        assert "the demo data is complete" not in printed, "running it again changes nothing"
    await open_database(f"sqlite://{tmp_path / 'var' / 'xuexi.db'}")
    counted = "SELECT (SELECT COUNT(*) FROM sign_ups), (SELECT COUNT(*) FROM activities)"
    assert tuple(*await fetch(counted)) == (198, 12), "of the demo, and one of the story"
    await close_database()


async def test_a_stop_answers_what_was_asked_and_closes_what_was_open(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    program.environ["XUEXI_DEMO_DATA"] = "off"
    async with (
        program.serving() as printed,
        connect(program.url.replace("http", "ws") + "/graphql", subprotocols=[PROTOCOL]) as socket,
    ):
        assert "13800000201" not in printed, "there is nobody to sign in as"
        body = b'{"query": "{ __typename }"}'
        reader, writer = await asyncio.open_connection("127.0.0.1", int(program.environ["XUEXI_PORT"]))
        head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body[:5])
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        assert program.process
        program.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            try:
                await socket.recv()
            except ConnectionClosed:
                assert socket.close_code == 1012, "the server restarts: come again"
            writer.write(body[5:])
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 200 OK")
            assert b'{"data":{"__typename":"Query"}' in answer
            await program.process.wait()
        writer.close()
    assert "xuexi.db-wal" not in files_in(tmp_path / "var"), "the database was closed"


async def test_a_stop_that_waited_long_enough_says_so_to_who_never_finished_asking(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    program.environ |= {"XUEXI_DEMO_DATA": "off", "XUEXI_STOP_SECONDS": "1"}
    async with program.serving():
        reader, writer = await asyncio.open_connection("127.0.0.1", int(program.environ["XUEXI_PORT"]))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        await writer.drain()
        async with httpx.AsyncClient(base_url=program.url, trust_env=False) as http:
            await http.get("/healthz")  # the first request has been read by then
        assert program.process
        program.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 503")
    assert b'"code":"UNAVAILABLE"' in answer


KILLED = """
import os, signal, sys
from storage.asyncpg_client import XuexiAsyncpgClient
from storage.sqlite_client import XuexiSqliteClient

for client in (XuexiAsyncpgClient, XuexiSqliteClient):
    def counting(self, *arguments, run=client.run_write, left=iter(range(int(sys.argv[1])))):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(self, *arguments)
    client.run_write = counting
from api.__main__ import main
main(["serve"])
"""


async def killed_while_filling(program: Program, transactions: int) -> int | None:
    """The exit code of a program that is killed after so many transactions."""
    command = (sys.executable, "-c", KILLED, str(transactions))
    process = await asyncio.create_subprocess_exec(*command, cwd=program.folder, env=program.environ)
    async with asyncio.timeout(PATIENCE_S * 3):
        return await process.wait()


async def test_production_serves_no_page_and_no_demo(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    long = "0123456789abcdef0123456789abcdef"
    program.environ |= {
        "XUEXI_ENVIRONMENT": "production",
        "XUEXI_SECRET": long,
        "XUEXI_SMS": "webhook",
        "XUEXI_SMS_WEBHOOK_URL": "https://sms.example.com",
        "XUEXI_SMS_WEBHOOK_SECRET": long,
    }
    async with program.serving() as printed, httpx.AsyncClient(base_url=program.url, trust_env=False) as http:
        assert "13800000001" not in printed
        page = await http.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 406
        assert "server" not in page.headers
        assert (await http.get("/graphiql/graphiql.js")).status_code == 404
        answer = await http.post("/graphql", json={"query": '{ area(code: "370811") { name } }'})
        assert answer.json()["data"] == {"area": None}


async def test_bad_settings_are_all_named_and_nothing_is_touched(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    code, told = await program.run("serve", XUEXI_PORT="many", XUEXI_COLOUR="red")
    assert code == 2
    assert "XUEXI_PORT='many'" in told
    assert "XUEXI_COLOUR" in told
    assert "Traceback" not in told
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("host", ["::zz", "192.0.2.1"])
def test_an_address_that_is_not_this_machines_is_not_taken_for_a_port_in_use(host: str) -> None:
    with pytest.raises(PortTaken, match="XUEXI_HOST has to be an address of this machine") as refused:
        bound_socket(host, 8000)
    assert "running already" not in str(refused.value)


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]

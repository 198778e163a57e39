"""`python -m api serve --workers 2`: two processes on one port, and one that looks after them."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx

from tests.api.program import Program, program_in
from tests.server import PATIENCE_S


async def test_a_killed_worker_is_missed_by_nobody_and_replaced_and_a_stop_stops_all(
    tmp_path: Path, empty_database_url: str
) -> None:
    program = program_in(tmp_path, empty_database_url)
    program.environ["XUEXI_DEMO_DATA"] = "off"
    async with program.serving("--workers", "2"):
        assert program.process
        first, second = await workers_of(program, 2)
        await answered(program)
        os.kill(first, signal.SIGKILL)
        await answered(program)
        now = await workers_of(program, 2, without=first)
        assert second in now, "the other one went on"
        await answered(program)
        program.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            assert await program.process.wait() == 0
        assert not [pid for pid in now if is_running(pid)], "nobody is left behind"


async def answered(program: Program) -> None:
    """A request on a new connection is answered. It may wait for a worker to start."""
    async with httpx.AsyncClient(base_url=program.url, trust_env=False, timeout=PATIENCE_S) as http:
        answer = await http.post("/graphql", json={"query": "{ __typename }"})
    assert answer.json()["data"] == {"__typename": "Query"}


async def workers_of(program: Program, count: int, without: int | None = None) -> list[int]:
    """The workers' process numbers, as soon as there are so many."""
    assert program.process
    async with asyncio.timeout(PATIENCE_S):
        while True:
            workers = [pid for pid in children_of(program.process.pid) if pid != without]
            if len(workers) == count:
                return workers
            await asyncio.sleep(0.02)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """Whether a process goes on; one that has ended and that nobody asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False

"""The program as an operator starts it: a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.secrecy import watch
from tests.server import PATIENCE_S, free_listener

ROOT = Path(__file__).parents[2]


@dataclass
class Program:
    """A server process in a folder of its own, and how to run other commands beside it."""

    folder: Path
    environ: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environ['XUEXI_PORT']}"

    async def run(self, *arguments: str, **environ: str) -> tuple[int, str]:
        """Run a command to its end: its exit code, and all it printed."""
        process = await self.start(*arguments, **environ)
        async with asyncio.timeout(PATIENCE_S * 3):
            printed, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, printed.decode()

    async def start(self, *arguments: str, **environ: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "api",
            *arguments,
            cwd=self.folder,
            env={**self.environ, **environ},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    @asynccontextmanager
    async def serving(self, *options: str) -> AsyncIterator[str]:
        """The server runs until the block ends, if it has not ended by itself; all it printed until it was ready."""
        self.process = await self.start("serve", *options)
        reading: asyncio.Task[None] | None = None
        try:
            printed = await self.until_ready(self.process)
            reading = asyncio.create_task(read_on(self.process))
            yield printed
        finally:
            if self.process.returncode is None:
                self.process.kill()
            if reading is not None:
                await reading
            await self.process.communicate()

    async def until_ready(self, process: asyncio.subprocess.Process) -> str:
        printed = ""
        assert process.stdout
        async with asyncio.timeout(PATIENCE_S * 3):
            while "Ctrl+C" not in printed:
                line = await process.stdout.readline()
                assert line, printed
                printed += line.decode()
        return printed


async def read_on(process: asyncio.subprocess.Process) -> None:
    """All that is printed is read, or a full pipe would stop the server; what is logged, the watch reads too (secrecy.py)."""
    assert process.stdout
    async for line in process.stdout:
        if line.startswith(b"{"):
            watch.line(line.decode())


def program_in(folder: Path, database_url: str = "sqlite://var/xuexi.db") -> Program:
    """A program whose settings are all its own, on a port that is free."""
    with free_listener() as listener:
        port = listener.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XUEXI_")}
    own = {"XUEXI_DATABASE_URL": database_url, "XUEXI_PORT": str(port)}
    return Program(folder, {**kept, **own, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"})

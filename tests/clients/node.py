"""Running our Node scripts, each in one process, with the packages that package-lock.json names."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
PATIENCE_S = 120.0  # only a test that fails waits so long


async def run_node(script: str, *arguments: str) -> Any:
    """What a script of this folder printed, as JSON, after it ended well."""
    return json.loads(await run(node(), str(FOLDER / script), *arguments))


async def run(*command: str) -> str:
    """What a command printed, after it ended well. It runs beside the server, in this folder."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=FOLDER, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            printed, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 0, printed.decode() + complaints.decode()
    return printed.decode()


def node() -> str:
    found = shutil.which("node")
    assert found, "Node 20 or newer is needed to drive the JavaScript clients: https://nodejs.org"
    assert PACKAGES.is_dir(), "the clients' packages are missing: `make clients` installs them"
    return found

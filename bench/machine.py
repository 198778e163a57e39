"""What a run was measured on: figures of another machine, or of a busy one, are other figures."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = (
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "strawberry-graphql",
    "graphql-core",
    "orjson",
    "aiosqlite",
    "asyncpg",
)
PAGE = b"\0" * 4096
SYNCS = 50


def machine_facts(folder: Path) -> dict[str, Any]:
    """Cores, versions, how busy it is, and how long the disk of a folder takes for a durable write."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_average": round(os.getloadavg()[0], 2),
        "sync_ms": round(sync_ms(folder), 3),
        "packages": {name: version(name) for name in PACKAGES},
    }


def sync_ms(folder: Path) -> float:
    """Milliseconds until a page is on the disk; a median."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(PAGE)
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3

"""The servers that are measured, each a process of its own on a port of the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.process import free_port, running

#: What every measured server of ours runs with: nothing that a database for measuring has no use for, and time enough on a busy
#: machine.
SETTINGS = {"XUEXI_DEMO_DATA": "off", "XUEXI_DEADLINE_SECONDS": "300"}


@dataclass(frozen=True, slots=True)
class Target:
    """A running server: where it listens and its process."""

    port: int
    pid: int


@contextmanager
def floor_server(application: str = "app") -> Iterator[Target]:
    """One of the applications of bench/floor.py, served as ours is."""
    port = free_port()
    command = ["-m", "uvicorn", f"bench.floor:{application}", "--port", str(port), "--no-access-log"]
    with running([*command, "--log-level", "warning"], port, {}, "/graphql") as pid:
        yield Target(port, pid)


@contextmanager
def our_server(url: str, workers: int = 1, start: tuple[str, ...] = ("-m", "api")) -> Iterator[Target]:
    """The program on the database of a URL."""
    port = free_port()
    environment = SETTINGS | {"XUEXI_DATABASE_URL": url, "XUEXI_PORT": str(port)}
    command = [*start, "serve"] if workers == 1 else [*start, "serve", "--workers", str(workers)]
    with running(command, port, environment, "/readyz") as pid:
        yield Target(port, pid)

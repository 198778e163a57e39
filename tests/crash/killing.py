"""Killing a PostgreSQL that a test started, and starting it again on what it left."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from pathlib import Path

from tests.postgres import PostgresServer, launch, run, stand_in

PATIENCE_MS = 30_000
PROCESSES = Path("/proc")


def kill_postgres(server: PostgresServer) -> None:
    """Not one of its processes is left, and none had time to tidy up."""
    if not (
        PROCESSES.is_dir() and hasattr(os, "pidfd_open")
    ):  # elsewhere than on Linux: its own way to end as if killed
        run(server.binaries / "pg_ctl", stand_in(), "stop", "-m", "immediate", "-D", str(server.data))
        return
    pid_file = server.data / "postmaster.pid"
    first = int(pid_file.read_text().splitlines()[0])
    os.kill(first, signal.SIGSTOP)  # so that it starts no more
    doomed = [first, *children_of(first)]
    watched = [os.pidfd_open(pid) for pid in doomed]
    for pid in doomed:
        os.kill(pid, signal.SIGKILL)
    for end in watched:
        poll = select.poll()
        poll.register(end, select.POLLIN)
        assert poll.poll(PATIENCE_MS), "a killed process ends"
        os.close(end)
    # In a container nobody may collect the dead, and the next server would take this one for alive.
    pid_file.unlink()
    for lock in server.folder.glob(".s.PGSQL.*.lock"):
        lock.unlink()


def children_of(parent: int) -> list[int]:
    """The processes that a process started and that run."""
    found = []
    for folder in PROCESSES.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            state, its_parent = (folder / "stat").read_text().rpartition(") ")[2].split()[:2]
            if int(its_parent) == parent and state != "Z":
                found.append(int(folder.name))
    return found


def start_again(server: PostgresServer) -> None:
    """It has recovered from its log and takes connections."""
    launch(server)

"""Starting what is measured as a process of its own, and asking the system what it used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
LOG = Path("var/bench.log")  # what the server that was started last logs
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took: seconds on the clock, CPU seconds, MB at its peak."""

    seconds: float
    cpu_seconds: float
    peak_memory_mb: float


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def family(pid: int) -> list[int]:
    """A process and all that it started, and they started, and that still run."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it may end while we look
                children.setdefault(int(stat_of(int(folder.name))[1]), []).append(int(folder.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def stat_of(pid: int) -> list[str]:
    """The fields of Linux's /proc/PID/stat after the name, the state first. Raises OSError."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    """User and system time so far of a process, its threads and all the processes that it started, also those that ended."""
    ticks = 0
    for each in family(pid):
        with suppress(OSError):
            ticks += sum(int(field) for field in stat_of(each)[11:15])
    return ticks / TICKS


def peak_memory_mb(pid: int) -> float:
    """The largest resident size so far of a process, or of any that it started, in MB."""
    return max(memory_mb(each, "VmHWM") for each in family(pid))


def memory_mb(pid: int, line_of: str = "VmRSS") -> float:
    """The resident size of a process, in MB; 0 where it has ended or has none."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(line_of):
                return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str], path: str) -> Iterator[int]:
    """The process id of a server that answers at `path`; stopped at the end."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen([sys.executable, *command], env=os.environ | environment, stdout=log, stderr=log)
    try:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}{path}")
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}; {LOG} has what it said")
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own loopback address
                return
        except urllib.error.HTTPError:
            return  # it answers, if only to say that this path takes no GET
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


def run_to_its_end(command: list[str], environment: dict[str, str]) -> Spent:
    """Run a command, and what it took. Raises CalledProcessError."""
    began, peak = time.perf_counter(), 0.0
    process = subprocess.Popen([sys.executable, *command], env=os.environ | environment)
    while True:
        peak = max(peak, memory_mb(process.pid, "VmHWM"))
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(LOOK_EVERY_S)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, peak)

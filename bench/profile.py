"""`python -m bench.profile home`: where the time of an operation goes, floor by floor.

The program serves as always, under a profiler of CPU time (bench/profiled.py), while one client asks. The profiler makes each
call of a Python function dearer, and C none, so shares are a guide and not a measurement; the CPU per request at the top is
measured without it. A function written in C counts for the Python function that calls it, the database's calls as SQL.
"""

from __future__ import annotations

import argparse
import os
import pstats
import signal
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

from bench.client import run_load
from bench.fill import Filler, Size
from bench.kept import Filling, filled_database, this_moment
from bench.operations import Operation, operations
from bench.process import cpu_seconds
from bench.servers import our_server

Key = TypeVar("Key")
Function = tuple[str, int, str]  # file, line, name; the file of what is written in C is "~"

WARM_UP_S = 0.5
OTHER = "the rest of Python"
SQL, BYTES = "SQL: the database's own calls", "JSON, in and out"
#: Of the first pattern that is part of a function's file.
FLOORS = (
    ("HTTP: uvicorn, h11", ("/uvicorn/", "/h11/", "/httptools/", "/uvloop/", "/asyncio/", "selectors.py", "/anyio/")),
    ("HTTP: Starlette", ("/starlette/",)),
    ("HTTP: api/", ("/api/",)),
    ("parse, validate, run: graphql-core", ("/graphql/",)),
    ("parse, validate, run: Strawberry", ("/strawberry/", "/lia/", "/cross_web/")),
    ("reads: plan, keep, build", ("/schema/reads/", "<plan", "<builder", "<string>")),
    ("schema/ besides reads", ("/schema/",)),
    ("acts: domain/", ("/domain/",)),
    ("acts: ledger/", ("/ledger/",)),
    ("storage/", ("/storage/",)),
    ("the drivers: aiosqlite, asyncpg, Tortoise", ("/aiosqlite/", "/asyncpg/", "/tortoise/")),
    ("queues and threads", ("/threading.py", "/queue.py", "/concurrent/", "/contextvars")),
)
SQL_CALLS = ("sqlite3.", "asyncpg")
JSON_CALLS = ("orjson", "_json", "json.")
STATEMENTS = ("'execute' of 'sqlite3.", "'executemany' of 'sqlite3.")


@dataclass(slots=True)
class Profile:
    """CPU seconds and calls of so many requests."""

    requests: int
    cpu: float
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    functions: defaultdict[Function, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[Function] = field(default_factory=Counter)

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    @property
    def statements(self) -> float:
        """Calls into SQLite for one request, BEGIN and COMMIT among them."""
        return (
            sum(n for (_, _, name), n in self.calls.items() if any(each in name for each in STATEMENTS)) / self.requests
        )


def floor_of(file: str, name: str = "") -> str:
    """Where a function belongs."""
    if any(call in name for call in SQL_CALLS):
        return SQL
    if any(call in name for call in JSON_CALLS):
        return BYTES
    return next((floor for floor, parts in FLOORS if any(part in file for part in parts)), OTHER)


def profile_of(stats: pstats.Stats, requests: int, cpu: float) -> Profile:
    found = Profile(requests, cpu)
    for function, calls, seconds, floor in own_times(stats):
        found.seconds[floor] += seconds
        found.functions[function] += seconds
        found.calls[function] += calls
    return found


def own_times(stats: pstats.Stats) -> Iterator[tuple[Function, int, float, str]]:
    """Each function's calls and own CPU seconds, and its floor; what is written in C, once for each of its callers."""
    entries: dict[Function, tuple[int, int, float, float, dict[Function, tuple[int, int, float, float]]]]
    entries = stats.stats  # type: ignore[attr-defined] # it is what the module is for, and typeshed does not know it
    for function, (_, calls, own, _, callers) in entries.items():
        file, _, name = function
        if file != "~" or not callers:
            yield function, calls, own, floor_of(file, name)
            continue
        for caller, (_, called, seconds, _) in callers.items():
            yield function, called, seconds, floor_of(caller[0], name)


def take(filling: Filling, operation: Operation, seconds: float) -> Profile:
    """Ask for so long without the profiler, then for so long with it."""
    numbers = count()
    with our_server(filling.url) as server:
        run_load(server.port, operation.make, 1, WARM_UP_S, numbers)
        before = cpu_seconds(server.pid)
        load = run_load(server.port, operation.make, 1, seconds, numbers)
        cpu = (cpu_seconds(server.pid) - before) / len(load.latencies)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profile"
        os.environ["BENCH_PROFILE"] = str(file)
        with our_server(filling.url, start=("-m", "bench.profiled")) as server:
            run_load(server.port, operation.make, 1, WARM_UP_S, numbers)
            os.kill(server.pid, signal.SIGUSR1)
            load = run_load(server.port, operation.make, 1, seconds, numbers)
        return profile_of(pstats.Stats(str(file)), len(load.latencies), cpu)


def print_table(name: str, found: Profile, lines: int) -> None:
    print(f"\n{name}: {found.cpu * 1e3:.3f} ms of CPU for one request at one client, of which about:\n")
    print(f"{'share':>7}{'ms':>8}")
    for floor, seconds in largest(found.seconds, len(found.seconds)):
        share = seconds / found.total
        print(f"{share:>7.1%}{share * found.cpu * 1e3:>8.3f}  {floor}")
    print(f"\n{found.statements:.1f} calls into SQLite for each request, BEGIN and COMMIT among them.")
    print(f"\nThe functions with most time of their own:\n\n{'share':>7}{'calls':>8}")
    for function, seconds in largest(found.functions, lines):
        file, line, name = function
        where = "" if file == "~" else f"{shortened(file)}:{line} "
        print(f"{seconds / found.total:>7.1%}{found.calls[function] / found.requests:>8.1f}  {where}{name}")


def largest(seconds: dict[Key, float], most: int) -> list[tuple[Key, float]]:
    """What has most of them first."""
    return sorted(seconds.items(), key=lambda pair: -pair[1])[:most]


def shortened(file: str) -> str:
    """A file's name as it is in this folder, or among the packages."""
    return file.rpartition("site-packages/")[2].removeprefix(f"{Path.cwd()}/")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("operation", choices=["tiny", "home", "statement", "redeem", "attendance"])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--lines", type=int, default=25, help="how many functions are listed")
    return parser.parse_args()


def main() -> None:
    options = parse()
    with filled_database("sqlite", Filler(Size(), this_moment())) as filling:
        (operation,) = (one for one in operations(filling.filled) if one.name == options.operation)
        print_table(operation.name, take(filling, operation, options.seconds), options.lines)


if __name__ == "__main__":
    main()

"""`python -m bench`: fill a database, run the five operations beside a bare Starlette answer, and print what they cost.

Requests per second and milliseconds differ from machine to machine; the ratios to the floor of the same run are what
counts. Each round measures every operation once, one after another, and the medians over the rounds are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bench.client import run_load
from bench.fill import Filler, Size, fill, size_of
from bench.operations import Operation, operations, reading
from bench.process import cpu_seconds, free_port, peak_memory_mb, running
from tests.postgres import running_postgres

FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Target:
    """A running server: where it listens and its process."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One operation in one round: requests per second, seconds to answer 50 and 99 % of them, CPU seconds for each."""

    per_second: float
    p50: float
    p99: float
    cpu: float


async def measure(target: Target, operation: Operation, options: argparse.Namespace, numbers: count[int]) -> Measured:
    cpu = cpu_seconds(target.pid)
    load = await run_load(target.port, operation.make, options.connections, options.seconds, numbers)
    spent = (cpu_seconds(target.pid) - cpu) / len(load.latencies)
    return Measured(load.per_second, load.percentile(50), load.percentile(99), spent)


async def run(options: argparse.Namespace, size: Size, url: str) -> dict[str, Any]:
    print(f"filling {size} ...", flush=True)
    filled = await fill(url, Filler(size, datetime.now(UTC).replace(microsecond=0)))
    measured: dict[str, list[Measured]] = {}
    with ExitStack() as stack:
        floor = stack.enter_context(floor_server())
        ours = stack.enter_context(our_server(url))
        floor_operation = Operation(FLOOR, reading("{ __typename }", {}, [filled.tokens[0]]))
        work = [(floor, floor_operation), *((ours, operation) for operation in operations(filled))]
        numbers = {operation.name: count() for _, operation in work}
        for target, operation in work:  # warm up: caches, prepared statements
            await run_load(target.port, operation.make, 1, 0.5, numbers[operation.name])
        for number in range(1, options.rounds + 1):
            print(f"round {number} of {options.rounds} ...", flush=True)
            for target, operation in work:
                result = await measure(target, operation, options, numbers[operation.name])
                measured.setdefault(operation.name, []).append(result)
        memory = peak_memory_mb(ours.pid)
    return report(measured) | {"peak_memory_mb": round(memory, 1)}


@contextmanager
def floor_server() -> Iterator[Target]:
    port = free_port()
    command = ["-m", "uvicorn", "bench.floor:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with running(command, port, {}, "/graphql") as pid:
        yield Target(port, pid)


@contextmanager
def our_server(url: str) -> Iterator[Target]:
    port = free_port()
    environment = {"XUEXI_DATABASE_URL": url, "XUEXI_PORT": str(port), "XUEXI_DEMO_DATA": "off"}
    with running(["-m", "api", "serve"], port, environment, "/readyz") as pid:
        yield Target(port, pid)


def report(measured: dict[str, list[Measured]]) -> dict[str, Any]:
    """Medians over the rounds, and ratios to the floor."""
    floor_cpu = median(measured[FLOOR], "cpu")
    floor_rate = median(measured[FLOOR], "per_second")
    rows = {
        name: {
            "requests_per_second": round(median(rounds, "per_second"), 1),
            "p50_ms": round(median(rounds, "p50") * 1e3, 2),
            "p99_ms": round(median(rounds, "p99") * 1e3, 2),
            "cpu_ms": round(median(rounds, "cpu") * 1e3, 3),
            "cpu_times_floor": round(median(rounds, "cpu") / floor_cpu, 2),
            "floor_times_requests": round(floor_rate / median(rounds, "per_second"), 2),
        }
        for name, rounds in measured.items()
    }
    return {"operations": rows}


def median(rounds: list[Measured], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in rounds))


CAPTION = """
{engine}, {connections} connections at once, medians over {rounds} rounds of {seconds} s for each operation.
p50, p99: milliseconds until half, and 99 of 100, of the requests were answered. CPU ms: what the server's process spent on
one request. CPU x floor: how many times that of the floor, a bare Starlette that answers a small JSON and nothing else.
floor x req/s: how many times more requests a second the floor answers."""


def print_table(result: dict[str, Any]) -> None:
    print(CAPTION.format(**result))
    print(f"\n{'':12}{'req/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'CPU x floor':>13}{'floor x req/s':>15}")
    for name, row in result["operations"].items():
        figures = f"{row['requests_per_second']:>10}{row['p50_ms']:>9}{row['p99_ms']:>9}{row['cpu_ms']:>9}"
        print(f"{name:12}{figures}{row['cpu_times_floor']:>13}{row['floor_times_requests']:>15}")
    print(f"\npeak memory of the server: {result['peak_memory_mb']} MB")


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    command.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    command.add_argument("--rounds", type=int, default=3)
    command.add_argument("--seconds", type=float, default=2.0, help="how long each operation is measured in a round")
    command.add_argument("--connections", type=int, default=32)
    command.add_argument("--activities", type=int, default=2_000)
    command.add_argument("--residents", type=int, default=20_000)
    command.add_argument("--transfers", type=int, default=200_000)
    command.add_argument("--json", type=Path, help="also write the figures to this file")
    return command


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The URL of an empty database: a file on this folder's disk, or a PostgreSQL of our own.

    The PostgreSQL lies in memory where there is room: its commits cost no disk, SQLite's do.
    """
    if engine == "postgres":
        with running_postgres() as server:
            yield server.url(server.create())
        return
    var = Path("var")
    var.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    try:
        yield f"sqlite://{folder / 'bench.db'}"
    finally:
        shutil.rmtree(folder)


def main() -> None:
    command = parser()
    options = command.parse_args()
    try:
        size = size_of(options.activities, options.residents, options.transfers)
    except ValueError as error:
        command.error(str(error))
    with database(options.engine) as url:
        asked = {name: getattr(options, name) for name in ("engine", "connections", "rounds", "seconds")}
        result = asked | asyncio.run(run(options, size, url))
    print_table(result)
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

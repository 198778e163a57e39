"""`python -m bench`: fill a database, run the five operations beside their floors, and print what they cost.

Requests per second and milliseconds differ from machine to machine; the ratios to the floors of the same run are what counts.
Each round measures everything once, in another order each time, and medians over the rounds are shown (docs/performance.md).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.aims import ASGI, BARE_ATTENDANCE, BARE_REDEEM, STARLETTE, WORKERS, aims_of
from bench.bare import bare_writer
from bench.fill import Filler, Size, size_of
from bench.kept import FOLDER, filled_database, this_moment, working_copy
from bench.machine import machine_facts
from bench.measure import Contestant, Measured, Served, Written
from bench.operations import LISTS_AT_ONCE, Operation, operations, reading
from bench.process import peak_memory_mb
from bench.servers import Target, floor_server, our_server

SEED = 1
WARM_UP_S = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """All that takes turns, and our server among it."""

    contestants: list[Contestant]
    ours: Target


@contextmanager
def everything(options: argparse.Namespace, size: Size) -> Iterator[Run]:
    """Servers and floors, ready to be measured."""
    filler = Filler(size, this_moment())
    with ExitStack() as stack:
        filling = stack.enter_context(filled_database(options.engine, filler))
        floors = [(STARLETTE, "app"), (ASGI, "bare")]
        small = Operation("floor", reading("{ __typename }", {}, [filling.filled.tokens[0]]))
        contestants: list[Contestant] = [
            Served(name, stack.enter_context(floor_server(application)), small.make) for name, application in floors
        ]
        if options.engine == "sqlite":
            bare = stack.enter_context(bare_writer(stack.enter_context(working_copy(filler)), filling.filled))
            contestants += [Written(BARE_REDEEM, bare.redeem), Written(BARE_ATTENDANCE, bare.attend)]
        ours = stack.enter_context(our_server(filling.url))
        five = operations(filling.filled)
        contestants += [Served(one.name, ours, one.make, filling.server, one.at_once) for one in five]
        if options.workers > 1:
            several = stack.enter_context(our_server(filling.url, options.workers))
            read = [one for one in five if one.name in WORKERS]
            contestants += [Served(WORKERS[one.name], several, one.make, filling.server) for one in read]
        yield Run(contestants, ours)


def rounds(contestants: list[Contestant], options: argparse.Namespace) -> dict[str, list[Measured]]:
    """Everything once in each round, after a little warming up: caches, prepared statements."""
    dice = random.Random(SEED)
    measured: dict[str, list[Measured]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:
        contestant.measure(min(WARM_UP_S, options.seconds), 1)
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds} ...", flush=True)
        for contestant in dice.sample(contestants, len(contestants)):
            measured[contestant.name].append(contestant.measure(options.seconds, options.connections))
    return measured


def medians_of(measured: dict[str, list[Measured]]) -> dict[str, dict[str, float]]:
    """Medians over the rounds, how far apart the rounds were, and ratios to the floor."""
    floor = statistics.median(one.cpu for one in measured[STARLETTE])
    return {name: medians(each) | ratio_to(floor, each) for name, each in measured.items()}


def medians(each: list[Measured]) -> dict[str, float]:
    def median(name: str, times: float, digits: int) -> float:
        return round(float(statistics.median(getattr(one, name) for one in each)) * times, digits)

    rates = [one.per_second for one in each]
    return {
        "requests_per_second": median("per_second", 1, 1),
        "spread_percent": round((max(rates) - min(rates)) / statistics.median(rates) * 50, 1),
        "p50_ms": median("p50", 1e3, 3),
        "p99_ms": median("p99", 1e3, 3),
        "cpu_ms": median("cpu", 1e3, 4),
        "database_cpu_ms": median("database_cpu", 1e3, 4),
        "client_cpu_ms": median("client_cpu", 1e3, 4),
    }


def ratio_to(floor: float, each: list[Measured]) -> dict[str, float]:
    return {"cpu_times_floor": round(statistics.median(one.cpu for one in each) / floor, 2)}


CAPTION = """
{engine}, one worker unless said ({workers} workers), {connections} connections at once (lists: {lists}), medians over
{rounds} rounds of {seconds} s for each.
+-: half the distance between the fastest and the slowest round. p50, p99: milliseconds until half, and 99 of 100, of the
requests were answered. CPU ms: what the server's processes spent on one request; DB ms: the database server's; client: this
measurement's own. x: CPU beside that of the bare Starlette."""
COLUMNS = (
    ("req/s", "requests_per_second", 10),
    ("+- %", "spread_percent", 7),
    ("p50 ms", "p50_ms", 10),
    ("p99 ms", "p99_ms", 10),
    ("CPU ms", "cpu_ms", 10),
    ("DB ms", "database_cpu_ms", 10),
    ("client", "client_cpu_ms", 8),
    ("x", "cpu_times_floor", 9),
)


def print_table(result: dict[str, Any]) -> None:
    print(CAPTION.format(**result, lists=LISTS_AT_ONCE))
    print(f"\n{'':20}" + "".join(f"{title:>{width}}" for title, _, width in COLUMNS))
    for name, row in result["operations"].items():
        print(f"{name:20}" + "".join(f"{row[key]:>{width}}" for _, key, width in COLUMNS))
    machine = result["machine"]
    print(f"\nPeak memory of the largest server process: {result['peak_memory_mb']} MB.")
    print(f"Load average before: {machine['load_average']}; a durable write of 4 KiB takes {machine['sync_ms']} ms.\n")
    for aim in result["aims"]:
        print(aim["line"])


def run(options: argparse.Namespace, size: Size) -> dict[str, Any]:
    """All of it, as JSON has it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = machine_facts(FOLDER)
    with everything(options, size) as all_:
        operations_ = medians_of(rounds(all_.contestants, options))
        memory = round(peak_memory_mb(all_.ours.pid), 1)
    asked = {name: getattr(options, name) for name in ("engine", "workers", "connections", "rounds", "seconds")}
    aims = [asdict(aim) | {"verdict": aim.verdict, "line": aim.line} for aim in aims_of(options.engine, operations_)]
    return asked | {"machine": facts, "operations": operations_, "peak_memory_mb": memory, "aims": aims}


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    command.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--seconds", type=float, default=2.0, help="how long each operation is measured in a round")
    command.add_argument("--connections", type=int, default=32)
    command.add_argument("--workers", type=int, default=1, help="read from a server of so many processes as well")
    command.add_argument("--activities", type=int, default=2_000)
    command.add_argument("--residents", type=int, default=20_000)
    command.add_argument("--transfers", type=int, default=200_000)
    command.add_argument("--json", type=Path, default=Path("var/bench.json"), help="where the figures are written")
    return command


def main(arguments: list[str] | None = None) -> None:
    command = parser()
    options = command.parse_args(arguments)
    try:
        size = size_of(options.activities, options.residents, options.transfers)
    except ValueError as error:
        command.error(str(error))
    result = run(options, size)
    print_table(result)
    options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

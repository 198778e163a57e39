"""`python -m bench.memory`: how large the server is after 10,000, 50,000 and 100,000 mixed requests."""

from __future__ import annotations

import argparse
import json
from itertools import count
from pathlib import Path

from bench.aims import Aim, at_most
from bench.client import MakeRequest, run_load
from bench.fill import Filled, Filler, size_of
from bench.kept import filled_database, this_moment
from bench.machine import machine_facts
from bench.operations import operations
from bench.process import memory_mb, peak_memory_mb
from bench.servers import Target, our_server

#: Of ten requests: most read, one redeems. A list of 200 comes once in so many.
MIX = ("home", "tiny", "statement", "home", "tiny", "home", "statement", "redeem", "home", "tiny")
A_LIST_IN = 500
SHARES = (0.1, 0.5, 1.0)  # of the requests, when it is looked at
SLICE_S = 0.25
MOST_MB = 150.0
FLAT = 1.1  # the last look beside the first: what a heap's own rest may come to


def mixed(filled: Filled) -> MakeRequest:
    """The n-th of a mix of all five operations."""
    make = {operation.name: operation.make for operation in operations(filled)}

    def make_next(number: int) -> bytes:
        if number % A_LIST_IN == A_LIST_IN - 1:
            return make["attendance"](number // A_LIST_IN)
        return make[MIX[number % len(MIX)]](number)

    return make_next


def watch(target: Target, make: MakeRequest, requests: int, connections: int) -> dict[int, float]:
    """Megabytes after so many requests, each time it is looked at."""
    sent, numbers, looks = 0, count(), {}
    for mark in (int(requests * share) for share in SHARES):
        while sent < mark:
            sent += len(run_load(target.port, make, connections, SLICE_S, numbers).latencies)
        looks[sent] = round(memory_mb(target.pid), 1)
        print(f"{sent:>10,} requests: {looks[sent]:>7} MB", flush=True)
    return looks


def aims_of(looks: dict[int, float], peak: float) -> list[Aim]:
    first, *_, last = looks.values()
    return [at_most("peak, MB", peak, MOST_MB), at_most("last look / first", last / first, FLAT)]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument(
        "--requests", type=int, default=100_000, help="it is looked at after a tenth, half and all of them"
    )
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--activities", type=int, default=2_000)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--transfers", type=int, default=200_000)
    parser.add_argument(
        "--json", type=Path, default=Path("var/bench-memory.json"), help="where the figures are written"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    filler = Filler(size_of(options.activities, options.residents, options.transfers), this_moment())
    with filled_database(options.engine, filler) as filling, our_server(filling.url) as target:
        facts = machine_facts(Path("var"))
        print(f"{0:>10} requests: {memory_mb(target.pid):>7.1f} MB", flush=True)
        looks = watch(target, mixed(filling.filled), options.requests, options.connections)
        peak = round(peak_memory_mb(target.pid), 1)
    aims = aims_of(looks, peak)
    for aim in aims:
        print(aim.line)
    figures = {"engine": options.engine, "machine": facts, "megabytes": looks, "peak_mb": peak}
    met = {aim.name: aim.verdict for aim in aims}
    options.json.write_text(json.dumps(figures | {"aims": met}, indent=2) + "\n")


if __name__ == "__main__":
    main()

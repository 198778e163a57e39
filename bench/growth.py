"""`python -m bench.growth`: what home, a statement and a redemption cost in books of 10,000, 100,000 and 1,000,000 transfers.

One server for each book; they take turns, round after round, in another order each time. CPU per request, medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from contextlib import ExitStack
from pathlib import Path

from bench.aims import Aim, at_most
from bench.fill import Filler, size_of
from bench.kept import FOLDER, filled_database, this_moment
from bench.machine import machine_facts
from bench.measure import Served
from bench.operations import operations
from bench.servers import our_server

GROWING = ("home", "statement", "redeem")
MOST = 1.5
WARM_UP_S = 0.5
SEED = 1

Costs = dict[str, dict[int, float]]  # CPU milliseconds of each operation, by the transfers of the book


def contestants(stack: ExitStack, options: argparse.Namespace) -> list[tuple[int, Served]]:
    """The operations, each in each book."""
    found = []
    for transfers in options.transfers:
        filler = Filler(size_of(options.activities, options.residents, transfers), this_moment())
        filling = stack.enter_context(filled_database(options.engine, filler))
        target = stack.enter_context(our_server(filling.url))
        five = [one for one in operations(filling.filled) if one.name in GROWING]
        found += [(transfers, Served(one.name, target, one.make, filling.server)) for one in five]
    return found


def measure(work: list[tuple[int, Served]], options: argparse.Namespace) -> Costs:
    taken: dict[tuple[str, int], list[float]] = {}
    dice = random.Random(SEED)
    for _, one in work:
        one.measure(min(WARM_UP_S, options.seconds), 1)
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds} ...", flush=True)
        for transfers, one in dice.sample(work, len(work)):
            measured = one.measure(options.seconds, options.connections)
            taken.setdefault((one.name, transfers), []).append(measured.cpu + measured.database_cpu)
    costs: Costs = {name: {} for name in GROWING}
    for (name, transfers), each in sorted(taken.items()):
        costs[name][transfers] = round(statistics.median(each) * 1e3, 4)
    return costs


def aims_of(costs: Costs) -> list[Aim]:
    """The largest book beside the smallest."""
    return [at_most(f"{name}, most / fewest transfers", by[max(by)] / by[min(by)], MOST) for name, by in costs.items()]


def print_table(costs: Costs, aims: list[Aim]) -> None:
    sizes = sorted(costs[GROWING[0]])
    print("\nCPU ms of a request, the database's included, by the transfers in the book.\n")
    print(f"{'':12}" + "".join(f"{size:>12,}" for size in sizes))
    for name, by in costs.items():
        print(f"{name:12}" + "".join(f"{by[size]:>12.3f}" for size in sizes))
    print()
    for aim in aims:
        print(aim.line)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each is measured in a round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--activities", type=int, default=2_000)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--transfers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--json", type=Path, default=Path("var/bench-growth.json"), help="where the figures are written"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = machine_facts(FOLDER)
    with ExitStack() as stack:
        costs = measure(contestants(stack, options), options)
    aims = aims_of(costs)
    print_table(costs, aims)
    figures = {"engine": options.engine, "machine": facts, "cpu_ms": costs}
    met = {aim.name: aim.verdict for aim in aims}
    options.json.write_text(json.dumps(figures | {"aims": met}, indent=2) + "\n")


if __name__ == "__main__":
    main()

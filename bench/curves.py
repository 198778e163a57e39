"""`python -m bench.curves`: draws requests per second over how many clients ask at once; and, where `python -m bench.growth` has
left its figures, what requests cost over the size of the book. The pictures are docs/throughput.svg and docs/growth.svg.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.aims import STARLETTE
from bench.fill import Filler, size_of
from bench.kept import filled_database, this_moment
from bench.measure import Contestant, Served
from bench.operations import operations, reading
from bench.plot import Line, Plot
from bench.servers import floor_server, our_server

CLIENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
DRAWN = ("tiny", "home", "statement", "redeem")
WARM_UP_S = 0.5
SEED = 1
GROWTH = Path("var/bench-growth.json")

Rates = dict[str, dict[int, float]]  # requests per second of each operation, by the clients that ask at once


def measure(options: argparse.Namespace) -> Rates:
    """Operations and numbers of clients take turns, in another order in each round."""
    taken: dict[tuple[str, int], list[float]] = {}
    dice = random.Random(SEED)
    with ExitStack() as stack:
        work = contestants(stack, options)
        for one in work:
            one.measure(min(WARM_UP_S, options.seconds), 1)
        for number in range(1, options.rounds + 1):
            print(f"round {number} of {options.rounds} ...", flush=True)
            turns = [(one, clients) for one in work for clients in options.clients]
            for one, clients in dice.sample(turns, len(turns)):
                taken.setdefault((one.name, clients), []).append(one.measure(options.seconds, clients).per_second)
    rates: Rates = {}
    for (name, clients), each in sorted(taken.items()):
        rates.setdefault(name, {})[clients] = round(statistics.median(each), 1)
    return rates


def contestants(stack: ExitStack, options: argparse.Namespace) -> list[Contestant]:
    """The bare Starlette, and the operations."""
    filler = Filler(size_of(options.activities, options.residents, options.transfers), this_moment())
    filling = stack.enter_context(filled_database(options.engine, filler))
    floor = stack.enter_context(floor_server())
    ours = stack.enter_context(our_server(filling.url))
    small = Served(STARLETTE, floor, reading("{ __typename }", {}, [filling.filled.tokens[0]]))
    drawn = [one for one in operations(filling.filled) if one.name in DRAWN]
    return [small, *(Served(one.name, ours, one.make, filling.server) for one in drawn)]


def throughput_of(rates: Rates) -> Plot:
    lines = [Line(name, list(rates[name].items())) for name in (STARLETTE, *DRAWN)]
    return Plot("Requests per second, over clients that ask at once", "clients", "requests per second", lines)


def growth_of(figures: dict[str, Any]) -> Plot:
    lines = [
        Line(name, [(int(size), cost) for size, cost in by_size.items()]) for name, by_size in figures["cpu_ms"].items()
    ]
    return Plot("CPU ms for one request, over transfers in the book", "transfers", "CPU ms", lines)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.curves", description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each is measured in a round")
    parser.add_argument("--clients", type=int, nargs="+", default=list(CLIENTS))
    parser.add_argument("--activities", type=int, default=2_000)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--transfers", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=Path("docs"), help="where the pictures go")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    rates = measure(options)
    plots = {"throughput": throughput_of(rates)}
    if GROWTH.exists():
        plots["growth"] = growth_of(json.loads(GROWTH.read_text()))
    for name, plot in plots.items():
        file = options.folder / f"{name}.svg"
        file.write_text(plot.svg())
        print(f"{file} is drawn")
    for name, by_clients in rates.items():
        print(f"{name:16}" + "".join(f"{rate:>9.0f}" for rate in by_clients.values()))


if __name__ == "__main__":
    main()

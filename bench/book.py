"""`python -m bench.book`: what a long book costs, as ratios in one run.

Redeeming beside sealing that catches up with the whole book, and without; sealing, auditing, writing and taking in all of it; a
page of a statement in a short and in a long book, and of a long statement. Rounds take turns, and their medians are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from bench.bulk import change
from bench.client import MakeRequest, ask, run_load
from bench.fill import Size
from bench.fill_book import BookFiller
from bench.kept import FOLDER, Filling, filled_database, this_moment
from bench.operations import FILE, STATEMENT, reading, redeeming
from bench.process import Spent, free_port, run_to_its_end, running
from bench.servers import Target
from storage.migrations import migrate
from tests.postgres import running_postgres

SECRET = "a secret for measuring, which nobody else has"  # noqa: S105 - of a database that is thrown away
BUSY, PAGE = 80, 50
SHORT = 5_000  # transfers, of two entries each
REDEEM, REDEEM_BESIDE = "redeem", "redeem while sealing"
SHORT_PAGE, LONG_PAGE, DEEP_PAGE = "page, short book", "page, long book", "page, long statement"
STATEMENT_FILE = "statement as a file"
LET_POINTS_EXPIRE = "UPDATE programmes SET expiry = 'MONTHS', expiry_months = 6"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure has to stay within."""

    name: str
    measured: float
    at_most: float

    @property
    def verdict(self) -> str:
        """For the table."""
        return "within the aim" if self.measured <= self.at_most else "NOT within the aim"


@dataclass(slots=True)
class Measurements:
    """Of each kind of request (50th, 99th percentile) in seconds, round by round; of each command what it took. The load average
    is that of before: whatever else the machine does makes seconds longer, and ratios much less."""

    requests: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    commands: dict[str, Spent] = field(default_factory=dict)
    load_average: float = field(default_factory=lambda: os.getloadavg()[0])

    def load(self, name: str, target: Target, make: MakeRequest, options: argparse.Namespace) -> None:
        """Note what requests take, after a little warming up."""
        run_load(target.port, make, options.connections, options.seconds / 5, count())
        load = run_load(target.port, make, options.connections, options.seconds, count(1_000))
        self.requests.setdefault(name, []).append((load.percentile(50), load.percentile(99)))

    def command(self, url: str, *words: str) -> None:
        """Note what a command takes."""
        print(f"{words[0]} ...", flush=True)
        self.commands[words[0]] = run_to_its_end(["-m", "api", *words], {"XUEXI_DATABASE_URL": url})

    def p50(self, name: str) -> float:
        """The median over the rounds, in seconds."""
        return statistics.median(p50 for p50, _ in self.requests[name])

    def p99(self, name: str) -> float:
        """The same of the 99th percentile."""
        return statistics.median(p99 for _, p99 in self.requests[name])

    def aims(self) -> list[Aim]:
        """The figures that matter."""
        return [
            Aim("redeem p99, while sealing / without", self.p99(REDEEM_BESIDE) / self.p99(REDEEM), 1.2),
            Aim("page p50, long book / short", self.p50(LONG_PAGE) / self.p50(SHORT_PAGE), 1.5),
            Aim("page p50, long statement / short", self.p50(DEEP_PAGE) / self.p50(SHORT_PAGE), 1.5),
            Aim("audit, seconds", self.commands["audit"].seconds, 60),
        ]


@contextmanager
def server(application: str, url: str) -> Iterator[Target]:
    port = free_port()
    command = ["-m", "uvicorn", "--factory", f"bench.sealing:{application}", "--port", str(port), "--no-access-log"]
    with running([*command, "--log-level", "warning"], port, {"XUEXI_DATABASE_URL": url}, "/readyz") as pid:
        yield Target(port, pid)


def redemptions(found: Measurements, book: Filling, options: argparse.Namespace) -> None:
    for number in range(1, options.rounds + 1):
        print(f"redemptions, round {number} of {options.rounds} ...", flush=True)
        for name, application in ((REDEEM, "resting"), (REDEEM_BESIDE, "sealing")):
            with server(application, book.url) as target:
                found.load(name, target, redeeming(book.filled), options)


def pages(found: Measurements, short: Filling, long: Filling, options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        beside, target = (stack.enter_context(server("resting", one.url)) for one in (short, long))
        *tokens, long_statement = long.filled.tokens
        middle = cursor_at(target, long_statement, options.long // 2)
        first = {"first": PAGE}
        work = [
            (SHORT_PAGE, beside, reading(STATEMENT, first, short.filled.tokens)),
            (LONG_PAGE, target, reading(STATEMENT, first, tokens)),
            (DEEP_PAGE, target, reading(STATEMENT, first | {"after": middle}, [long_statement])),
            (STATEMENT_FILE, target, reading(FILE, {}, tokens)),
        ]
        for number in range(1, options.rounds + 1):
            print(f"pages, round {number} of {options.rounds} ...", flush=True)
            for name, where, make in work:
                found.load(name, where, make, options)


def cursor_at(target: Target, token: str, depth: int) -> str:
    """Where so many entries of a statement are over, page by page."""
    cursor = None
    for _ in range(depth // 100):
        answer = ask(target.port, reading(STATEMENT, {"first": 100, "after": cursor}, [token])(0))
        cursor = orjson.loads(answer)["data"]["viewer"]["wallet"]["entries"]["pageInfo"]["endCursor"]
    return str(cursor)


def run(options: argparse.Namespace, long: Filling, short: Filling, empty_url: str) -> Measurements:
    found = Measurements()
    redemptions(found, long, options)
    found.command(long.url, "seal")
    found.command(long.url, "audit")
    pages(found, short, long, options)
    with tempfile.TemporaryDirectory() as folder:
        found.command(long.url, "export-book", f"{folder}/book")
        asyncio.run(migrate(empty_url))
        found.command(empty_url, "import-book", f"{folder}/book")
    asyncio.run(change(long.url, LET_POINTS_EXPIRE))
    found.command(long.url, "expire")
    return found


def fillers(options: argparse.Namespace) -> tuple[BookFiller, BookFiller]:
    """Of the long book, and of the short one."""
    now = this_moment()
    long = Size(200, 20_000, options.transfers - options.long, BUSY)
    return BookFiller(long, now, options.long), BookFiller(Size(200, BUSY + 1, SHORT, BUSY), now)


@contextmanager
def empty_database(engine: str) -> Iterator[str]:
    """The URL of a database without a single table."""
    if engine == "postgres":
        with running_postgres() as server:
            yield server.url(server.create())
        return
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER) as folder:
        yield f"sqlite://{folder}/bench.db"


def print_table(found: Measurements) -> None:
    print(f"\n{'':24}{'p50 ms':>9}{'p99 ms':>9}")
    for name in found.requests:
        print(f"{name:24}{found.p50(name) * 1e3:>9.2f}{found.p99(name) * 1e3:>9.2f}")
    print(f"\n{'':24}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, spent in found.commands.items():
        print(f"{name:24}{spent.seconds:>9.1f}{spent.cpu_seconds:>9.1f}{spent.peak_memory_mb:>9.0f}")
    print()
    print(f"load average of the machine beforehand: {found.load_average:.1f}\n")
    for aim in found.aims():
        print(f"{aim.name:40}{aim.measured:>8.2f}   at most {aim.at_most:<5} {aim.verdict}")


def figures(found: Measurements) -> dict[str, Any]:
    """All of it, as JSON has it."""
    return {
        "load_average": round(found.load_average, 1),
        "requests": {
            name: {"p50_ms": round(found.p50(name) * 1e3, 3), "p99_ms": round(found.p99(name) * 1e3, 3)}
            for name in found.requests
        },
        "commands": {
            name: {
                "seconds": round(one.seconds, 1),
                "cpu_seconds": round(one.cpu_seconds, 1),
                "peak_memory_mb": round(one.peak_memory_mb),
            }
            for name, one in found.commands.items()
        },
        "aims": [
            {"name": aim.name, "measured": round(aim.measured, 3), "at_most": aim.at_most, "verdict": aim.verdict}
            for aim in found.aims()
        ],
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.book", description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each is measured in a round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--transfers", type=int, default=500_000, help="of the long book, with two entries each")
    parser.add_argument("--long", type=int, default=100_000, help="of these, how many are in one wallet")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


def main() -> None:
    options = parse()
    os.environ |= {"XUEXI_SECRET": SECRET, "XUEXI_SEAL_MINUTES": "0", "XUEXI_DEMO_DATA": "off"}
    with ExitStack() as stack:
        long, short = (stack.enter_context(filled_database(options.engine, filler)) for filler in fillers(options))
        found = run(options, long, short, stack.enter_context(empty_database(options.engine)))
    print_table(found)
    if options.json:
        options.json.write_text(json.dumps({"engine": options.engine} | figures(found), indent=2) + "\n")


if __name__ == "__main__":
    main()

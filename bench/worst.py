"""`python -m bench.worst`: the dearest queries that the limits let through, many at a time, beside a tiny query of somebody else.

What counts is how long the tiny query waits then, and how long it waits alone, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from bench.bulk import Rows
from bench.client import HEAD_ENDS, LENGTH, Load, check, http_request
from bench.fill import Filled, Filler, size_of, token_of
from bench.kept import Filling, filled_database, this_moment
from bench.operations import TINY, body
from bench.servers import Target, our_server
from bench.shapes import Shape, cost_of, largest, shapes
from domain.volunteering.search import grams_of
from schema.bounds import Limits

AUDITOR = "INSERT INTO role_grants (id, resident_id, role, area_id, granted_at) VALUES (?, ?, ?, ?, ?)"
PAUSE_S = 0.02  # between two tiny queries: a person, not a load
PATIENCE_S = 60.0
CALM_S = 4.0  # what was asked is answered, though nobody waits for it any more
COLUMNS = ("", "aliases", "cost", "one, ms", "MB", "tiny p99", "p50", "p99", "answers", "refused")
HEAD = ROW = "{:16}{:>8}{:>9}{:>9}{:>8}{:>10}{:>9}{:>9}{:>9}{:>9}"


@dataclass(frozen=True, slots=True)
class Heavy:
    """A shape at its largest."""

    shape: Shape
    aliases: int
    cost: int

    def request(self, number: int) -> bytes:
        return http_request(body(self.shape.make(self.aliases, number), {}), self.shape.token)


@dataclass(slots=True)
class Seen:
    """What the senders of heavy queries got: answers, refusals, and how many bytes."""

    answered: int = 0
    refused: int = 0
    size: int = 0

    def took(self, answer: bytes) -> None:
        refused = not answer.startswith(b"HTTP/1.1 200") or b'"errors":[{' in answer[-4000:]
        self.refused += refused
        self.answered += not refused
        self.size = max(self.size, len(answer.partition(HEAD_ENDS)[2]))
        if refused and self.refused == 1:
            print(answer[-300:].decode(errors="replace"))


class SearchedFiller(Filler):
    """With an auditor, and activities that can be searched for."""

    @property
    def name(self) -> str:
        """The same, with what is searched."""
        return f"searched-{super().name}"

    def statements(self) -> Iterator[tuple[str, Rows]]:
        """The auditor and the words come last."""
        yield from super().statements()
        yield AUDITOR, iter([(2, 2, "AUDITOR", 1, 1)])
        yield "INSERT INTO activity_grams (gram, activity_id) VALUES (?, ?)", self.grams()

    def grams(self) -> Rows:
        for row in self.activities():
            for gram in sorted(grams_of(str(row[2]))):
                yield gram, row[0]


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """Head and body."""
    head = await reader.readuntil(HEAD_ENDS)
    lower = head.lower()
    at = lower.index(LENGTH) + len(LENGTH)
    return head + await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))


async def tiny(target: Target, filled: Filled, seconds: float) -> Load:
    """One person who asks, reads, and asks again."""
    request = http_request(body(TINY, {}), filled.tokens[10])
    load, loop = Load(), asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    until = loop.time() + seconds
    while (sent := loop.time()) < until:
        writer.write(request)
        check(await read_answer(reader))
        load.latencies.append(loop.time() - sent)
        await asyncio.sleep(random.uniform(0, PAUSE_S))
    writer.close()
    return load


async def attack(target: Target, heavy: Heavy, *, fresh: bool, seen: Seen) -> None:
    """One client that sends the heavy query again and again, until it is cancelled."""
    numbers = count(random.randrange(10**6) * 1000)
    first = next(numbers)
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    try:
        while True:
            writer.write(heavy.request(next(numbers) if fresh else first))
            seen.took(await read_answer(reader))
    finally:
        writer.close()


async def besieged(target: Target, heavy: Heavy, filled: Filled, options: argparse.Namespace, seen: Seen) -> Load:
    """The tiny query while so many send the heavy one."""
    attackers = [
        asyncio.create_task(attack(target, heavy, fresh=options.fresh, seen=seen)) for _ in range(options.attackers)
    ]
    await asyncio.sleep(options.seconds / 4)
    load = await tiny(target, filled, options.seconds)
    for attacker in attackers:
        attacker.cancel()
    for ended in await asyncio.gather(*attackers, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise ended or AssertionError("an attacker gave up")
    return load


async def run(options: argparse.Namespace, filling: Filling) -> None:
    filled = filling.filled
    limits = Limits()
    wanted = [shape for shape in shapes(filled, token_of(2)) if not options.shapes or shape.name in options.shapes]
    with our_server(filling.url) as target:
        await tiny(target, filled, 0.5)
        print(HEAD.format(*COLUMNS), flush=True)
        for shape in wanted:
            aliases = largest(shape, limits)
            heavy = Heavy(shape, aliases, cost_of(shape.make(aliases, 0), limits) or 0)
            alone = await tiny(target, filled, options.seconds / 2)
            once = Seen()
            began = asyncio.get_running_loop().time()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await one_answer(target, heavy, once)
            one = asyncio.get_running_loop().time() - began
            seen = Seen()
            load = await besieged(target, heavy, filled, options, seen)
            figures = (shape.name, aliases, heavy.cost, f"{one * 1e3:.0f}", f"{once.size / 1e6:.2f}")
            waits = (alone.percentile(99), load.percentile(50), load.percentile(99))
            print(
                ROW.format(*figures, *(f"{each * 1e3:.1f}" for each in waits), seen.answered, seen.refused), flush=True
            )
            await asyncio.sleep(CALM_S)


async def one_answer(target: Target, heavy: Heavy, seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    writer.write(heavy.request(999_999_999))
    seen.took(await read_answer(reader))
    writer.close()


def main() -> None:
    command = argparse.ArgumentParser(prog="python -m bench.worst", description=__doc__)
    command.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    command.add_argument(
        "--seconds", type=float, default=4.0, help="how long the tiny query is watched beside each shape"
    )
    command.add_argument("--attackers", type=int, default=20)
    command.add_argument(
        "--fresh", action="store_true", help="no document is sent twice, so that nothing is remembered of it"
    )
    command.add_argument("--activities", type=int, default=2_000)
    command.add_argument("--residents", type=int, default=20_000)
    command.add_argument("--transfers", type=int, default=200_000)
    command.add_argument("shapes", nargs="*", help="only these")
    options = command.parse_args()
    filler = SearchedFiller(size_of(options.activities, options.residents, options.transfers), this_moment())
    with filled_database(options.engine, filler) as filling:
        asyncio.run(run(options, filling))


if __name__ == "__main__":
    main()

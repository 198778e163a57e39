"""`make simulate`: many seeds, in as many processes as there are cores, or one seed told step by step."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from domain.people.keys import set_keys
from storage.migrations import migrate
from tests.folders import folder
from tests.keys import TEST_KEYS
from tests.models_once import prepare_models_once
from tests.postgres import PostgresServer, running_postgres
from tests.simulation.report import Report, StoryFailed
from tests.simulation.seeds import play_on_postgres, play_on_sqlite

TOLD = 3  # so many failures are told in full
PROGRESS = 100  # seeds

Told = tuple[str, str]  # the story of a seed, and what is wrong with it, if anything is


def on_sqlite(template: Path, work: Path, seed: int) -> Told:
    """On a copy of the template."""
    return told(play_on_sqlite(seed, template, work))


def on_postgres(server: PostgresServer, template: str, seed: int) -> Told:
    """On a database of the seed's own."""
    name = server.create(template, f"seed_{seed}")
    try:
        return told(play_on_postgres(seed, server.url(name)))
    finally:
        server.drop(name)


def told(story: Coroutine[Any, Any, Report]) -> Told:
    try:
        return str(asyncio.run(story)), ""
    except StoryFailed as failed:
        return "", str(failed)


def settle_in() -> None:
    """What a process has to know before it plays."""
    set_keys(TEST_KEYS)
    prepare_models_once()


@contextmanager
def player(engine: str) -> Iterator[Callable[[int], Told]]:
    """Plays one seed on a database that is made ready first, in whatever process."""
    settle_in()
    if engine == "sqlite":
        with folder() as work:
            template = work / "template.db"
            asyncio.run(migrate(f"sqlite://{template}"))
            yield partial(on_sqlite, template, work)
        return
    with running_postgres() as server:
        name = server.create()
        asyncio.run(migrate(server.url(name)))
        yield partial(on_postgres, replace(server, keeper=None), name)


def play(engine: str, seeds: Sequence[int]) -> Iterator[Told]:
    """All of them, in as many processes as there are cores, in their order."""
    with player(engine) as play_one:
        processes = min(len(seeds), os.cpu_count() or 1)
        with ProcessPoolExecutor(processes, initializer=settle_in) as pool:
            yield from pool.map(play_one, seeds)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """The exit code: 0 when every seed passed."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many, counted from 1")
    parser.add_argument("--seed", type=int, help="only this one, and all it does is told")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    seeds = [asked.seed] if asked.seed is not None else range(1, asked.seeds + 1)
    began, steps, failed = time.monotonic(), 0, 0
    for number, (story, problem) in enumerate(play(asked.engine, seeds), start=1):
        steps, failed = steps + story.count("\n"), failed + bool(problem)
        if problem and failed <= TOLD:
            say(f"{problem}\n")
        if asked.seed is not None and story:
            say(f"{story}\n")
        if number % PROGRESS == 0 and number < len(seeds):
            say(f"{number} of {len(seeds)} seeds, {failed} failed")
    seconds = time.monotonic() - began
    say(f"{len(seeds)} seeds on {asked.engine}, {steps} steps, {failed} failed, {seconds:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

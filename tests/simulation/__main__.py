"""`make simulate`: many seeds, in as many processes as there are cores, or one seed told step by step."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from domain.people.keys import set_keys
from storage.migrations import migrate
from tests.folders import folder
from tests.keys import TEST_KEYS
from tests.postgres import running_postgres
from tests.simulation.report import StoryFailed
from tests.simulation.seeds import play_on_postgres, play_on_sqlite

CHUNK = 10
TOLD = 3  # so many failures are told in full


def play(template: Path, work: Path, seed: int) -> tuple[str, str]:
    """The story of a seed on SQLite, and what is wrong with it, if anything is."""
    set_keys(TEST_KEYS)
    try:
        return str(asyncio.run(play_on_sqlite(seed, template, work))), ""
    except StoryFailed as failed:
        return "", str(failed)


def on_sqlite(seeds: Sequence[int]) -> list[tuple[str, str]]:
    with folder() as work:
        template = work / "template.db"
        asyncio.run(migrate(f"sqlite://{template}"))
        with ProcessPoolExecutor(max_workers=min(len(seeds), os.cpu_count() or 1)) as pool:
            return list(pool.map(partial(play, template, work), seeds, chunksize=CHUNK))


def on_postgres(seeds: Sequence[int]) -> list[tuple[str, str]]:
    set_keys(TEST_KEYS)
    stories = []
    with running_postgres() as server:
        template = server.create()
        asyncio.run(migrate(server.url(template)))
        for seed in seeds:
            name = server.create(template)
            try:
                stories.append((str(asyncio.run(play_on_postgres(seed, server.url(name)))), ""))
            except StoryFailed as failed:
                stories.append(("", str(failed)))
            server.drop(name)
    return stories


def main() -> int:
    """The exit code: 0 when every seed passed."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many, counted from 1")
    parser.add_argument("--seed", type=int, help="only this one, and all it does is told")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    seeds = [asked.seed] if asked.seed is not None else range(1, asked.seeds + 1)
    began = time.monotonic()
    stories = (on_sqlite if asked.engine == "sqlite" else on_postgres)(seeds)
    failed = [problem for _, problem in stories if problem]
    told = failed[:TOLD] + ([story for story, _ in stories if story] if asked.seed is not None else [])
    steps = sum(story.count("\n") for story, _ in stories)
    told.append(
        f"{len(seeds)} seeds on {asked.engine}, {steps} steps, {len(failed)} failed, {time.monotonic() - began:.0f} s"
    )
    sys.stdout.write("\n\n".join(told) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make crash`: many rounds, told one by one."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.crash.databases import rounds_on
from tests.crash.rounds import MOST_ROUNDS


async def play(engine: str, rounds: int, seed: int) -> None:
    async with rounds_on(engine, seed) as killing:
        async for told in killing.play(rounds):
            sys.stdout.write(f"{told}\n")
            sys.stdout.flush()
    sys.stdout.write(
        f"{rounds} rounds on {engine}: every acknowledged order is there, none is there twice, the audit is clean\n"
    )


def main() -> None:
    """Ends with an error where a round does not come out right."""
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, choices=range(1, MOST_ROUNDS + 1), metavar="ROUNDS")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, help="decides when what is killed")
    asked = parser.parse_args()
    asyncio.run(play(asked.engine, asked.rounds, asked.seed))


if __name__ == "__main__":
    main()

"""`python -m tests.fuzz`: thousands of generated operations against the program; what is found is printed with its seed."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from domain.people.keys import set_keys
from storage.migrations import migrate
from tests.fuzz.running import fuzz
from tests.keys import TEST_KEYS
from tests.postgres import running_postgres
from tests.server import TEST_SETTINGS, running_server

BIG = 1_000_000


async def run(url: str, operations: int, seed: int) -> None:
    await migrate(url)
    settings = replace(TEST_SETTINGS, sign_ins_per_hour=BIG, sign_in_codes_per_hour=BIG)
    async with running_server(url, settings) as server:
        codes = await fuzz(server, operations, seed)
    for code, times in codes.most_common():
        sys.stdout.write(f"{times:7}  {code}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--operations", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    asked = parser.parse_args()
    set_keys(TEST_KEYS)
    if asked.engine == "postgres":
        with running_postgres() as postgres:
            asyncio.run(run(postgres.url(postgres.create()), asked.operations, asked.seed))
        return
    folder = Path(tempfile.mkdtemp())
    try:
        asyncio.run(run(f"sqlite://{folder / 'fuzz.db'}", asked.operations, asked.seed))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

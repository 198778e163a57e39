"""Playing seeds: each on a database of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.simulation.report import Report
from tests.simulation.story import Story


async def play_on_sqlite(seed: int, template: Path, folder: Path) -> Report:
    """The seed on a copy of a migrated file, which is gone afterwards. Raises StoryFailed."""
    own = folder / f"seed-{seed}"
    own.mkdir()
    try:
        shutil.copyfile(template, own / "town.db")
        return await Story(seed, f"sqlite://{own / 'town.db'}", Report(seed, "sqlite")).play()
    finally:
        shutil.rmtree(own)


async def play_on_postgres(seed: int, url: str) -> Report:
    """The seed on a migrated, empty database. Raises StoryFailed."""
    return await Story(seed, url, Report(seed, "postgres")).play()

"""Fifty seeds of the simulator on SQLite and ten on PostgreSQL; that it finds what is broken, and tells it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.redemption import refund_order
from tests.simulation.report import StoryFailed
from tests.simulation.seeds import play_on_postgres, play_on_sqlite

TENS = range(0, 50, 10)
BROKEN_WITHIN = range(1, 40)


@pytest.mark.parametrize("first", TENS)
async def test_ten_seeds_come_out_right(first: int, sqlite_template: Path, sqlite_folder: Path) -> None:
    for seed in range(first + 1, first + 11):
        await play_on_sqlite(seed, sqlite_template, sqlite_folder)


@pytest.mark.parametrize("seed", range(1, 11))
async def test_a_seed_comes_out_right_on_postgres(seed: int, migrated_postgres_url: str) -> None:
    await play_on_postgres(seed, migrated_postgres_url)


async def test_a_seed_tells_the_same_story_every_time(sqlite_template: Path, sqlite_folder: Path) -> None:
    stories = [await play_on_sqlite(7, sqlite_template, sqlite_folder) for _ in range(2)]
    assert stories[0] == stories[1]


async def test_a_broken_rule_is_found_and_its_story_is_told_again(
    sqlite_template: Path, sqlite_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refund that forgets the place: the seed that shows it prints itself, and fails again in the same words."""

    async def forget_the_place(*_: object) -> None:
        return None

    monkeypatch.setattr(refund_order, "give_back_stock", forget_the_place)
    seed, told = await first_failure(sqlite_template, sqlite_folder)
    assert "Refund(" in told
    assert "audit: session_stock" in told
    assert f"make simulate SEED={seed}" in told
    with pytest.raises(StoryFailed) as again:
        await play_on_sqlite(seed, sqlite_template, sqlite_folder)
    assert str(again.value) == told


async def first_failure(template: Path, folder: Path) -> tuple[int, str]:
    """The first seed that fails, and what it says."""
    for seed in BROKEN_WITHIN:
        try:
            await play_on_sqlite(seed, template, folder)
        except StoryFailed as failed:
            return seed, str(failed)
    raise AssertionError("the broken rule was not found")

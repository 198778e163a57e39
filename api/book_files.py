"""The operator's commands that write the whole book to files and take it in again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from api.commands import DONE, NOT_AS_IT_SHOULD_BE, opened_and_migrated
from api.settings import Settings
from domain.points.seal_key import seal_key
from ledger.book_tables import BookRefused
from ledger.export_book import export_book
from ledger.import_book import import_book
from storage import read_at_length


async def export_to(settings: Settings, folder: str) -> int:
    """The folder holds the book."""
    async with opened_and_migrated(settings):
        try:
            counts = await read_at_length(partial(export_book, folder=Path(folder)))
        except (BookRefused, OSError) as error:
            return refused(error)
    return told("written", counts)


async def import_from(settings: Settings, folder: str) -> int:
    """The database, which was empty, holds the book of the folder."""
    async with opened_and_migrated(settings):
        try:
            counts = await import_book(Path(folder), seal_key())
        except BookRefused as error:
            return refused(error)
    return told("taken in", counts)


def told(what: str, counts: dict[str, int]) -> int:
    print(f"{what}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return DONE


def refused(error: Exception) -> int:
    print(f"nothing was done: {error}")
    return NOT_AS_IT_SHOULD_BE

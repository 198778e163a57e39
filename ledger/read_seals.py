"""Seals as they are published: the very text that was signed, and its signature."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.seal import HEADER_COLUMNS, header_of
from storage import Reader, Row

MOST_HEADERS = 500


@dataclass(frozen=True, slots=True)
class PublishedSeal:
    """A seal's number, its header as text, and the signature of that text in hex."""

    number: int
    header: str
    signature: str


async def read_headers(reader: Reader, after: int) -> list[PublishedSeal]:
    """The seals that follow a number, some hundred at most."""
    sql = f"SELECT {HEADER_COLUMNS}, signature FROM seals WHERE number > ? ORDER BY number LIMIT ?"
    return [published(row) for row in await reader.fetch(sql, after, MOST_HEADERS)]


def published(row: Row) -> PublishedSeal:
    """Of the HEADER_COLUMNS and the signature."""
    *header, signature = row
    return PublishedSeal(header_of(header).number, header_of(header).text().decode(), str(signature))

"""Where the rows of a table lie in an SQLite file: the ranges of bytes of their cells (https://www.sqlite.org/fileformat2.html)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

INTERIOR, LEAF = 0x05, 0x0D


@dataclass(frozen=True, slots=True)
class Cell:
    """A row's bytes: lengths, id, types and values. At `id_type` stands the type of the id among the values."""

    table: str
    row_id: int
    start: int
    end: int
    id_type: int


def cells_of(path: Path, table: str) -> list[Cell]:
    """The cells of a table, none of which may have run over its page."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    data = path.read_bytes()
    return [Cell(table, *found) for found in leaf_cells(data, page_size, root)]


def leaf_cells(data: bytes, page_size: int, number: int) -> Iterator[tuple[int, int, int, int]]:
    """Row id, start, end and place of the id's type of each cell at or below a page of a table's tree."""
    page = (number - 1) * page_size
    kind, cell_count = data[page], number_at(data, page + 3, 2)
    assert kind in (INTERIOR, LEAF)
    pointers = page + (12 if kind == INTERIOR else 8)
    starts = [page + number_at(data, pointers + 2 * cell, 2) for cell in range(cell_count)]
    if kind == INTERIOR:
        for child in [*(number_at(data, start, 4) for start in starts), number_at(data, page + 8, 4)]:
            yield from leaf_cells(data, page_size, child)
        return
    for start in starts:
        length, at = varint_at(data, start)
        row_id, at = varint_at(data, at)
        assert length <= page_size - 35, "the row is whole on its page"
        yield row_id, start, at + length, varint_at(data, at)[1]


def number_at(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def varint_at(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, and where the next value begins."""
    value = 0
    for offset in range(8):
        value = value << 7 | data[at + offset] & 0x7F
        if data[at + offset] < 0x80:
            return value, at + offset + 1
    return value << 8 | data[at + 8], at + 9

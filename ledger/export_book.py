"""The whole book as files: JSON Lines, and one CSV for each table, with the same rows. Either can be taken in again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from ledger.book_tables import FILE, FORMAT, ROWS, TABLES, BookRefused, BookTable
from storage import Reader, Row

STEP = 1000


async def export_book(reader: Reader, folder: Path) -> dict[str, int]:
    """The book of the reader's snapshot is in the folder's files; how many rows of each table. Raises BookRefused."""
    make_empty(folder)
    counts: dict[str, int] = {}
    with (folder / FILE).open("wb") as lines:
        write_line(lines, {"format": FORMAT})
        for table in TABLES:
            counts[table.name] = await export_table(reader, table, lines, folder)
        write_line(lines, {"rows": counts})
    (folder / ROWS).write_bytes(b"".join(map(csv_line, [("table", "rows"), *counts.items()])))
    return counts


def make_empty(folder: Path) -> None:
    """The folder is there and empty. Raises BookRefused."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BookRefused(f"{folder} is there already and not an empty folder")
    folder.mkdir(parents=True, exist_ok=True)


async def export_table(reader: Reader, table: BookTable, lines: BinaryIO, folder: Path) -> int:
    count = 0
    with ExitStack() as stack:
        csv = stack.enter_context((folder / f"{table.name}.csv").open("wb"))
        csv.write(csv_line(table.columns))
        async for row in rows_of(reader, table):
            values = table.to_file(row)
            write_line(lines, {"table": table.name, "row": values})
            csv.write(csv_line(list(values.values())))
            count += 1
    return count


async def rows_of(reader: Reader, table: BookTable) -> AsyncIterator[Row]:
    """All rows, part by part in the order of their ids."""
    for part in table.parts:
        sql = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE id > ? AND {part} ORDER BY id LIMIT ?"
        last = -1
        while rows := await reader.fetch(sql, last, STEP):
            for row in rows:
                yield row
            last = rows[-1][0]


def write_line(lines: BinaryIO, value: dict[str, Any]) -> None:
    lines.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def csv_line(values: Sequence[Any]) -> bytes:
    """RFC 4180. Texts stand in quotes, always; what is empty without quotes is no value."""
    return (",".join(csv_value(value) for value in values) + "\r\n").encode()


def csv_value(value: Any) -> str:
    if value is None:
        return ""
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)

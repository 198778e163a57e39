"""The lines of an exported book, from either of its two forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from ledger.book_tables import FILE, FORMAT, ROWS, TABLES

Values = list[str | int | None]


def lines_of(folder: Path) -> Iterator[dict[str, Any]]:
    """What stands in the JSON Lines; where they are not there, the same from the CSVs. Raises OSError, ValueError."""
    return json_lines(folder) if (folder / FILE).exists() else csv_lines(folder)


def json_lines(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / FILE).open("rb") as lines:
        yield from map(orjson.loads, lines)


def csv_lines(folder: Path) -> Iterator[dict[str, Any]]:
    yield {"format": FORMAT}
    for table in TABLES:
        for row in rows_of(folder / f"{table.name}.csv"):
            yield {"table": table.name, "row": row}
    yield {"rows": {row["table"]: row["rows"] for row in rows_of(folder / ROWS)}}


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a CSV by the names in its first one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = map(values_of, records(file))
        names = next(rows, [])
        for values in rows:
            yield dict(zip(map(str, names), values, strict=True))


def records(lines: Iterable[str]) -> Iterator[str]:
    """A record for each row: lines between which a text is open are one."""
    record = ""
    for line in lines:
        record += line
        if record.count('"') % 2 == 0:
            yield record
            record = ""
    if record:
        raise ValueError("a text has no end")


FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|(-?[0-9]*))(,|\r?\n)')


def values_of(record: str) -> Values:
    """Texts stand in quotes, numbers do not; what is empty without quotes is no value. Raises ValueError."""
    values: Values = []
    at = 0
    while at < len(record):
        found = FIELD.match(record, at)
        if not found:
            raise ValueError(f"{record[at : at + 40]!r} is not a value of a CSV")
        text, number, _ = found.groups()
        values.append(text.replace('""', '"') if text is not None else int(number) if number else None)
        at = found.end()
    return values

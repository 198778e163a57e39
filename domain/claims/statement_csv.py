"""Statements as spreadsheets save them: a header with Chinese or English names, a row for each resident."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.claims.batch import ReadRow
from domain.claims.claimant import named
from domain.claims.statement import Statement, checked_statement
from domain.people.naming import ByPhone
from domain.refusals import InvalidInput, Refusal
from storage.instants import EPOCH

MAX_ROWS = 500
MAX_BYTES = 256 * 1024  # in UTF-8
MOST_BYTES = 2 * MAX_BYTES  # in any encoding: GB18030 writes some letters with four bytes that UTF-8 writes with two
PATH = ("csv",)
# The names under which a column may stand in the header, capitals and gaps aside. Other columns are passed over.
COLUMNS = {
    "phone": ("手机号", "手机号码", "phone"),
    "account": ("账号", "帐号", "account"),
    "figure": ("积分", "figure"),
    "date": ("日期", "date"),
    "photo_sha256": ("照片", "photo_sha256"),
}
OPTIONAL = {"photo_sha256"}
ENCODINGS = ("utf-8-sig", "gb18030")  # what spreadsheets on Chinese Windows save, if not UTF-8
LONGEST_CELL = 40  # of figures and days
FIGURE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12}) ?分?", re.ASCII)
DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?(?: 0?0:00(?::00)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row by the number that a spreadsheet shows beside it (the header's is 1), and what could be read of it."""

    number: int
    read: ReadRow | Refusal


def decode_statements(content: bytes) -> str:
    """The text of a file in UTF-8, or else in GB18030. Raises InvalidInput."""
    if len(content) > MOST_BYTES:
        raise InvalidInput(reason="csv_too_long", values={"limit": MAX_BYTES // 1024}, path=PATH)
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(reason="csv_encoding", path=PATH)


def read_statements(text: str) -> list[NumberedRow]:
    """The rows of a file that say something. Some 50 ms of computing for 500 phone numbers.

    Raises InvalidInput for a file that is too long, is no CSV, lacks a column or has it twice, or has no row or more than 500.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidInput(reason="csv_too_long", values={"limit": MAX_BYTES // 1024}, path=PATH)
    records = list(filled_records(text))
    if not records:
        raise InvalidInput(reason="csv_empty", path=PATH)
    places = places_of(records[0][1])
    if not 1 <= len(records) - 1 <= MAX_ROWS:
        raise InvalidInput(reason="list_length_out_of_range", values={"least": 1, "most": MAX_ROWS}, path=PATH)
    return [NumberedRow(number, read_record(number, cells, places)) for number, cells in records[1:]]


def filled_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows in which anything is written, with their numbers. Raises InvalidInput."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise InvalidInput(reason="csv_malformed", values={"row": number + 1}, path=PATH) from None
        if cells is None:
            return
        number += 1
        if any(cell.strip() for cell in cells):
            yield number, cells


def places_of(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises InvalidInput."""
    names = [unicodedata.normalize("NFKC", cell[:LONGEST_CELL]).strip().casefold() for cell in header]
    places: dict[str, int] = {}
    for column, allowed in COLUMNS.items():
        found = [place for place, name in enumerate(names) if name in allowed]
        if len(found) > 1:
            raise InvalidInput(reason="csv_column_twice", values={"column": allowed[0]}, path=PATH)
        if found:
            places[column] = found[0]
        elif column not in OPTIONAL:
            raise InvalidInput(reason="csv_column_missing", values={"column": allowed[0], "name": column}, path=PATH)
    return places


def read_record(number: int, cells: Sequence[str], places: dict[str, int]) -> ReadRow | Refusal:
    """What a row says, or why that cannot be read."""
    path = (*PATH, str(number))
    given = {column: cells[place].strip() if place < len(cells) else "" for column, place in places.items()}
    try:
        who = named(ByPhone(given["phone"]), EPOCH, *path)
        statement = Statement(
            figure_of(given["figure"], *path, "figure"),
            day_of(given["date"], *path, "seenOn"),
            given["account"],
            given.get("photo_sha256") or None,
        )
        return ReadRow(path, who, checked_statement(statement, *path))
    except Refusal as refusal:
        return refusal


def figure_of(cell: str, *path: str) -> int:
    """'1500', '1,500' or '1500分'. Raises InvalidInput."""
    found = FIGURE.fullmatch(plain(cell))
    if found is None:
        raise InvalidInput(reason="csv_figure", path=path)
    return int(found[1].replace(",", ""))


def day_of(cell: str, *path: str) -> date:
    """'2024-01-12', '2024/1/12', '2024年1月12日'. Raises InvalidInput."""
    found = DAY.fullmatch(plain(cell))
    if found is None:
        raise InvalidInput(reason="csv_date", path=path)
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        raise InvalidInput(reason="csv_date", path=path) from None


def plain(cell: str) -> str:
    """With plain digits and signs; what is too long for a figure or a day is cut, and so is neither."""
    return unicodedata.normalize("NFKC", cell[: LONGEST_CELL + 1])

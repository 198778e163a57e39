"""The tables that make the book, in the order in which their rows can be written, and how a row travels in a file.

All columns travel, those that are added later too. Idempotency keys stay behind: they guard requests to one server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tortoise import fields
from tortoise.models import Model

from ledger import models

FORMAT = "xuexi-book-1"
FILE = "book.jsonl"
ROWS = "rows.csv"  # beside the CSVs: how many rows each table has, the last line of the other form


class BookRefused(Exception):
    """A book cannot be written or taken in; the message says why, for the operator."""


@dataclass(frozen=True)
class BookTable:
    """A table. `parts` are conditions: rows of a later part may name rows of an earlier one."""

    model: type[Model]
    parts: tuple[str, ...] = ("1 = 1",)

    @property
    def name(self) -> str:
        name: str = self.model._meta.db_table
        return name

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """In the model's order, the id first."""
        projection = self.model._meta.fields_db_projection
        return tuple(projection[name] for name in self.model._meta.fields_map if name in projection)

    @cached_property
    def _packed(self) -> frozenset[str]:
        """Columns of bytes, which travel in hex."""
        kept = self.model._meta
        return frozenset(
            kept.fields_db_projection[name]
            for name, field in kept.fields_map.items()
            if isinstance(field, fields.BinaryField)
        )

    def to_file(self, row: Sequence[Any]) -> dict[str, Any]:
        """A row as the files have it: bytes in hex, instants in microseconds since 1970."""
        values = dict(zip(self.columns, row, strict=True))
        return {name: bytes(value).hex() if name in self._packed else value for name, value in values.items()}

    def from_file(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """A row as the database has it. Raises KeyError, ValueError, TypeError."""
        if values.keys() != set(self.columns):
            raise ValueError(f"the columns of {self.name} are {', '.join(self.columns)}")
        return tuple(bytes.fromhex(values[name]) if name in self._packed else values[name] for name in self.columns)

    def insert(self) -> str:
        """The statement that writes a row. A fresh database has programmes already; they become those of the book."""
        marks = ", ".join("?" * len(self.columns))
        sql = f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({marks})"
        if self.model is not models.Programme:
            return sql
        changes = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name != "code")
        return f"{sql} ON CONFLICT (code) DO UPDATE SET {changes}"


TABLES = (
    BookTable(models.Programme),
    BookTable(models.Account, ("merged_into_id IS NULL", "merged_into_id IS NOT NULL")),
    BookTable(models.AccountChange),
    BookTable(models.Transfer, ("reverses_id IS NULL", "reverses_id IS NOT NULL")),
    BookTable(models.Entry),
    BookTable(models.Hold),
    BookTable(models.Seal),
)

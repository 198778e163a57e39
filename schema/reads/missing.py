"""Rows that were promised and are not there, or not in time."""

from __future__ import annotations

from typing import Any


class NullInNonNull(Exception):
    """A row that was promised is not there. `keys` lead to it from the row that was asked for, as far as no list is between."""

    def __init__(self, field: str, keys: tuple[str, ...]) -> None:
        super().__init__(f"Cannot return null for non-nullable field {field}.")
        self.keys = keys


class ReadTooLate(Exception):
    """What an event shows could not be read in the time that an answer may take."""


def missing(field: str, keys: tuple[str, ...]) -> Any:
    raise NullInNonNull(field, keys)

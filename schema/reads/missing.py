"""What a builder does where a row was promised and is not there."""

from __future__ import annotations

from typing import Any


class NullInNonNull(Exception):
    """A row that was promised is not there. `keys` lead to it from the row that was asked for, as far as no list is between."""

    def __init__(self, field: str, keys: tuple[str, ...]) -> None:
        super().__init__(f"Cannot return null for non-nullable field {field}.")
        self.keys = keys


def missing(field: str, keys: tuple[str, ...]) -> Any:
    raise NullInNonNull(field, keys)

"""Column types of our own for the Tortoise models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise.fields.base import Field

from storage.instants import from_micros, to_micros


class InstantField(Field[datetime], datetime):
    """An aware datetime, kept as a 64-bit number of microseconds since 1970 (UTC)."""

    SQL_TYPE = "BIGINT"

    def to_db_value(self, value: Any, instance: Any) -> int | None:
        return value if value is None or isinstance(value, int) else to_micros(value)

    def to_python_value(self, value: Any) -> datetime | None:
        return from_micros(value) if isinstance(value, int) else value

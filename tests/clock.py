"""The present of every test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOW = datetime(2024, 1, 12, 1, 30, tzinfo=UTC)


def later(**by: float) -> datetime:
    """NOW and some more: `later(minutes=5)`."""
    return NOW + timedelta(**by)

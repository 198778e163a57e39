"""Idempotency keys: one row of numbers for all builders, so that no two of them hand out the same key."""

from __future__ import annotations

from itertools import count

numbers = count(1)


def a_key() -> str:
    """An idempotency key that nobody used."""
    return f"key-{next(numbers)}"

"""Reads that may take their time: whoever is in a hurry is not put behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_leisure: ContextVar[bool] = ContextVar("leisure", default=False)


@contextmanager
def at_leisure() -> Iterator[None]:
    """What is read inside takes its time."""
    token = _leisure.set(True)
    try:
        yield
    finally:
        _leisure.reset(token)


def is_at_leisure() -> bool:
    """Whether whoever reads has time."""
    return _leisure.get()

"""Figures and lists that must keep within limits."""

from __future__ import annotations

from collections.abc import Sized

from domain.refusals import InvalidInput


def check_range(figure: int, least: int, most: int, *path: str) -> None:
    """Raises InvalidInput at `path` unless least <= figure <= most."""
    if not least <= figure <= most:
        raise InvalidInput(reason="number_out_of_range", values={"least": least, "most": most}, path=path)


def check_length(items: Sized, least: int, most: int, *path: str) -> None:
    """Raises InvalidInput at `path` unless there are `least` to `most` items."""
    if not least <= len(items) <= most:
        raise InvalidInput(reason="list_length_out_of_range", values={"least": least, "most": most}, path=path)

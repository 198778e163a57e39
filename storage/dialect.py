"""The few places where the two engines' SQL differs. Everything else is written once, with `?` for parameters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Dialect = Literal["sqlite", "postgres"]

_QUOTED_OR_PLACEHOLDER = re.compile(r"'[^']*'|\?")


@lru_cache(maxsize=4096)
def numbered(sql: str) -> str:
    """The statement with `?` turned into `$1`, `$2`, ... as PostgreSQL wants them."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] != "?":
            return match[0]
        count += 1
        return f"${count}"

    return _QUOTED_OR_PLACEHOLDER.sub(number, sql)


def in_ids(dialect: Dialect) -> str:
    """`IN` one parameter that is a list of integers: the statement stays the same however long the list."""
    if dialect == "sqlite":
        return "IN (SELECT value FROM json_each(?))"
    return "= ANY(CAST(? AS bigint[]))"


def in_texts(dialect: Dialect) -> str:
    """`IN` one parameter that is a list of texts."""
    if dialect == "sqlite":
        return "IN (SELECT value FROM json_each(?))"
    return "= ANY(CAST(? AS text[]))"


def in_like(text: str) -> str:
    """A text that `LIKE ... ESCAPE '!'` finds as it is."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")

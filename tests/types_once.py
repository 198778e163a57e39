"""What a type of PostgreSQL's own is made of, asked once a process: asyncpg asks once a connection, and a test opens several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg

FIRST_OF_A_DATABASE = 16384  # PostgreSQL's own types have smaller numbers, and are the same in every database


def look_at_types_once() -> None:
    asked: dict[tuple[int, ...], Any] = {}
    look = asyncpg.Connection._introspect_types

    async def look_once(self: Any, typeoids: Iterable[int], patience_s: float | None) -> Any:
        key = tuple(sorted(typeoids))
        if key not in asked:
            answer = await look(self, typeoids, patience_s)
            if key[-1] >= FIRST_OF_A_DATABASE:
                return answer
            asked[key] = answer
        return asked[key]

    asyncpg.Connection._introspect_types = look_once

"""From what columns hold to what JSON shows. The same few instants and ids come again and again, so their texts are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from schema.ids import encode_id
from storage.instants import EPOCH

KEPT = 8192


class Memo(dict[Any, Any]):
    """Remembers what a function makes of a value, for at most KEPT values. `memo[None]` is None."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, value: Any) -> Any:
        if value is None:
            return None
        if len(self) >= KEPT:
            self.clear()
        made = self[value] = self.make(value)
        return made


def instant_text(micros: int) -> str:
    """An instant as ISO 8601 in UTC; a fraction is shown where there is one."""
    return (EPOCH + timedelta(microseconds=micros)).isoformat().removesuffix("+00:00") + "Z"


INSTANTS = Memo(instant_text)


@cache
def ids_of(type_name: str) -> Memo:
    """The global ids of a type by their numbers."""
    return Memo(partial(encode_id, type_name))

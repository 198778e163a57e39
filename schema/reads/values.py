"""From what columns hold to what JSON shows. The same few instants come again and again, so their texts are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from schema.ids import encode_id
from storage.instants import EPOCH

KEPT = 32_768
MINUTE = 60_000_000


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


def minute_text(minutes: int) -> str:
    """A minute since 1970 as ISO 8601, up to the seconds."""
    return (EPOCH + timedelta(minutes=minutes)).isoformat()[: len("2024-01-12T12:00:")]


MINUTES = Memo(minute_text)


def instant_text(micros: int) -> str:
    """An instant as ISO 8601 in UTC; a fraction is shown where there is one."""
    minutes, rest = divmod(micros, MINUTE)
    seconds, fraction = divmod(rest, 1_000_000)
    return f"{MINUTES[minutes]}{seconds:02}.{fraction:06}Z" if fraction else f"{MINUTES[minutes]}{seconds:02}Z"


INSTANTS = Memo(instant_text)


@cache
def ids_of(type_name: str) -> Callable[[int], str]:
    """The global ids of a type by their numbers. Making one costs no more than remembering it."""
    return partial(encode_id, type_name)

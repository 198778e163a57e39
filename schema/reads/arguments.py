"""Arguments of declared fields: what the SDL says of them, how they are checked, what the database gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from schema.ids import decode_id
from schema.reads.asking import Language
from storage.instants import to_micros


class Text(NamedTuple):
    """A sentence for a person, in both languages."""

    zh: str
    en: str

    def said_in(self, language: Language) -> str:
        return self.zh if language == "zh-CN" else self.en


Check = Callable[[Any], Text | None]


@dataclass(frozen=True)
class Argument:
    """An argument of a declared field. Make it with `argument()`."""

    type: Any
    description: str
    default: Any
    check: Check | None
    id_of: str | None

    def for_strawberry(self, name: str) -> StrawberryArgument:
        annotation = StrawberryAnnotation(self.type)
        return StrawberryArgument(name, None, annotation, description=self.description, default=self.default)


def argument(
    type_: Any,
    description: str,
    *,
    default: Any = strawberry.UNSET,
    check: Check | None = None,
    id_of: str | None = None,
) -> Any:
    """Declare an argument. In SQL it is `:name`.

    `check` gets the value and returns what is wrong with it, or None; its answer becomes INVALID_INPUT before anything runs.
    `id_of` names the type whose global ids are meant: SQL then gets the number, or NULL for any other id.
    """
    return Argument(type_, description, default, check, id_of)


def to_database(value: Any) -> Any:
    """A Python value as columns hold it: instants as microseconds, enums by name, booleans as 0 and 1."""
    match value:
        case bool():
            return int(value)
        case Enum():
            return value.name
        case datetime():
            return to_micros(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return [to_database(item) for item in value]
        case _:
            return None if value is strawberry.UNSET else value


def database_values(arguments: dict[str, Argument], values: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call as SQL gets them; what was left out is NULL."""
    database: dict[str, Any] = {}
    for name, declared in arguments.items():
        value = values.get(name)
        database[name] = id_number(value, declared.id_of) if declared.id_of else to_database(value)
    return database


def id_number(global_id: Any, type_name: str) -> int | None:
    found = decode_id(global_id) if isinstance(global_id, str) else None
    return found.number if found and found.type_name == type_name else None

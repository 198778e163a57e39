"""What may change of a schema that front-ends have generated code from: additions, and nothing else without notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

#: The schema as it was last released (`python -m api export-schema --release`).
RELEASED = Path(__file__).with_name("released.graphql")
REMOVED = re.compile(r"(?:Field|Enum value|Argument) ([\w.]+)(?:\((\w+):\))? was removed\.")
NOTICE = re.compile(r"Until (\d{4}-\d{2}-\d{2}): \S.{9,}")


def problems_of_change(released: str, present: str, today: date) -> list[str]:
    """What front-ends would break of, and deprecations that do not say until when and what to use instead.

    What was deprecated, and whose day is over, may go.
    """
    before, now = build_schema(released), build_schema(present)
    may_go = {place for place, reason in deprecations(before) if (until := day_of(reason)) and until < today}
    broken = [
        f"{change.type.name}: {change.description}"
        for change in find_breaking_changes(before, now)
        if removed_in(change.description) not in may_go
    ]
    unclear = [
        f"{place} is deprecated without a day and a reason, as in 'Until 2026-12-31: use other instead.'"
        for place, reason in deprecations(now)
        if day_of(reason) is None
    ]
    return broken + unclear


def removed_in(description: str) -> str | None:
    """What was removed, as Type.field or Type.field.argument; None where something else happened."""
    found = REMOVED.fullmatch(description)
    return ".".join(filter(None, found.groups())) if found else None


def day_of(reason: str) -> date | None:
    """The last day of what is deprecated; None where the reason names none."""
    found = NOTICE.fullmatch(reason)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def deprecations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Each deprecated field, input field, argument and enum value, as Type.field, with the reason."""
    for type_ in schema.type_map.values():
        for name, reason in members(type_):
            if reason is not None:
                yield f"{type_.name}.{name}", reason


def members(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    if isinstance(type_, GraphQLEnumType):
        yield from ((name, value.deprecation_reason) for name, value in type_.values.items())
    elif isinstance(type_, GraphQLInputObjectType):
        yield from ((name, each.deprecation_reason) for name, each in type_.fields.items())
    elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, each in type_.fields.items():
            yield name, each.deprecation_reason
            yield from ((f"{name}.{argument}", given.deprecation_reason) for argument, given in each.args.items())

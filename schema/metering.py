"""Which acts of a mutation are counted (meter.py), however they are packed: rows of a list, aliases, operations of a socket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from strawberry.extensions import FieldExtension

from schema.context import Info
from schema.inputs.redemption import ScanInput

CODES = ("member_code", "check_out_member_code")


class MeteredByAddress(FieldExtension):
    """Each call is an act of the address it comes from."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        context = info.context
        context.meter.take(self.name, context.address, 1, context.now)
        return await next_(source, info, **kwargs)


class MeteredByPerson(FieldExtension):
    """Each member code and each scan in the input is an act of the caller."""

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        context = info.context
        for name, acts in acts_in(kwargs).items():
            context.meter.take(name, context.caller.resident_id, acts, context.now)
        return await next_(source, info, **kwargs)


def acts_in(value: object) -> dict[str, int]:
    """How many member codes and scans an input holds."""
    return Counter(named(value))


def named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inside in value.values():
            yield from named(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from named(inside)
    elif is_dataclass(value):
        if isinstance(value, ScanInput):
            yield "scans"
        for field in fields(value):
            inside = getattr(value, field.name)
            if field.name in CODES and isinstance(inside, str):
                yield "member_codes"
            elif isinstance(inside, list) or is_dataclass(inside):
                yield from named(inside)

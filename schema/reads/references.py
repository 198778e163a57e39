"""Values that resolvers answer and execution.py completes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reference:
    """A row that is still to be read. Make it with `reference()`."""

    type: type
    number: int
    viewer: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer that needs no completion: it goes into the response as it is."""

    value: Any


def reference(type_: type[T], number: int, *, viewer: int | None = None) -> T:
    """Answer a row by its key: its selection is read after the resolver returns, together with all others of the operation
    that are pending. A row that is not there or may not be seen is null.

    `viewer` reads as that resident instead of the one of the context: for the payload of a sign-in.
    """
    return cast(T, Reference(type_, number, viewer))

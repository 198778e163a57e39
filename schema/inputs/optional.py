"""Fields that may be left out. In SDL they have no default; in Python what was left out is None, as where null was sent."""

from __future__ import annotations

import dataclasses
from typing import Any

import strawberry


def optional(description: str, name: str | None = None) -> Any:
    """A field of an input that may be left out. Its class derives from LeftOutIsNull."""
    return strawberry.field(default=strawberry.UNSET, description=description, name=name)


class LeftOutIsNull:
    """Makes None of every field that was left out."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]  # inputs are dataclasses
            if getattr(self, field.name) is strawberry.UNSET:
                setattr(self, field.name, None)

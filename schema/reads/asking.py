"""Who asks, when, and in which language: all that a read may depend on besides its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol

from schema.bounds import Limits
from schema.lane import Lane
from storage.instants import to_micros

Language = Literal["zh-CN", "en"]


@dataclass(frozen=True)
class Asking:
    """`viewer` is the id of the signed-in resident, None when nobody is signed in; `session` that of the session they are in,
    None where they come with a provider's token; `now` is an aware datetime."""

    viewer: int | None
    now: datetime
    language: Language = "zh-CN"
    session: int | None = None

    @cached_property
    def now_micros(self) -> int:
        """`now` as the database keeps instants."""
        return to_micros(self.now)


class AskingContext(Protocol):
    """What the GraphQL context has to offer for reads."""

    @property
    def asking(self) -> Asking: ...

    @property
    def lane_if_dear(self) -> Lane | None: ...

    @property
    def limits(self) -> Limits: ...

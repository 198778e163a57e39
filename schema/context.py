"""What every resolver may know about the request it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import strawberry

from domain.people.caller import Caller
from domain.people.sms import SmsSender
from schema.bounds import Limits
from schema.lane import Bill, Lane
from schema.meter import Allowances, Meter
from schema.reads.asking import Asking, Language

__all__ = ["Context", "Info", "Language"]


def keep_nothing(_: int | None) -> None:
    """For whoever remembers no callers."""


@dataclass(frozen=True)
class Context:
    """Who calls, in which language; and what an act needs from outside: the time, a sender of text messages, randomness."""

    caller: Caller
    language: Language
    clock: Callable[[], datetime]
    sms: SmsSender
    random_bytes: Callable[[int], bytes]
    #: Whether the schema may be asked about itself.
    shows_schema: bool = True
    #: Told when a session ends, so that whoever remembers its caller forgets them.
    session_ended: Callable[[int | None], None] = keep_nothing
    #: Told whose sessions have all ended.
    kept_out: Callable[[int], None] = keep_nothing
    #: What an operation may be at most.
    limits: Limits = field(default_factory=Limits)
    #: Counts what invites guessing, also of those who call from the same address.
    meter: Meter = field(default_factory=lambda: Meter(Allowances()))
    address: str = ""
    #: What the operation costs, once that is known; and where it waits for its turn when it is dear.
    bill: Bill = field(default_factory=Bill)
    lane: Lane = field(default_factory=Lane)

    @property
    def now(self) -> datetime:
        """The present instant, aware. Read anew each time: a subscription lives for hours."""
        return self.clock()

    @property
    def asking(self) -> Asking:
        """What a read may depend on besides its arguments."""
        return Asking(self.caller.resident_id, self.now, self.language, self.caller.session_id)

    @property
    def lane_if_dear(self) -> Lane | None:
        """Where the operation waits for its turn; None for one that is cheap."""
        return self.lane if self.bill.is_dear else None


Info: TypeAlias = strawberry.Info[Context, None]

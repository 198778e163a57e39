"""What the parts of the running program share: settings, and the world passed in (time, randomness, text messages)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from api.arrival import arrival
from api.callers import Callers
from api.clock import Clock, system_clock
from api.documents import Documents
from api.settings import Settings, allowances_of, limits_of
from domain.people.caller import Caller
from domain.people.sms import SmsSender
from schema.bounds import Limits
from schema.context import Context, Language
from schema.lane import Lane
from schema.meter import Meter

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class House:
    """One running program."""

    settings: Settings
    sms: SmsSender
    clock: Clock = system_clock
    random_bytes: RandomBytes = secrets.token_bytes
    callers: Callers = field(default_factory=Callers)
    documents: Documents = field(default_factory=Documents)
    #: Set when the program is about to stop: what would last for ever ends.
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    limits: Limits = field(init=False)
    meter: Meter = field(init=False)
    lane: Lane = field(default_factory=Lane)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", limits_of(self.settings))
        object.__setattr__(self, "meter", Meter(allowances_of(self.settings)))

    def context(self, caller: Caller, language: Language) -> Context:
        """The context of one operation."""
        return Context(
            caller=caller,
            language=language,
            clock=self.clock,
            sms=self.sms,
            random_bytes=self.random_bytes,
            shows_schema=self.settings.shows_schema,
            session_ended=self.callers.forget_session,
            kept_out=self.callers.forget_resident,
            limits=self.limits,
            meter=self.meter,
            lane=self.lane,
            address=arrival().address,
        )

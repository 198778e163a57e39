"""What the parts of the running program share: settings, and the world passed in (time, randomness, text messages)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from api.clock import Clock, system_clock
from api.settings import Settings
from domain.people.caller import Caller
from domain.people.caller_cache import CallerCache
from domain.people.sms import SmsSender
from schema.context import Context, Language

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class House:
    """One running program."""

    settings: Settings
    sms: SmsSender
    clock: Clock = system_clock
    random_bytes: RandomBytes = secrets.token_bytes
    callers: CallerCache = field(default_factory=CallerCache)

    def context(self, caller: Caller, language: Language) -> Context:
        """The context of one operation."""
        return Context(
            caller=caller,
            language=language,
            clock=self.clock,
            sms=self.sms,
            random_bytes=self.random_bytes,
            session_ended=self.callers.forget_session,
        )

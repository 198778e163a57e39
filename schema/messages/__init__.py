"""What is said to people, zh-CN first, English second: words for every code and for every reason a refusal may give."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain.refusals import Refusal
from schema.messages.claims import CLAIMS
from schema.messages.codes import CODES
from schema.messages.earning import EARNING
from schema.messages.inputs import INPUTS
from schema.messages.merging import MERGING
from schema.messages.people import PEOPLE
from schema.messages.privacy import PRIVACY
from schema.messages.redemption import REDEMPTION
from schema.messages.volunteering import VOLUNTEERING
from schema.reads.arguments import Text
from schema.reads.asking import Language

__all__ = ["CODES", "REASONS", "message_of"]

REASONS = MappingProxyType(INPUTS | PEOPLE | EARNING | VOLUNTEERING | REDEMPTION | CLAIMS | MERGING | PRIVACY)
ZONE = ZoneInfo("Asia/Shanghai")


def message_of(refusal: Refusal, language: Language) -> str:
    """What a refusal says to a person: by its reason, where it gives one, else by its code."""
    reason = getattr(refusal, "reason", None)
    text: Text = REASONS[reason] if reason is not None else CODES[refusal.code]
    return text.said_in(language).format_map(figures_of(refusal, language))


def figures_of(refusal: Refusal, language: Language) -> dict[str, object]:
    """What a message may mention: the refusal's own fields, and the values that came with its reason."""
    own = {field.name: getattr(refusal, field.name) for field in fields(refusal)}
    given = own.pop("values", {})
    return {name: readable(value, language) for name, value in (own | given).items()}


def readable(value: object, language: Language) -> object:
    """Instants as a clock on the wall shows them, times to wait as people say them; anything else as it is."""
    match value:
        case datetime():
            return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        case timedelta():
            return wait_in_words(value).said_in(language)
        case _:
            return value


HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def wait_in_words(wait: timedelta) -> Text:
    """How long to wait, rounded up: seconds up to two minutes, minutes up to two hours, then hours."""
    if wait <= 2 * MINUTE:
        return Text(f"{-(-wait // SECOND)} 秒", f"{-(-wait // SECOND)} s")
    if wait <= 2 * HOUR:
        return Text(f"{-(-wait // MINUTE)} 分钟", f"{-(-wait // MINUTE)} min")
    return Text(f"{-(-wait // HOUR)} 小时", f"{-(-wait // HOUR)} h")

"""How those who came are known: ticked off a list, or scanned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.people.caller import Caller
from domain.people.member_code import make_member_code
from domain.people.naming import ById, ByMemberCode
from domain.volunteering.attendee import Attendee

NamedAt = Callable[[datetime], Attendee]  # at the time of the check-in


def picked(_: int, resident: Caller) -> NamedAt:
    """They are ticked off a list."""
    return lambda _: ById(resident.signed_in())


def scanned_mostly(number: int, resident: Caller) -> NamedAt:
    """The code on their phone is scanned; each fifth has left the phone at home, and earns nothing where only scans count."""
    if number % 5 == 0:
        return picked(number, resident)
    return lambda at: ByMemberCode(make_member_code(resident.signed_in(), at).token)

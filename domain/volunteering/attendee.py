"""Who attended, as an organiser's list says it: picked, scanned or told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.people.member_code import verify_member_code
from domain.people.naming import ById, ByMemberCode, ByPhone, Naming, naming_data
from domain.people.phone import parse_phone
from domain.refusals import CodeExpired, Refusal
from domain.volunteering.states import AttendanceMethod

CODE_KEPT_FOR = timedelta(hours=72)  # how long a list may wait for network


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An id that is none: what was written, and what is wrong with it. It spoils its own row only."""

    written: str
    refusal: Refusal


Attendee = Naming | Unreadable


@dataclass(frozen=True, slots=True)
class Named:
    """One person who is looked up by the id or by the number (E.164); `path` is where the input names them."""

    path: tuple[str, ...]
    method: AttendanceMethod
    resident_id: int | None = None
    phone: str | None = field(default=None, repr=False)


def named(attendee: Attendee, checked_in_at: datetime, now: datetime, *path: str) -> Named:
    """Who is meant. Raises the Unreadable's refusal, InvalidInput, CodeExpired."""
    match attendee:
        case ById(resident_id):
            return Named((*path, "residentId"), AttendanceMethod.ORGANISER, resident_id)
        case ByPhone(phone):
            where = (*path, "phone")
            return Named(where, AttendanceMethod.ORGANISER, phone=parse_phone(phone, *where))
        case ByMemberCode(token):
            where = (*path, "memberCode")
            return Named(where, AttendanceMethod.MEMBER_CODE, scanned(token, checked_in_at, now, *where))
        case Unreadable(_, refusal):
            raise refusal.at(*path, "residentId")


def scanned(token: str, at: datetime, now: datetime, *path: str) -> int:
    """Whose code was scanned at `at`. Raises CodeExpired, InvalidInput."""
    if now - at > CODE_KEPT_FOR:
        raise CodeExpired(reason="member_code_kept_too_long", path=path)
    return verify_member_code(token, at, *path)


def attendee_data(attendee: Attendee) -> list[object]:
    """What an idempotency key remembers of an attendee, as JSON data. A number only as its keyed digest."""
    return ["unreadable", attendee.written] if isinstance(attendee, Unreadable) else naming_data(attendee)

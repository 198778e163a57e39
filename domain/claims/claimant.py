"""Whose points page it was: picked, scanned or told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.people.member_code import verify_member_code
from domain.people.phone import parse_phone
from domain.people.phone_seal import phone_digest


@dataclass(frozen=True, slots=True)
class ById:
    """Known by their id."""

    resident_id: int


@dataclass(frozen=True, slots=True)
class ByMemberCode:
    """They stand there and show their code."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ByPhone:
    """They told their number, as it was typed."""

    phone: str = field(repr=False)


Claimant = ById | ByMemberCode | ByPhone


@dataclass(frozen=True, slots=True)
class Named:
    """One person who is looked up by the id or by the number (E.164); `path` is where the input names them."""

    path: tuple[str, ...]
    resident_id: int | None = None
    phone: str | None = field(default=None, repr=False)


def named(claimant: Claimant, now: datetime, *path: str) -> Named:
    """Who is meant. Raises InvalidInput, CodeExpired."""
    match claimant:
        case ById(resident_id):
            return Named((*path, "residentId"), resident_id)
        case ByPhone(phone):
            where = (*path, "phone")
            return Named(where, phone=parse_phone(phone, *where))
        case ByMemberCode(token):
            where = (*path, "memberCode")
            return Named(where, verify_member_code(token, now, *where))


def claimant_data(claimant: Claimant) -> list[object]:
    """What an idempotency key remembers of a claimant, as JSON data. A number only as its keyed digest."""
    match claimant:
        case ById(resident_id):
            return ["residentId", resident_id]
        case ByPhone(phone):
            return ["phone", phone_digest(ascii(phone))]
        case ByMemberCode(token):
            return ["memberCode", token]

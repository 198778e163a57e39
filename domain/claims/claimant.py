"""Whose points page it was: picked, scanned or told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.people.member_code import verify_member_code
from domain.people.naming import ById, ByMemberCode, ByPhone, Naming
from domain.people.phone import parse_phone


@dataclass(frozen=True, slots=True)
class Named:
    """One person who is looked up by the id or by the number (E.164); `path` is where the input names them."""

    path: tuple[str, ...]
    resident_id: int | None = None
    phone: str | None = field(default=None, repr=False)


def named(claimant: Naming, now: datetime, *path: str) -> Named:
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

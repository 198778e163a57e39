"""How staff say whom they mean: picked, scanned, or told."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.people.phone_seal import phone_digest


@dataclass(frozen=True, slots=True)
class ById:
    """Picked from a list."""

    resident_id: int


@dataclass(frozen=True, slots=True)
class ByMemberCode:
    """Scanned from the phone that they showed."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ByPhone:
    """They told their number, as it was typed."""

    phone: str = field(repr=False)


Naming = ById | ByMemberCode | ByPhone


def naming_data(naming: Naming) -> list[object]:
    """What an idempotency key remembers of whom was meant, as JSON data. A number only as its keyed digest."""
    match naming:
        case ById(resident_id):
            return ["residentId", resident_id]
        case ByPhone(phone):
            return ["phone", phone_digest(ascii(phone))]
        case ByMemberCode(token):
            return ["memberCode", token]

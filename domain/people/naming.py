"""How staff say whom they mean: picked, scanned, or told."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from domain.people.keys import current_keys


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
    """What an idempotency key remembers of whom was meant, as JSON data. A number only as a keyed digest, whose key stays when
    those of stored numbers are changed: a retry of years ago is still known."""
    match naming:
        case ById(resident_id):
            return ["residentId", resident_id]
        case ByPhone(phone):
            return ["phone", hmac.new(current_keys().naming, ascii(phone).encode(), hashlib.sha256).hexdigest()]
        case ByMemberCode(token):
            return ["memberCode", token]

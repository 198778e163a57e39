"""Member codes: a code on the resident's screen that changes every 30 seconds and proves who holds the phone.

Nothing is stored. The code says who and when, and a keyed digest over both says that it is ours. A screenshot is worth
nothing a minute later.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from domain.people.keys import current_keys
from domain.refusals import CodeExpired, InvalidInput
from storage.instants import from_micros, to_micros

STEP_MICROS = 30 * 1_000_000
LAYOUT = struct.Struct(">QI")  # the resident's id and the step
DIGEST_BYTES = 18  # 144 bits; with the 12 in front 30 bytes, which base64url writes without padding and in one way only
TOKEN = re.compile(r"[A-Za-z0-9_-]{40}")
STEPS_AFTER = 1  # the last one, for whoever was scanned while it changed
STEPS_AHEAD = 1  # a gate's clock may lag


@dataclass(frozen=True, slots=True)
class MemberCode:
    """What to show, and when the next one is due. A code is taken for one more step of 30 seconds after that."""

    token: str
    expires_at: datetime


def make_member_code(resident_id: int, now: datetime) -> MemberCode:
    """The resident's code of this half minute."""
    step = step_of(now)
    message = LAYOUT.pack(resident_id, step)
    token = urlsafe_b64encode(message + digest_of(message)).decode()
    return MemberCode(token, from_micros((step + 1) * STEP_MICROS))


def verify_member_code(token: str, at: datetime, *path: str) -> int:
    """The id of the resident who showed the code at `at`.

    Raises InvalidInput when it is not ours, CodeExpired when it is of another time, at `path` or ('memberCode',).
    """
    where = path or ("memberCode",)
    if not TOKEN.fullmatch(token):
        raise InvalidInput(reason="member_code_invalid", path=where)
    raw = urlsafe_b64decode(token)
    message, digest = raw[: LAYOUT.size], raw[LAYOUT.size :]
    if not hmac.compare_digest(digest, digest_of(message)):
        raise InvalidInput(reason="member_code_invalid", path=where)
    resident_id, step = LAYOUT.unpack(message)
    if not step - STEPS_AHEAD <= step_of(at) <= step + STEPS_AFTER:
        raise CodeExpired(reason="member_code_expired", path=where)
    return int(resident_id)


def step_of(instant: datetime) -> int:
    """The number of the half minute since 1970."""
    return to_micros(instant) // STEP_MICROS


def digest_of(message: bytes) -> bytes:
    return hmac.new(current_keys().member_code, message, hashlib.sha256).digest()[:DIGEST_BYTES]

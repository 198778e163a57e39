"""Signing in with the code that was sent to a phone. Whoever does so for the first time becomes a resident."""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from domain.people.caller import Caller
from domain.people.disabled import require_enabled
from domain.people.phone import LONGEST_TYPED, parse_phone
from domain.people.phone_seal import phone_digest
from domain.people.randomness import RandomBytes, random_letters
from domain.people.register_resident import NewResident, insert_resident
from domain.people.request_sign_in_code import code_digest
from domain.people.session_tokens import IDLE_LIFETIME, SessionTokens, issue_tokens
from domain.refusals import CodeExpired, CodeIncorrect, Refusal
from domain.text import clean_name
from ledger.accounts import open_wallets
from storage import Transaction, write
from storage.instants import from_micros, to_micros

DEVICE_NAME_LENGTH = 60
SIX_DIGITS = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class SignInWish:
    """A phone as typed, and the code that was sent to it; for which request, and what the device is called, where it says so."""

    phone: str = field(repr=False)
    code: str = field(repr=False)
    request_id: int | None = None
    device_name: str | None = None


async def sign_in(wish: SignInWish, now: datetime, random_bytes: RandomBytes) -> SessionTokens:
    """A session of the phone's owner begins; its tokens. A wrong code costs one of its tries.

    Raises InvalidInput for the phone, CodeIncorrect (also when the tries are used up, and when no code was asked for:
    nobody learns which), CodeExpired for the right code too late or a second time, AccountDisabled.
    """
    phone = parse_phone(wish.phone, "phone")
    name = wish.device_name
    device_name = None if name is None else clean_name(name, "deviceName", limit=DEVICE_NAME_LENGTH)
    code = read_code(wish.code)

    async def body(tx: Transaction) -> SessionTokens | Refusal:
        refusal = await try_code(tx, phone, code, now, wish.request_id)
        if refusal:
            return refusal  # returned, not raised: the try it cost must be committed
        resident_id = await resident_of(tx, phone, now, random_bytes)
        await require_enabled(tx, resident_id)
        return await begin_session(tx, NewSession(resident_id, device_name), now, random_bytes)

    outcome = await write(body)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def read_code(typed: str) -> str:
    """The six digits, typed with or without spaces, in whatever width. Raises CodeIncorrect at ('code',)."""
    # no more than a code with spaces may take: to normalise a megabyte can take minutes (domain/text.py)
    code = "".join(unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).split())
    if len(typed) > LONGEST_TYPED or not SIX_DIGITS.fullmatch(code):
        raise CodeIncorrect(path=("code",))
    return code


# Counting the try comes first and takes the row's lock: a thousand guesses at once get no more than five.
TAKE_TRY = """UPDATE sign_in_codes SET tries_left = tries_left - 1 WHERE phone_digest = ? AND tries_left > 0
    RETURNING id, code_digest, expires_at, used_at"""


async def try_code(
    tx: Transaction, phone: str, code: str, now: datetime, request_id: int | None = None
) -> Refusal | None:
    """None when the code is right and now used; otherwise why it does not count. `request_id`: for which request it has to be."""
    row = await tx.fetch_one(TAKE_TRY, phone_digest(phone))
    if row is None:
        return CodeIncorrect(path=("code",))
    code_id, expected, expires_at, used_at = row
    if request_id not in (None, code_id):
        return CodeIncorrect(path=("code",))
    if not hmac.compare_digest(expected, code_digest(code_id, phone, code)):
        return CodeIncorrect(path=("code",))
    if used_at is not None or from_micros(expires_at) <= now:
        return CodeExpired(path=("code",))
    await tx.execute("UPDATE sign_in_codes SET used_at = ? WHERE id = ?", to_micros(now), code_id)
    return None


async def resident_of(tx: Transaction, phone: str, now: datetime, random_bytes: RandomBytes) -> int:
    """The phone's owner, registered now if need be, with a wallet in every programme there is by now."""
    resident_id = await owner_of(tx, phone)
    if resident_id is None:
        new = NewResident(display_name=first_name(random_bytes), phone=phone)
        resident_id = await insert_resident(tx, new, now, random_bytes)
    if resident_id is None:  # somebody registered the number between our look and our insert
        resident_id = await owner_of(tx, phone)
    assert resident_id, "a number that is taken has an owner"
    await open_wallets(tx, resident_id, now)
    return resident_id


async def owner_of(tx: Transaction, phone: str) -> int | None:
    """Who signs in with it: where its owner was merged into somebody, they."""
    sql = "SELECT COALESCE(merged_into_id, id) FROM residents WHERE phone_digest = ?"
    resident_id: int | None = await tx.fetch_value(sql, phone_digest(phone))
    return resident_id


def first_name(random_bytes: RandomBytes) -> str:
    """What a newcomer is called until they say otherwise. Nothing of the phone number: everybody may see names."""
    return f"新居民{random_letters(4, random_bytes)}"


INSERT_SESSION = "INSERT INTO sessions (id, resident_id, device_name, created_at, expires_at) VALUES (?, ?, ?, ?, ?)"

FORGET_OLD_TOKENS = """DELETE FROM session_tokens WHERE session_id IN (
    SELECT id FROM sessions WHERE resident_id = ? AND expires_at <= ?)"""


@dataclass(frozen=True, slots=True)
class NewSession:
    """Whose session it is, and what the device is called."""

    resident_id: int
    device_name: str | None = None


async def begin_session(tx: Transaction, new: NewSession, now: datetime, random_bytes: RandomBytes) -> SessionTokens:
    """A new session of the resident; tokens of those that ran out are gone."""
    await tx.execute(FORGET_OLD_TOKENS, new.resident_id, to_micros(now))
    session_id, end = tx.new_id(), now + IDLE_LIFETIME
    await tx.execute(INSERT_SESSION, session_id, new.resident_id, new.device_name, to_micros(now), to_micros(end))
    return await issue_tokens(tx, Caller(new.resident_id, session_id), now, random_bytes)

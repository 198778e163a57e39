"""Sending a code to a phone, with which its owner signs in.

One code for each phone: a new one takes the place of the last. The answer is the same for known and unknown numbers.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from domain.people.keys import current_keys
from domain.people.phone import parse_phone
from domain.people.phone_seal import phone_digest
from domain.people.randomness import RandomBytes, random_digits
from domain.people.sms import SmsSender
from domain.refusals import RateLimited
from storage import Transaction, write
from storage.instants import from_micros, to_micros

DIGITS = 6
LIFETIME = timedelta(minutes=5)
TRIES = 5
WAIT = timedelta(seconds=60)
DAY = timedelta(days=1)
CODES_A_DAY = 10  # counted from the first; with TRIES it bounds how often a phone's code can be guessed at


@dataclass(frozen=True, slots=True)
class SentCode:
    """For which request the code is good, and until when."""

    request_id: int
    expires_at: datetime


async def request_sign_in_code(phone: str, now: datetime, sms: SmsSender, random_bytes: RandomBytes) -> SentCode:
    """A code is on its way to the phone. The number is not looked for, so known and unknown ones cannot differ.

    Raises InvalidInput, RateLimited, and whatever the sender raises: then no code stands and another may be asked for
    at once, but the day's count stays as it is (a sender that fails must not lift the bound on guesses).
    """
    number = parse_phone(phone, "phone")
    code = random_digits(DIGITS, random_bytes)

    async def body(tx: Transaction) -> int:
        await keep_limits(tx, phone_digest(number), now)
        return await replace_code(tx, number, code, now)

    code_id = await write(body)
    try:
        await sms.send(number, text_of(code))
    except Exception:
        await withdraw(code_id, phone_digest(number), now)
        raise
    return SentCode(code_id, now + LIFETIME)


def text_of(code: str) -> str:
    """What the person reads."""
    minutes = LIFETIME // timedelta(minutes=1)
    return f"您的登录验证码是 {code}，{minutes} 分钟内有效，请勿告诉他人。如非本人操作，请忽略本短信。"


# The guard is in the statement that counts, so of ten at once only one gets through.
COUNT = """INSERT INTO sign_in_limits (id, phone_digest, last_sent_at, day_began_at, sent_that_day)
    VALUES (?, ?, ?, ?, 1)
    ON CONFLICT (phone_digest) DO UPDATE SET
        last_sent_at = excluded.last_sent_at,
        day_began_at = CASE WHEN sign_in_limits.day_began_at <= ? THEN excluded.day_began_at
            ELSE sign_in_limits.day_began_at END,
        sent_that_day = CASE WHEN sign_in_limits.day_began_at <= ? THEN 1 ELSE sign_in_limits.sent_that_day + 1 END
    WHERE sign_in_limits.last_sent_at <= ?
        AND (sign_in_limits.day_began_at <= ? OR sign_in_limits.sent_that_day < ?)"""


async def keep_limits(tx: Transaction, digest: str, now: datetime) -> None:
    """Count one more code for the phone. Raises RateLimited."""
    at, day_ago = to_micros(now), to_micros(now - DAY)
    last_before = to_micros(now - WAIT)
    values = (tx.new_id(), digest, at, at, day_ago, day_ago, last_before, day_ago, CODES_A_DAY)
    if not await tx.execute(COUNT, *values):
        raise RateLimited(retry_after=timedelta(seconds=await seconds_to_wait(tx, digest, now)))


async def seconds_to_wait(tx: Transaction, digest: str, now: datetime) -> int:
    """Until both limits let another code through."""
    sql = "SELECT last_sent_at, day_began_at, sent_that_day FROM sign_in_limits WHERE phone_digest = ?"
    row = await tx.fetch_one(sql, digest)
    assert row, "what refused to count is there"
    free_at = from_micros(row[0]) + WAIT
    if row[2] >= CODES_A_DAY:
        free_at = max(free_at, from_micros(row[1]) + DAY)
    return max(1, ceil((free_at - now).total_seconds()))


INSERT_CODE = """INSERT INTO sign_in_codes (id, phone_digest, code_digest, created_at, expires_at, tries_left)
    VALUES (?, ?, ?, ?, ?, ?)"""


async def replace_code(tx: Transaction, phone: str, code: str, now: datetime) -> int:
    """The phone's one code is this one; its id."""
    digest, code_id = phone_digest(phone), tx.new_id()
    await tx.execute("DELETE FROM sign_in_codes WHERE phone_digest = ?", digest)
    values = (code_id, digest, code_digest(code_id, phone, code), to_micros(now), to_micros(now + LIFETIME), TRIES)
    await tx.execute(INSERT_CODE, *values)
    return code_id


def code_digest(code_id: int, phone: str, code: str) -> str:
    """HMAC-SHA256 of a code, good for one phone and one request only."""
    text = f"{code_id} {phone} {code}"
    return hmac.new(current_keys().sign_in_code, text.encode(), hashlib.sha256).hexdigest()


async def withdraw(code_id: int, digest: str, now: datetime) -> None:
    """A code that was not sent is gone, and so is the wait for the next one."""

    async def body(tx: Transaction) -> None:
        sql = "UPDATE sign_in_limits SET last_sent_at = ? WHERE phone_digest = ? AND last_sent_at = ?"
        await tx.execute(sql, to_micros(now - WAIT), digest, to_micros(now))
        await tx.execute("DELETE FROM sign_in_codes WHERE id = ?", code_id)

    await write(body)

"""Asking twice does it once. A key belongs to its caller and lives in the same transaction as what it guards, for good.

Same key, same input: the first answer again. Same key, other input: KeyReused. Two at once: one waits, then gets the
first one's answer. A refusal rolls the key back, so that the same key may succeed once the cause is mended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.refusals import InvalidInput, KeyReused
from storage import Transaction
from storage.instants import to_micros

MAX_KEY_LENGTH = 200
PATH = ("idempotencyKey",)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a caller wants done once: `act` names the kind of wish, `wish` is all of its input as plain JSON data."""

    caller_id: int
    key: str
    act: str
    wish: Mapping[str, Any]

    def digest(self) -> str:
        """SHA-256 over the act and the input in canonical JSON."""
        text = json.dumps([self.act, self.wish], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


CLAIM = """INSERT INTO idempotency_keys (id, caller_id, key, act, digest, answer, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (caller_id, key) DO NOTHING"""


async def claim(tx: Transaction, intent: Intent, answer: Any, now: datetime) -> Any | None:
    """None when this is the first time: the key is taken and will give `answer` (JSON, not null). Otherwise the first answer.

    Must be the transaction's first statement, so that two at once wait for one another. Raises InvalidInput for a key that is
    empty, longer than 200 characters or not printable, KeyReused.
    """
    check_key(intent.key)
    digest = intent.digest()
    values = (tx.new_id(), intent.caller_id, intent.key, intent.act, digest, json.dumps(answer), to_micros(now))
    if await tx.execute(CLAIM, *values):
        return None
    row = await tx.fetch_one(
        "SELECT digest, answer FROM idempotency_keys WHERE caller_id = ? AND key = ?", intent.caller_id, intent.key
    )
    assert row, "a key that is taken is there"
    if row[0] != digest:
        raise KeyReused(path=PATH)
    first_answer = json.loads(row[1])
    assert first_answer is not None, "None would mean that the key is new"
    return first_answer


def check_key(key: str) -> None:
    """Raises InvalidInput."""
    if not 0 < len(key.strip()) <= len(key) <= MAX_KEY_LENGTH:
        raise InvalidInput(reason="idempotency_key_length", values={"limit": MAX_KEY_LENGTH}, path=PATH)
    if not key.isprintable():  # a lone surrogate or a NUL can be kept by no database
        raise InvalidInput(reason="idempotency_key_characters", path=PATH)


async def set_answer(tx: Transaction, intent: Intent, answer: Any) -> None:
    """Replace the answer of a key claimed in this transaction, where it was not known beforehand."""
    sql = "UPDATE idempotency_keys SET answer = ? WHERE caller_id = ? AND key = ?"
    await tx.execute(sql, json.dumps(answer), intent.caller_id, intent.key)

"""Settling an alarm: somebody looked into it and says what they found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import AlreadyDecided, NotFound
from domain.text import REASON_LENGTH, clean_text
from domain.viewer_sql import for_viewer
from domain.volunteering.visibility import sees_alarm
from ledger.idempotency import Intent, claim
from storage import Transaction, write
from storage.instants import to_micros

ALARM = ("alarmId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleAlarmWish:
    """Which alarm, and what was found out."""

    alarm_id: int
    note: str
    idempotency_key: str


async def settle_alarm(caller: Caller, wish: SettleAlarmWish, now: datetime) -> int:
    """The alarm is settled, with the note, by the caller; its id. What it is about stays as it is.

    For whoever may see it, which those whom it is about may not. Asking again with the same key answers the same. Raises
    Unauthenticated, InvalidInput (the note), InvalidInput and KeyReused (the key), NotFound, AlreadyDecided.
    """
    settler_id = caller.signed_in()
    note = clean_text(wish.note, "note", limit=REASON_LENGTH)
    intent = Intent(settler_id, wish.idempotency_key, "settle_alarm", {"alarmId": wish.alarm_id, "note": note})

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.alarm_id, now) is None:
            await find_seen(tx, settler_id, wish.alarm_id)
            if not await tx.execute(SETTLE, to_micros(now), settler_id, note, wish.alarm_id):
                raise AlreadyDecided(path=ALARM)
        return wish.alarm_id

    return await write(body)


SETTLE = "UPDATE alarms SET settled_at = ?, settled_by_id = ?, note = ? WHERE id = ? AND settled_at IS NULL"
SEES = f"SELECT CASE WHEN {sees_alarm('t')} THEN 1 ELSE 0 END FROM alarms t WHERE t.id = ?"


async def find_seen(tx: Transaction, settler_id: int, alarm_id: int) -> None:
    """Raises NotFound."""
    sql, viewers = for_viewer(SEES, settler_id)
    if not await tx.fetch_value(sql, *viewers, alarm_id):
        raise NotFound(path=ALARM)

"""Asking for a place in a shift."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.refusals import NotFound
from domain.viewer_sql import for_viewer
from domain.volunteering.counts import STARTS_WAITING, TAKES_PLACE, change_counts
from domain.volunteering.eligibility import FACTS, SHIFT, SignUpFacts, facts_of, has_place, reasons_not_to_sign_up
from domain.volunteering.locks import lock_resident
from domain.volunteering.states import SignUpStatus
from domain.volunteering.visibility import sees_part_of_activity
from storage import Transaction, write
from storage.instants import to_micros


async def sign_up(caller: Caller, shift_id: int, now: datetime) -> int:
    """The caller has a place in the shift, or waits for one in order of arrival; the sign-up's id.

    Never more places are taken than the shift and the activity have. Raises Unauthenticated, NotFound,
    ActivityCancelled, NotOpen, AlreadySignedUp, Conflict (a shift at the same time), ShiftFull (so is the waiting list).
    """
    resident_id = caller.signed_in()

    async def body(tx: Transaction) -> int:
        await lock_resident(tx, resident_id)
        activity_id, arrival = await arrive(tx, shift_id)
        facts = await find_facts(tx, shift_id, resident_id)
        for reason in reasons_not_to_sign_up(facts, now):
            raise reason
        sign_up_id, confirmed = tx.new_id(), has_place(facts)
        status = SignUpStatus.CONFIRMED if confirmed else SignUpStatus.WAITLISTED
        confirmed_at = to_micros(now) if confirmed else None
        await change_counts(tx, activity_id, shift_id, TAKES_PLACE if confirmed else STARTS_WAITING)
        row = (sign_up_id, activity_id, shift_id, resident_id, status.value, arrival, to_micros(now), confirmed_at)
        await tx.execute(INSERT, *row)
        tx.announce(f"activity:{activity_id}")
        return sign_up_id

    return await write(body)


# This locks the activity: people arrive one after the other, and what is read about it after this stays true.
ARRIVE = """UPDATE activities SET arrivals = arrivals + 1 WHERE id = (SELECT s.activity_id FROM shifts s WHERE s.id = ?)
    RETURNING id, arrivals"""

INSERT = """INSERT INTO sign_ups (id, activity_id, shift_id, resident_id, status, arrival, created_at, confirmed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""

SELECT_FACTS = f"""SELECT {", ".join(FACTS.values())}, CASE WHEN {sees_part_of_activity("{t}")} THEN 1 ELSE 0 END
    FROM shifts s WHERE s.id = ?""".replace("{t}", "s")


async def arrive(tx: Transaction, shift_id: int) -> tuple[int, int]:
    """The shift's activity, locked, and the caller's number in the order of arrival. Raises NotFound."""
    row = await tx.fetch_one(ARRIVE, shift_id)
    if row is None:
        raise NotFound(path=SHIFT)
    return row[0], row[1]


async def find_facts(tx: Transaction, shift_id: int, resident_id: int) -> SignUpFacts:
    """What decides. Raises NotFound where the resident may not know of the shift."""
    sql, viewers = for_viewer(SELECT_FACTS, resident_id)
    row = await tx.fetch_one(sql, *viewers, shift_id)
    assert row, "a shift that has an activity is there"
    if not row[len(FACTS)]:
        raise NotFound(path=SHIFT)
    return facts_of(row[: len(FACTS)])

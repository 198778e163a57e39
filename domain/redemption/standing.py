"""What follows from a ticket's standing admissions: entries used, conflicts, and whether it counts as admitted.

An admission stands until it is undone. Scans that were made offline arrive in any order and repeatedly, so nothing here
depends on the order of arrival: it is worked out again from all the admissions a ticket has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.redemption.states import TicketStatus
from storage import Transaction
from storage.dialect import in_ids

MAIN_GATE = 0  # the place_id of ticket_entries that is no attraction
MAIN_GATE_ENTRIES = 1


@dataclass(frozen=True, slots=True)
class KeptAdmission:
    """An admission as it counts: `allowed` entries at its place, None without limit."""

    id: int
    ticket_id: int
    place_id: int
    scanned_at: int
    gate: str
    scan_id: str
    conflict: int
    stands: int
    ticket_status: str
    allowed: int | None


SELECT_KEPT = f"""SELECT d.id, d.ticket_id, COALESCE(d.attraction_id, {MAIN_GATE}), d.scanned_at, d.gate, d.scan_id, d.conflict,
    CASE WHEN d.undone_at IS NULL THEN 1 ELSE 0 END, k.status,
    CASE WHEN d.attraction_id IS NULL THEN {MAIN_GATE_ENTRIES} ELSE x.entries END
    FROM admissions d JOIN tickets k ON k.id = d.ticket_id LEFT JOIN attractions x ON x.id = d.attraction_id
    WHERE d.ticket_id """


async def recount(tx: Transaction, ticket_ids: Sequence[int]) -> set[int]:
    """The tickets' entries, conflict marks and states agree with their admissions, whose ids are returned.

    The caller holds the tickets' rows.
    """
    rows = await tx.fetch(SELECT_KEPT + in_ids(tx.dialect), sorted(ticket_ids))
    admissions = [KeptAdmission(*row) for row in rows]
    await count_entries(tx, admissions)
    await mark_conflicts(tx, admissions)
    await set_states(tx, admissions)
    return {admission.id for admission in admissions}


COUNT_ENTRIES = """INSERT INTO ticket_entries (id, ticket_id, place_id, used) VALUES (?, ?, ?, ?)
    ON CONFLICT (ticket_id, place_id) DO UPDATE SET used = excluded.used"""


async def count_entries(tx: Transaction, admissions: Iterable[KeptAdmission]) -> None:
    """`used` is the number of standing admissions. After offline scans it may be more than what was allowed."""
    used: dict[tuple[int, int], int] = defaultdict(int)
    for admission in admissions:
        used[admission.ticket_id, admission.place_id] += admission.stands
    await tx.execute_many(COUNT_ENTRIES, [(tx.new_id(), *pair, count) for pair, count in sorted(used.items())])


async def mark_conflicts(tx: Transaction, admissions: Iterable[KeptAdmission]) -> None:
    kept = list(admissions)
    clashing = conflicts(kept)
    wrong = [admission.id for admission in kept if bool(admission.conflict) != (admission.id in clashing)]
    if wrong:
        await tx.execute(f"UPDATE admissions SET conflict = 1 - conflict WHERE id {in_ids(tx.dialect)}", wrong)


def conflicts(admissions: Iterable[KeptAdmission]) -> set[int]:
    """The ids of standing admissions that should not have happened.

    At each place those after the allowed number, by (scanned_at, gate, scan_id); of a refunded ticket, all.
    """
    places: dict[tuple[int, int], list[KeptAdmission]] = defaultdict(list)
    for admission in admissions:
        if admission.stands:
            places[admission.ticket_id, admission.place_id].append(admission)
    clashing: set[int] = set()
    for kept in places.values():
        kept.sort(key=lambda admission: (admission.scanned_at, admission.gate, admission.scan_id))
        allowed = 0 if kept[0].ticket_status == TicketStatus.REFUNDED else kept[0].allowed
        clashing |= {admission.id for admission in kept[allowed:]} if allowed is not None else set()
    return clashing


async def set_states(tx: Transaction, admissions: Iterable[KeptAdmission]) -> None:
    """A ticket is ADMITTED while it has a standing admission anywhere; a refunded one stays REFUNDED."""
    stands: dict[int, int] = defaultdict(int)
    status: dict[int, str] = {}
    for admission in admissions:
        stands[admission.ticket_id] += admission.stands
        status[admission.ticket_id] = admission.ticket_status
    wrong = [
        ticket_id for ticket_id, kept in status.items()
        if kept == (TicketStatus.VALID if stands[ticket_id] else TicketStatus.ADMITTED)
    ]  # fmt: skip
    if wrong:
        sql = "UPDATE tickets SET status = CASE status WHEN 'VALID' THEN 'ADMITTED' ELSE 'VALID' END WHERE id "
        await tx.execute(sql + in_ids(tx.dialect), wrong)

"""Taking in scans that were made offline. Whoever was scanned is inside already, so a scan of a genuine ticket is always kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.ranges import check_length
from domain.redemption.gate_book import INSERT_ADMISSION, admission_row, find_attractions, find_recorded, lock_tickets
from domain.redemption.scan import (
    CheckedScan,
    KnownAttraction,
    RecordedScan,
    Scan,
    ScanKey,
    ScannedTicket,
    check_place,
    check_scan,
    first_answer,
    known_ticket,
)
from domain.redemption.standing import recount
from domain.refusals import KeyReused, Refusal
from storage import Transaction, write

MAX_SCANS = 500


@dataclass(frozen=True, slots=True)
class SyncedScan:
    """The answer to one scan: the admission that keeps it, or why it is none."""

    admission_id: int | None = None
    refusal: Refusal | None = None


@dataclass(slots=True)
class Batch:
    """What is known about the scans of one call, and the admissions to be added."""

    tickets: dict[str, ScannedTicket]
    attractions: dict[int | None, KnownAttraction]
    recorded: dict[ScanKey, RecordedScan]
    added: dict[int, tuple[CheckedScan, ScannedTicket]]


async def sync_admissions(caller: Caller, scans: Sequence[Scan], now: datetime) -> tuple[SyncedScan, ...]:
    """Each scan is kept as an admission, or answered with its own refusal, in the order given.

    In whatever order and however often scans arrive, the end is the same: at each place the earliest ones count, those
    beyond what the ticket allows, and all of a refunded ticket, are marked as conflicts. Raises Unauthenticated, and
    InvalidInput unless there are 1 to 500 scans. A scan's own: InvalidInput, TicketInvalid, Forbidden, KeyReused,
    NotFound (the attraction), NotAdmittedHere.
    """
    viewer_id = caller.signed_in()
    check_length(scans, 1, MAX_SCANS, "scans")
    # 500 signatures take some 80 ms of computing: not on the event loop
    checked = await asyncio.to_thread(check_each, scans, now)
    good = [scan for scan in checked if isinstance(scan, CheckedScan)]

    async def body(tx: Transaction) -> tuple[SyncedScan, ...]:
        batch = Batch(await lock_tickets(tx, viewer_id, good), await find_attractions(tx, good), {}, {})
        batch.recorded = await find_recorded(tx, good)
        answers = [answer(scan, batch, tx.new_id()) for scan in checked]
        kept = await add(tx, batch, viewer_id, now)
        return tuple(lost_race(scan, given, batch, kept) for scan, given in zip(checked, answers, strict=True))

    return await write(body) if good else tuple(SyncedScan(refusal=row) for row in checked if isinstance(row, Refusal))


def check_each(scans: Sequence[Scan], now: datetime) -> list[CheckedScan | Refusal]:
    checked: list[CheckedScan | Refusal] = []
    for index, scan in enumerate(scans):
        try:
            checked.append(check_scan(scan, now, "scans", str(index)))
        except Refusal as refusal:
            checked.append(refusal)
    return checked


def answer(scan: CheckedScan | Refusal, batch: Batch, new_id: int) -> SyncedScan:
    """The answer to one scan. A new admission goes to batch.added, and answers the same scan further down the list."""
    if isinstance(scan, Refusal):
        return SyncedScan(refusal=scan)
    try:
        ticket = known_ticket(scan, batch.tickets.get(scan.claims.serial))
        first = first_answer(scan, ticket, batch.recorded.get(scan.key))
        if first is not None:
            return SyncedScan(first)
        check_place(scan, ticket, batch.attractions.get(scan.attraction_id))
    except Refusal as refusal:
        return SyncedScan(refusal=refusal.at(*scan.path) if refusal.path is None else refusal)
    batch.recorded[scan.key] = RecordedScan(new_id, ticket.id, scan.attraction_id)
    batch.added[new_id] = scan, ticket
    return SyncedScan(new_id)


async def add(tx: Transaction, batch: Batch, viewer_id: int, now: datetime) -> set[int]:
    """The new admissions are in, and everything that follows from them is right again. The admissions that are kept."""
    # by key, so that two batches with the same scans do not wait for each other crosswise
    rows = sorted(batch.added.items(), key=lambda item: item[1][0].key)
    await tx.execute_many(INSERT_ADMISSION, [admission_row(id_, *row, viewer_id, now) for id_, row in rows])
    for session_id in {ticket.session_id for _, ticket in batch.added.values()}:
        tx.announce(f"session:{session_id}")
    return await recount(tx, [ticket.id for _, ticket in batch.added.values()]) if rows else set()


def lost_race(scan: CheckedScan | Refusal, given: SyncedScan, batch: Batch, kept: set[int]) -> SyncedScan:
    """The answer, or KeyReused where another ticket's scan took the same id while we were at it."""
    if isinstance(scan, CheckedScan) and given.admission_id in batch.added and given.admission_id not in kept:
        return SyncedScan(refusal=KeyReused(path=(*scan.path, "scanId")))
    return given

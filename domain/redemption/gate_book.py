"""What the database holds about scans: their tickets, attractions, and the admissions they made; one or five hundred at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain.redemption.locks import row_lock
from domain.redemption.scan import CheckedScan, KnownAttraction, RecordedScan, ScanKey, ScannedTicket
from domain.redemption.visibility import keeps_the_gate
from domain.viewer_sql import for_viewer
from storage import Transaction
from storage.dialect import in_ids, in_texts
from storage.instants import from_micros, to_micros

SELECT_TICKETS = f"""SELECT k.id, k.serial, k.session_id, k.offer_id, k.status, s.starts_at, s.ends_at,
    CASE WHEN {keeps_the_gate("k.offer_id")} THEN 1 ELSE 0 END
    FROM tickets k JOIN offer_sessions s ON s.id = k.session_id WHERE k.serial """


async def lock_tickets(tx: Transaction, viewer_id: int, scans: Iterable[CheckedScan]) -> dict[str, ScannedTicket]:
    """The scans' tickets by their serials. Their rows are ours until the commit: nobody else changes their admissions."""
    sql, viewers = for_viewer(SELECT_TICKETS, viewer_id)
    serials = sorted({scan.claims.serial for scan in scans})
    rows = await tx.fetch(f"{sql} {in_texts(tx.dialect)} ORDER BY k.id {row_lock(tx.dialect, 'k')}", *viewers, serials)
    return {row[1]: ticket_of(row) for row in rows}


def ticket_of(row: Sequence[Any]) -> ScannedTicket:
    id_, serial, session_id, offer_id, status, starts_at, ends_at, keeps_gate = row
    times = from_micros(starts_at), from_micros(ends_at)
    return ScannedTicket(id_, serial, session_id, offer_id, status, *times, bool(keeps_gate))


async def find_attractions(tx: Transaction, scans: Iterable[CheckedScan]) -> dict[int | None, KnownAttraction]:
    """The scans' attractions by their ids; nothing is asked when all are of the main gate."""
    ids = sorted({scan.attraction_id for scan in scans if scan.attraction_id is not None})
    sql = f"SELECT id, offer_id, entries FROM attractions WHERE id {in_ids(tx.dialect)}"
    return {row[0]: KnownAttraction(*row) for row in await tx.fetch(sql, ids)} if ids else {}


async def find_recorded(tx: Transaction, scans: Sequence[CheckedScan]) -> dict[ScanKey, RecordedScan]:
    """The admissions that these scans made before, by their keys."""
    sessions, gates, scan_ids = (sorted(set(part)) for part in zip(*(scan.key for scan in scans), strict=True))
    rows = await tx.fetch(
        f"""SELECT session_id, gate, scan_id, id, ticket_id, attraction_id FROM admissions WHERE
            session_id {in_ids(tx.dialect)} AND gate {in_texts(tx.dialect)} AND scan_id {in_texts(tx.dialect)}""",
        sessions,
        gates,
        scan_ids,
    )
    return {(row[0], row[1], row[2]): RecordedScan(*row[3:]) for row in rows}


INSERT_ADMISSION = """INSERT INTO admissions (id, ticket_id, session_id, attraction_id, gate, scan_id, scanned_at, recorded_at,
    recorded_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session_id, gate, scan_id) DO NOTHING"""


def admission_row(
    admission_id: int, scan: CheckedScan, ticket: ScannedTicket, viewer_id: int, now: datetime
) -> tuple[int | str | None, ...]:
    """The values of INSERT_ADMISSION."""
    place = ticket.id, ticket.session_id, scan.attraction_id
    return admission_id, *place, scan.gate, scan.scan_id, to_micros(scan.scanned_at), to_micros(now), viewer_id


FIRST_STANDING = """SELECT d.id, d.gate, d.scanned_at FROM admissions d WHERE d.ticket_id = ?
    AND COALESCE(d.attraction_id, 0) = ? AND d.undone_at IS NULL ORDER BY d.scanned_at, d.gate, d.scan_id LIMIT 1"""

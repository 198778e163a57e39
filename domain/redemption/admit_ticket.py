"""Letting somebody in, at a gate with a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.redemption.gate_book import (
    FIRST_STANDING,
    INSERT_ADMISSION,
    admission_row,
    find_attractions,
    find_recorded,
    lock_tickets,
)
from domain.redemption.scan import (
    CheckedScan,
    KnownAttraction,
    Scan,
    ScannedTicket,
    check_made_now,
    check_place,
    check_scan,
    first_answer,
    known_ticket,
)
from domain.redemption.standing import MAIN_GATE, MAIN_GATE_ENTRIES
from domain.redemption.states import TicketStatus
from domain.redemption.ticket_status import GATES_OPEN_BEFORE
from domain.refusals import KeyReused, TicketAlreadyAdmitted, TicketExpired, TicketNotYetValid, TicketRefunded
from storage import Transaction, write
from storage.instants import from_micros


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who was let in, and by which record."""

    admission_id: int
    ticket_id: int


async def admit_ticket(caller: Caller, scan: Scan, now: datetime) -> Admitted:
    """The ticket is let in and one of its entries at that place is used. The same scan again answers the same.

    However many gates ask at once, no more are let in than the offer says. Raises Unauthenticated, InvalidInput,
    TicketInvalid, Forbidden, KeyReused, InvalidInput when the scan is more than five minutes old, NotFound (the
    attraction), NotAdmittedHere, TicketRefunded, TicketNotYetValid, TicketExpired, TicketAlreadyAdmitted with the first
    admission that stands. It is our clock that says what is good now: a device's may be wrong, or set.
    """
    viewer_id = caller.signed_in()
    good = check_scan(scan, now, "scan")

    async def body(tx: Transaction) -> Admitted:
        tickets = await lock_tickets(tx, viewer_id, [good])
        ticket = known_ticket(good, tickets.get(good.claims.serial))
        recorded = await find_recorded(tx, [good])
        first = first_answer(good, ticket, recorded.get(good.key))
        if first is not None:
            return Admitted(first, ticket.id)
        check_made_now(good, now)
        attraction = (await find_attractions(tx, [good])).get(good.attraction_id)
        check_place(good, ticket, attraction)
        check_good_now(good, ticket, now)
        await use_entry(tx, good, ticket, attraction)
        return await record(tx, good, ticket, viewer_id, now)

    return await write(body)


def check_good_now(scan: CheckedScan, ticket: ScannedTicket, now: datetime) -> None:
    """Raises TicketRefunded, TicketNotYetValid, TicketExpired."""
    path = (*scan.path, "token")
    if ticket.status == TicketStatus.REFUNDED:
        raise TicketRefunded(path=path)
    if now < ticket.starts_at - GATES_OPEN_BEFORE:
        raise TicketNotYetValid(path=path)
    if now >= ticket.ends_at:
        raise TicketExpired(path=path)


USE_ENTRY = """INSERT INTO ticket_entries (id, ticket_id, place_id, used) VALUES (?, ?, ?, 1)
    ON CONFLICT (ticket_id, place_id) DO UPDATE SET used = ticket_entries.used + 1
    WHERE CAST(? AS BIGINT) IS NULL OR ticket_entries.used < CAST(? AS BIGINT)"""


async def use_entry(
    tx: Transaction, scan: CheckedScan, ticket: ScannedTicket, attraction: KnownAttraction | None
) -> None:
    """Raises TicketAlreadyAdmitted."""
    place_id = scan.attraction_id or MAIN_GATE
    allowed = attraction.entries if attraction else MAIN_GATE_ENTRIES
    if not await tx.execute(USE_ENTRY, tx.new_id(), ticket.id, place_id, allowed, allowed):
        first = await tx.fetch_one(FIRST_STANDING, ticket.id, place_id)
        assert first, "what used the entries up stands"
        id_, gate, scanned_at = first
        raise TicketAlreadyAdmitted(
            admission_id=id_, gate=gate, scanned_at=from_micros(scanned_at), path=(*scan.path, "token")
        )


async def record(tx: Transaction, scan: CheckedScan, ticket: ScannedTicket, viewer_id: int, now: datetime) -> Admitted:
    """Raises KeyReused when another ticket's scan took the same id at the same moment."""
    admission_id = tx.new_id()
    if not await tx.execute(INSERT_ADMISSION, *admission_row(admission_id, scan, ticket, viewer_id, now)):
        raise KeyReused(path=(*scan.path, "scanId"))
    if ticket.status == TicketStatus.VALID:
        await tx.execute("UPDATE tickets SET status = 'ADMITTED' WHERE id = ?", ticket.id)
    tx.announce(f"session:{ticket.session_id}")
    return Admitted(admission_id, ticket.id)

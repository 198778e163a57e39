"""A gate device's scan of a ticket, and what can be said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.redemption.ticket_token import TicketClaims, verify_ticket_token
from domain.refusals import Forbidden, InvalidInput, KeyReused, NotAdmittedHere, NotFound, Path, TicketInvalid
from domain.text import clean_name

GATE_LENGTH = 60
SCAN_ID_LENGTH = 100
ScanKey = tuple[int, str, str]  # session, gate, the device's own id
CLOCKS_DIFFER = timedelta(minutes=5)  # so far may a device's clock be from ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a device saw: a ticket's token at a gate, or at an attraction behind it. `scan_id` is the device's own."""

    token: str = field(repr=False)  # whoever has it can be let in
    gate: str
    scan_id: str
    attraction_id: int | None = None
    scanned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckedScan:
    """A scan of a genuine token; `path` is where it stands in the input."""

    claims: TicketClaims
    attraction_id: int | None
    gate: str
    scan_id: str
    scanned_at: datetime
    path: Path

    @property
    def key(self) -> ScanKey:
        """What makes a scan the same scan: hosts that never met may name their gates and count their scans alike."""
        return self.claims.session_id, self.gate, self.scan_id


@dataclass(frozen=True, slots=True)
class ScannedTicket:
    """A ticket as its scan is judged; `keeps_gate`: the caller is gate staff of its host."""

    id: int
    serial: str
    session_id: int
    offer_id: int
    status: str
    starts_at: datetime
    ends_at: datetime
    keeps_gate: bool


@dataclass(frozen=True, slots=True)
class KnownAttraction:
    """An attraction; `entries` is how often one ticket opens it, None without limit."""

    id: int
    offer_id: int
    entries: int | None


@dataclass(frozen=True, slots=True)
class RecordedScan:
    """The admission that a scan made."""

    admission_id: int
    ticket_id: int
    attraction_id: int | None


def check_scan(scan: Scan, now: datetime, *path: str) -> CheckedScan:
    """The scan with its texts cleaned and its time filled in. Raises InvalidInput, TicketInvalid."""
    gate = clean_name(scan.gate, *path, "gate", limit=GATE_LENGTH)
    scan_id = clean_name(scan.scan_id, *path, "scanId", limit=SCAN_ID_LENGTH)
    scanned_at = scan.scanned_at or now
    if scanned_at > now + CLOCKS_DIFFER:
        raise InvalidInput(reason="scanned_in_future", path=(*path, "scannedAt"))
    try:
        claims = verify_ticket_token(scan.token)
    except TicketInvalid as refusal:
        raise refusal.at(*path, "token") from None
    return CheckedScan(claims, scan.attraction_id, gate, scan_id, scanned_at, path)


def known_ticket(scan: CheckedScan, ticket: ScannedTicket | None) -> ScannedTicket:
    """The scan's ticket, whose gate the caller keeps. Raises TicketInvalid, Forbidden."""
    if ticket is None or ticket.session_id != scan.claims.session_id:
        raise TicketInvalid(path=(*scan.path, "token"))
    if not ticket.keeps_gate:
        raise Forbidden
    return ticket


def first_answer(scan: CheckedScan, ticket: ScannedTicket, recorded: RecordedScan | None) -> int | None:
    """The admission that this very scan made before, or None. Raises KeyReused."""
    if recorded is None:
        return None
    if (recorded.ticket_id, recorded.attraction_id) != (ticket.id, scan.attraction_id):
        raise KeyReused(path=(*scan.path, "scanId"))
    return recorded.admission_id


def check_made_now(scan: CheckedScan, now: datetime) -> None:
    """Whoever stands at the gate was scanned just now; what is older was scanned offline. Raises InvalidInput."""
    if scan.scanned_at < now - CLOCKS_DIFFER:
        minutes = CLOCKS_DIFFER // timedelta(minutes=1)
        raise InvalidInput(reason="scanned_too_long_ago", values={"minutes": minutes}, path=(*scan.path, "scannedAt"))


def check_place(scan: CheckedScan, ticket: ScannedTicket, attraction: KnownAttraction | None) -> None:
    """The ticket opens the place. Raises NotFound, NotAdmittedHere."""
    if scan.attraction_id is None:
        return
    if attraction is None:
        raise NotFound(path=(*scan.path, "attractionId"))
    if attraction.offer_id != ticket.offer_id:
        raise NotAdmittedHere(path=(*scan.path, "attractionId"))

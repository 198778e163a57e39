"""The audit of everything: the ledger, and what the rooms keep beside it (counters, stock, tickets, who was paid for what)."""

from __future__ import annotations

import asyncio

from domain.asked_once import CHECKS as ASKED_ONCE_CHECKS
from domain.claims.checks import CHECKS as CLAIM_CHECKS
from domain.earning.audit import CHECKS as EARNING_CHECKS
from domain.merging.checks import CHECKS as MERGING_CHECKS
from domain.points.checks import CHECKS as POINTS_CHECKS
from domain.points.seal_key import seal_key
from ledger.audit import CHECKS as LEDGER_CHECKS
from ledger.audit import Check, run_checks
from ledger.audit_seals import audit_seals
from ledger.differences import SHOWN, Difference, Finding
from storage import DatabaseDamaged, Reader, read_at_length
from storage.integrity import file_problems

# What an activity says of itself, against its rows: "confirmed/waiting/attended".
ACTIVITY_COUNTS = """SELECT n.id AS row_id, n.added AS expected, n.kept AS found FROM (
        SELECT a.id, a.confirmed_count || '/' || a.waitlist_count || '/' || a.attendance_count AS kept,
            COALESCE(s.confirmed, 0) || '/' || COALESCE(s.waiting, 0) || '/' || COALESCE(t.attended, 0) AS added
        FROM activities a
        LEFT JOIN (SELECT activity_id, SUM(CASE WHEN status = 'CONFIRMED' THEN 1 ELSE 0 END) AS confirmed,
            SUM(CASE WHEN status = 'WAITLISTED' THEN 1 ELSE 0 END) AS waiting FROM sign_ups GROUP BY activity_id) AS s
            ON s.activity_id = a.id
        LEFT JOIN (SELECT activity_id, COUNT(*) AS attended FROM attendances
            WHERE voided_at IS NULL AND approval IN ('NOT_NEEDED', 'APPROVED') GROUP BY activity_id) AS t
            ON t.activity_id = a.id) AS n
    WHERE n.added <> n.kept"""

SHIFT_COUNTS = """SELECT n.id AS row_id, n.added AS expected, n.kept AS found FROM (
        SELECT h.id, h.confirmed_count || '/' || h.waitlist_count AS kept,
            COALESCE(s.confirmed, 0) || '/' || COALESCE(s.waiting, 0) AS added
        FROM shifts h
        LEFT JOIN (SELECT shift_id, SUM(CASE WHEN status = 'CONFIRMED' THEN 1 ELSE 0 END) AS confirmed,
            SUM(CASE WHEN status = 'WAITLISTED' THEN 1 ELSE 0 END) AS waiting FROM sign_ups GROUP BY shift_id) AS s
            ON s.shift_id = h.id) AS n
    WHERE n.added <> n.kept"""

ACTIVITY_ARRIVALS = """SELECT a.id AS row_id, MAX(s.arrival) AS expected, a.arrivals AS found
    FROM activities a JOIN sign_ups s ON s.activity_id = a.id GROUP BY a.id, a.arrivals HAVING MAX(s.arrival) > a.arrivals"""

SIGN_UP_ACTIVITIES = """SELECT s.id AS row_id, h.activity_id AS expected, s.activity_id AS found
    FROM sign_ups s JOIN shifts h ON h.id = s.shift_id WHERE h.activity_id <> s.activity_id"""

ATTENDANCE_ACTIVITIES = """SELECT t.id AS row_id, h.activity_id AS expected, t.activity_id AS found
    FROM attendances t JOIN shifts h ON h.id = t.shift_id WHERE h.activity_id <> t.activity_id"""

# Points that were given or spent for nothing in the world: what is done by hand is an ADJUST, and says who did it.
CAUSELESS = """SELECT p.id AS row_id, 'a cause' AS expected, 'nothing' AS found
    FROM transfers p WHERE p.kind IN ('EARN', 'REDEEM') AND p.source_kind IS NULL"""

# Who was paid, how much, for what: "points to resident for attendance in programme".
ATTENDANCE_TRANSFERS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT t.id, t.points_earned || ' to ' || t.resident_id || ' in ' || a.points_programme AS expected,
            COALESCE(p.amount || ' to ' || w.holder_id || ' in ' || p.programme, 'nothing') AS found
        FROM attendances t JOIN activities a ON a.id = t.activity_id LEFT JOIN transfers p ON p.id = t.transfer_id
            AND p.kind = 'EARN' AND p.source_kind = 'Attendance' AND p.source_id = t.id
        LEFT JOIN accounts w ON w.id = p.credit_id
        WHERE t.points_earned > 0 OR t.transfer_id IS NOT NULL) AS n
    WHERE n.expected <> n.found"""

# The row is the transfer: it was earned by an attendance that does not name it.
ATTENDANCE_STRAYS = """SELECT p.id AS row_id, p.id AS expected, COALESCE(t.transfer_id, 0) AS found
    FROM transfers p LEFT JOIN attendances t ON t.id = p.source_id
    WHERE p.source_kind = 'Attendance' AND p.kind = 'EARN' AND (t.transfer_id IS NULL OR t.transfer_id <> p.id)"""

# 1 where the attendance is voided, against 1 where its transfer is reversed.
ATTENDANCE_REVERSALS = """SELECT n.id AS row_id, n.voided AS expected, n.reversed AS found FROM (
        SELECT t.id, CASE WHEN t.voided_at IS NULL THEN 0 ELSE 1 END AS voided,
            CASE WHEN r.id IS NULL THEN 0 ELSE 1 END AS reversed
        FROM attendances t LEFT JOIN transfers r ON r.reverses_id = t.transfer_id WHERE t.transfer_id IS NOT NULL) AS n
    WHERE n.voided <> n.reversed"""

# Points that were paid though nobody, or nobody yet, approved what was entered afterwards.
ATTENDANCE_UNAPPROVED = """SELECT d.id AS row_id, 0 AS expected, p.amount AS found
    FROM transfers p JOIN attendances d ON d.id = p.source_id
    WHERE p.kind = 'EARN' AND p.source_kind = 'Attendance' AND d.approval IN ('PENDING', 'REJECTED')"""

# Who decided, where it was not somebody else.
ATTENDANCE_SECOND_PERSON = """SELECT d.id AS row_id, 'somebody else' AS expected, CASE d.decided_by_id
        WHEN COALESCE(d.merged_from_id, d.resident_id) THEN 'the resident'
        WHEN d.recorded_by_id THEN 'who recorded it' ELSE 'nobody' END AS found
    FROM attendances d WHERE d.approval IN ('APPROVED', 'REJECTED')
        AND (d.decided_by_id IS NULL OR d.decided_by_id IN (COALESCE(d.merged_from_id, d.resident_id), d.recorded_by_id))"""

# Who settled an alarm, where it was one of those whom it is about.
ALARM_SETTLERS = """SELECT m.id AS row_id, 'somebody else' AS expected,
        CASE m.settled_by_id WHEN m.organiser_id THEN 'the organiser' ELSE 'the resident' END AS found
    FROM alarms m WHERE m.settled_by_id IN (m.organiser_id, COALESCE(m.merged_from_id, m.resident_id))"""

# Orders that were not given back, and reservations that stand: what takes tickets.
TAKEN = """(SELECT id, offer_id, session_id, resident_id, quantity FROM ticket_orders WHERE status = 'PAID'
    UNION ALL SELECT id, offer_id, session_id, resident_id, quantity FROM reservations WHERE status = 'HELD')"""

SESSION_STOCK = f"""SELECT n.id AS row_id, n.not_taken AS expected, n.remaining AS found FROM (
        SELECT s.id, s.remaining, s.stock - COALESCE(o.taken, 0) AS not_taken FROM offer_sessions s
        LEFT JOIN (SELECT session_id, CAST(SUM(quantity) AS BIGINT) AS taken FROM {TAKEN} AS k
            GROUP BY session_id) AS o ON o.session_id = s.id) AS n
    WHERE n.remaining <> n.not_taken"""

# The row is the holding; where somebody has none, their first order or reservation.
HOLDINGS = f"""SELECT n.row_id, n.expected, n.found FROM (
        SELECT h.id AS row_id, COALESCE(o.tickets, 0) AS expected, h.tickets AS found FROM offer_holdings h
        LEFT JOIN (SELECT offer_id, resident_id, CAST(SUM(quantity) AS BIGINT) AS tickets FROM {TAKEN} AS k
            GROUP BY offer_id, resident_id) AS o ON o.offer_id = h.offer_id AND o.resident_id = h.resident_id
        UNION ALL
        SELECT MIN(o.id), CAST(SUM(o.quantity) AS BIGINT), 0 FROM {TAKEN} AS o
        LEFT JOIN offer_holdings h ON h.offer_id = o.offer_id AND h.resident_id = o.resident_id
        WHERE h.id IS NULL GROUP BY o.offer_id, o.resident_id) AS n
    WHERE n.expected <> n.found"""

# What a reservation says of its hold: "points of resident in programme until when, state", and the same of the hold itself;
# a hold that says it is for a reservation is the one that this names.
RESERVATION_HOLDS = """SELECT n.row_id, n.expected, n.found FROM (
        SELECT r.id AS row_id, r.points || ' of ' || r.resident_id || ' in ' || f.programme || ' until ' || r.reserved_until ||
            CASE r.status WHEN 'PAID' THEN ' POSTED' WHEN 'CANCELLED' THEN ' VOIDED' ELSE ' ' || r.status END AS expected,
            COALESCE(h.amount || ' of ' || w.holder_id || ' in ' || h.programme || ' until ' || h.expires_at || ' ' || h.status,
            'nothing') AS found
        FROM reservations r JOIN ticket_offers f ON f.id = r.offer_id LEFT JOIN holds h ON h.id = r.hold_id
            AND h.source_kind = 'Reservation' AND h.source_id = r.id LEFT JOIN accounts w ON w.id = h.debit_id
        WHERE r.points > 0 OR r.hold_id IS NOT NULL
        UNION ALL
        SELECT h.id, 'a reservation', 'nothing' FROM holds h LEFT JOIN reservations r ON r.hold_id = h.id
        WHERE h.source_kind = 'Reservation' AND r.id IS NULL) AS n
    WHERE n.expected <> n.found"""

# What was reserved and paid, against the order: "tickets for resident and session for points by transfer".
RESERVATION_ORDERS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT r.id, r.quantity || ' for ' || r.resident_id || ' and ' || r.session_id || ' for ' || r.points || ' by ' ||
            COALESCE(h.transfer_id, 0) AS expected,
            COALESCE(o.quantity || ' for ' || o.resident_id || ' and ' || o.session_id || ' for ' || o.points_spent || ' by ' ||
            COALESCE(o.transfer_id, 0), 'nothing') AS found
        FROM reservations r LEFT JOIN holds h ON h.id = r.hold_id LEFT JOIN ticket_orders o ON o.id = r.order_id
        WHERE r.status = 'PAID' OR r.order_id IS NOT NULL) AS n
    WHERE n.expected <> n.found"""

# An order's tickets: as many as were paid for, refunded where it is.
ORDER_TICKETS = """SELECT o.id AS row_id, o.quantity AS expected, COUNT(k.id) AS found FROM ticket_orders o
    LEFT JOIN tickets k ON k.order_id = o.id AND k.offer_id = o.offer_id AND k.session_id = o.session_id
        AND k.resident_id = o.resident_id AND (k.status = 'REFUNDED') = (o.status = 'REFUNDED')
    GROUP BY o.id, o.quantity HAVING COUNT(k.id) <> o.quantity"""

ORDER_TRANSFERS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT o.id, o.points_spent || ' from ' || o.resident_id || ' in ' || f.programme AS expected,
            COALESCE(p.amount || ' from ' || w.holder_id || ' in ' || p.programme, 'nothing') AS found
        FROM ticket_orders o JOIN ticket_offers f ON f.id = o.offer_id LEFT JOIN transfers p ON p.id = o.transfer_id
            AND p.kind = 'REDEEM' AND p.source_kind = 'TicketOrder' AND p.source_id = o.id
        LEFT JOIN accounts w ON w.id = p.debit_id
        WHERE o.points_spent > 0 OR o.transfer_id IS NOT NULL) AS n
    WHERE n.expected <> n.found"""

# The row is the transfer: it paid an order that does not name it.
ORDER_STRAYS = """SELECT p.id AS row_id, p.id AS expected, COALESCE(o.transfer_id, 0) AS found
    FROM transfers p LEFT JOIN ticket_orders o ON o.id = p.source_id
    WHERE p.source_kind = 'TicketOrder' AND p.kind = 'REDEEM' AND (o.transfer_id IS NULL OR o.transfer_id <> p.id)"""

# The transfer that gave a refunded order's points back, against the one the order names; 0 is none.
ORDER_REFUNDS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT o.id, CASE WHEN o.status = 'REFUNDED' THEN COALESCE(r.id, -1) ELSE 0 END AS expected,
            COALESCE(o.refund_transfer_id, 0) AS found, COALESCE(r.id, 0) AS given_back
        FROM ticket_orders o LEFT JOIN transfers r ON r.reverses_id = o.transfer_id WHERE o.transfer_id IS NOT NULL) AS n
    WHERE n.expected <> n.found OR n.given_back <> n.found"""

# Entries used at each place, against the admissions that stand. The row is the ticket.
TICKET_ENTRIES = """SELECT n.ticket_id AS row_id, n.expected, n.found FROM (
        SELECT e.ticket_id, COALESCE(d.stand, 0) AS expected, e.used AS found FROM ticket_entries e
        LEFT JOIN (SELECT ticket_id, COALESCE(attraction_id, 0) AS place_id, COUNT(*) AS stand FROM admissions
            WHERE undone_at IS NULL GROUP BY ticket_id, COALESCE(attraction_id, 0)) AS d
            ON d.ticket_id = e.ticket_id AND d.place_id = e.place_id
        UNION ALL
        SELECT d.ticket_id, COUNT(*), 0 FROM admissions d
        LEFT JOIN ticket_entries e ON e.ticket_id = d.ticket_id AND e.place_id = COALESCE(d.attraction_id, 0)
        WHERE d.undone_at IS NULL AND e.id IS NULL GROUP BY d.ticket_id, COALESCE(d.attraction_id, 0)) AS n
    WHERE n.expected <> n.found"""

TICKET_STATES = """SELECT n.id AS row_id, n.expected, n.status AS found FROM (
        SELECT k.id, k.status, CASE WHEN EXISTS (SELECT 1 FROM admissions d WHERE d.ticket_id = k.id AND d.undone_at IS NULL)
            THEN 'ADMITTED' ELSE 'VALID' END AS expected FROM tickets k WHERE k.status <> 'REFUNDED') AS n
    WHERE n.status <> n.expected"""

ADMISSION_SESSIONS = """SELECT d.id AS row_id, k.session_id AS expected, d.session_id AS found
    FROM admissions d JOIN tickets k ON k.id = d.ticket_id WHERE k.session_id <> d.session_id"""

CHECKS = (
    Check("activity_counts", ACTIVITY_COUNTS),
    Check("shift_counts", SHIFT_COUNTS),
    Check("activity_arrivals", ACTIVITY_ARRIVALS),
    Check("sign_up_activities", SIGN_UP_ACTIVITIES),
    Check("attendance_activities", ATTENDANCE_ACTIVITIES),
    Check("causeless", CAUSELESS),
    Check("attendance_transfers", ATTENDANCE_TRANSFERS),
    Check("attendance_strays", ATTENDANCE_STRAYS),
    Check("attendance_reversals", ATTENDANCE_REVERSALS),
    Check("attendance_unapproved", ATTENDANCE_UNAPPROVED),
    Check("attendance_second_person", ATTENDANCE_SECOND_PERSON),
    Check("alarm_settlers", ALARM_SETTLERS),
    Check("session_stock", SESSION_STOCK),
    Check("offer_holdings", HOLDINGS),
    Check("reservation_holds", RESERVATION_HOLDS),
    Check("reservation_orders", RESERVATION_ORDERS),
    Check("order_tickets", ORDER_TICKETS),
    Check("order_transfers", ORDER_TRANSFERS),
    Check("order_strays", ORDER_STRAYS),
    Check("order_refunds", ORDER_REFUNDS),
    Check("ticket_entries", TICKET_ENTRIES),
    Check("ticket_states", TICKET_STATES),
    Check("admission_sessions", ADMISSION_SESSIONS),
)

ROOM_CHECKS = (*CHECKS, *EARNING_CHECKS, *CLAIM_CHECKS, *POINTS_CHECKS, *MERGING_CHECKS, *ASKED_ONCE_CHECKS)


async def audit_everything(reader: Reader) -> list[Finding]:
    """What is wrong anywhere, by kind; nothing when all of it adds up. A damaged file is audited as far as it can be read."""
    return [*await audit_rows(reader), *await audit_own_seals(reader)]


async def audit_at_length() -> list[Finding]:
    """The same for a long book, both halves at once: the one keeps the database busy, the other this process. Each looks at a
    snapshot of its own, and at nothing that the other looks at."""
    rows, seals = await asyncio.gather(read_at_length(audit_rows), read_at_length(audit_own_seals))
    return [*rows, *seals]


async def audit_rows(reader: Reader) -> list[Finding]:
    """What does not add up."""
    damage = await audit_file(reader)
    rooms = () if await is_book_alone(reader) else ROOM_CHECKS
    return [*damage, *await run_checks(reader, (*LEDGER_CHECKS, *rooms))]


async def is_book_alone(reader: Reader) -> bool:
    """Whether the database has nobody, as after import-book: what points were posted for is then not there to be compared."""
    try:
        return await reader.fetch_value("SELECT id FROM residents LIMIT 1") is None
    except DatabaseDamaged:
        return False


async def audit_own_seals(reader: Reader) -> list[Finding]:
    """What is not as it was sealed by this installation."""
    return await audit_seals(reader, seal_key())


async def audit_file(reader: Reader) -> list[Finding]:
    """What the engine finds wrong with its own file, numbered."""
    problems = await file_problems(reader)
    first = (Difference(number, "a whole file", text) for number, text in enumerate(problems[:SHOWN], start=1))
    return [Finding("database_file", len(problems), tuple(first))] if problems else []

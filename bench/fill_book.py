"""Filling a long book whose points have causes, so that an audit has to look at all of it: attendances with awards and
counters, claims, orders with tickets, reservations with holds, admissions, and what was voided and refunded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from bench.bulk import Rows
from bench.fill import Filler, Size, organiser_of, wallet_of
from bench.moves import EARNED, KINDS, SPENT, Cause, Move, moves
from domain.earning.slots import week_of
from domain.redemption.serial import make_serial
from storage.instants import from_micros, to_micros

ISSUANCE, REDEMPTION, ADJUSTMENT = 1, 2, 4
SPAN = timedelta(days=365)
HOUR = 3_600_000_000
BY_RULE = 500  # of what an attendance earns; the rest is by the activity's own rule
RULE, CODE, CAP_PER_DAY = 1, "BENCH", 100_000
# What is added to a transfer's id for the rows around it.
DEBIT, CREDIT, ATTENDANCE, OWN_LINE, RULE_LINE, CLAIM, ORDER = range(1, 8)
TICKET, HOLD, RESERVATION, ADMISSION, USED, KEY, RESERVING_KEY = range(8, 15)
SOURCES = {
    Cause.ATTENDED: ("Attendance", ATTENDANCE),
    Cause.CLAIMED: ("Claim", CLAIM),
    Cause.ORDERED: ("TicketOrder", ORDER),
    Cause.RESERVED: ("TicketOrder", ORDER),
}
OTHER_SIDES = {
    Cause.ATTENDED: ISSUANCE,
    Cause.VOIDED: ISSUANCE,
    Cause.CLAIMED: ISSUANCE,
    Cause.ORDERED: REDEMPTION,
    Cause.REFUNDED: REDEMPTION,
    Cause.RESERVED: REDEMPTION,
    Cause.CORRECTED: ADJUSTMENT,
}


class BookFiller(Filler):
    """Wallets earn and spend in rounds. `long` is how many entries the resident after the busy ones has, who signs in too."""

    def __init__(self, size: Size, now: datetime, long: int = 0) -> None:
        super().__init__(size, now)
        self.organiser = organiser_of(size)
        self.counts[self.organiser - 1] = 0  # nobody attests or records what is their own
        self.long_wallet = size.busy if long else None
        if self.long_wallet:
            self.counts[self.long_wallet - 1] = long
        began, ended = to_micros(now - SPAN), to_micros(now) - HOUR
        self.moves = list(moves(self.counts, self.long_wallet, began, ended))
        self.sums: Counter[tuple[int, bool]] = Counter()
        for move in self.moves:
            self.sums[move.resident, move.change > 0] += abs(move.change)
        self.standing = Counter(self.activity_of(one) for one in self.of(Cause.ATTENDED) if not one.taken_back_by)

    @property
    def name(self) -> str:
        """The same, of a book."""
        return f"book-{super().name}-long-{self.counts[self.long_wallet - 1] if self.long_wallet else 0}"

    def of(self, *causes: Cause) -> Iterator[Move]:
        """The moves with one of these causes."""
        return (move for move in self.moves if move.cause in causes)

    def paying(self) -> Iterator[Move]:
        """The moves that pay an order."""
        return self.of(Cause.ORDERED, Cause.RESERVED)

    def activity_of(self, move: Move) -> int:
        """Of an attendance. Nobody attends the same twice."""
        return (move.resident + move.position) % self.size.activities + 1

    def statements(self) -> Iterator[tuple[str, Rows]]:
        """What moved the points comes last."""
        yield from super().statements()
        yield INSERT_RULE, self.rules()
        yield INSERT_ATTENDANCE, self.attendances()
        yield INSERT_AWARD, self.awards()
        yield INSERT_COUNTER, self.counters()
        yield INSERT_CLAIM, self.claims()
        yield INSERT_FIGURE, self.figures()
        yield INSERT_ORDER, self.orders()
        yield INSERT_TICKET, self.tickets()
        yield INSERT_HOLDING, self.holdings()
        yield INSERT_HOLD, self.holds()
        yield INSERT_RESERVATION, self.reservations()
        yield INSERT_KEY, self.keys()
        yield INSERT_ADMISSION, self.admissions()
        yield "INSERT INTO ticket_entries (id, ticket_id, place_id, used) VALUES (?, ?, 0, 1)", self.used()

    def sums_of(self, resident: int) -> tuple[int, int]:
        """What left their wallet, and what came in."""
        return self.sums[resident, False], self.sums[resident, True]

    def attended(self, activity: int) -> int:
        """How many attendances of an activity stand."""
        return self.standing[activity]

    def taken(self) -> int:
        """How many tickets are sold."""
        return sum(not move.taken_back_by for move in self.paying())

    def transfers(self) -> Rows:
        for move in self.moves:
            wallet, other = wallet_of(move.resident), OTHER_SIDES[move.cause]
            debit, credit = (other, wallet) if move.change > 0 else (wallet, other)
            reverses = move.reverses
            kind, offset = SOURCES.get((reverses or move).cause, (None, 0))
            source = (reverses or move).id + offset if kind else None
            yield (
                move.id, "xuexi", KINDS[move.cause].value, abs(move.change), debit, credit, "示例积分", move.at, move.at,
                reverses and reverses.id, kind, source, self.organiser,
            )  # fmt: skip

    def entries(self) -> Rows:
        for move in self.moves:
            yield move.id + DEBIT, OTHER_SIDES[move.cause], move.id, move.id, -move.change, None, move.at
            yield (
                move.id + CREDIT, wallet_of(move.resident), move.position, move.id, move.change, move.balance, move.at
            )  # fmt: skip

    def rules(self) -> Rows:
        since = (self.now - 2 * SPAN).date().isoformat()
        yield RULE, CODE, BY_RULE, since, CAP_PER_DAY, to_micros(self.now - 2 * SPAN), self.organiser

    def attendances(self) -> Rows:
        for move in self.of(Cause.ATTENDED):
            activity, void = self.activity_of(move), move.taken_back_by
            yield (
                move.id + ATTENDANCE, activity, activity, move.resident, move.at - 3 * HOUR, move.at - HOUR, 7_200,
                self.organiser, move.at, EARNED, move.id, void and void.at, void and "示例作废", void and self.organiser,
            )  # fmt: skip

    def awards(self) -> Rows:
        for move in self.of(Cause.ATTENDED):
            day = from_micros(move.at).date()
            around = move.id + ATTENDANCE, move.id, day.isoformat(), week_of(day)
            yield move.id + OWN_LINE, 0, None, EARNED - BY_RULE, EARNED - BY_RULE, *around
            yield move.id + RULE_LINE, 1, RULE, BY_RULE, BY_RULE, *around

    def counters(self) -> Rows:
        """A voided attendance left its counter at 0."""
        used: Counter[tuple[int, str]] = Counter()
        for move in self.of(Cause.ATTENDED):
            used[move.resident, from_micros(move.at).date().isoformat()] += 0 if move.taken_back_by else BY_RULE
        for (resident, day), points in used.items():
            yield CODE, resident, f"D:{day}", points, CAP_PER_DAY

    def claims(self) -> Rows:
        figures: Counter[int] = Counter()
        for move in self.of(Cause.CLAIMED):
            before = figures[move.resident]
            figures[move.resident] += EARNED
            yield (
                move.id + CLAIM, move.resident, before + EARNED, before, EARNED, from_micros(move.at).date().isoformat(),
                f"示例*{move.resident}", f"示例*{move.resident}", self.organiser, move.at, move.id,
            )  # fmt: skip

    def figures(self) -> Rows:
        claims = Counter(move.resident for move in self.of(Cause.CLAIMED))
        for resident, count in claims.items():
            yield resident, resident, count * EARNED, self.now.date().isoformat()

    def orders(self) -> Rows:
        for move in self.paying():
            refund = move.taken_back_by
            yield (
                move.id + ORDER, move.resident, "REFUNDED" if refund else "PAID", SPENT, move.id, refund and refund.id,
                move.resident, move.at, refund and refund.at,
            )  # fmt: skip

    def tickets(self) -> Rows:
        serials: set[str] = set()
        for move in self.paying():
            serial = next(one for one in iter(lambda: make_serial(self.random.getrandbits), "") if one not in serials)
            serials.add(serial)
            yield move.id + TICKET, move.id + ORDER, move.resident, serial, self.status_of_ticket(move)

    def status_of_ticket(self, move: Move) -> str:
        """Whoever reserved has not come yet, and whoever was not refunded has."""
        if move.taken_back_by:
            return "REFUNDED"
        return "ADMITTED" if move.cause is Cause.ORDERED else "VALID"

    def holdings(self) -> Rows:
        for resident, tickets in Counter(one.resident for one in self.paying() if not one.taken_back_by).items():
            yield resident, resident, tickets

    def holds(self) -> Rows:
        for move in self.of(Cause.RESERVED):
            yield (
                move.id + HOLD, wallet_of(move.resident), REDEMPTION, SPENT, "示例积分", move.id + RESERVATION,
                move.at - HOUR, move.at + HOUR, move.id, move.at,
            )  # fmt: skip

    def reservations(self) -> Rows:
        for move in self.of(Cause.RESERVED):
            yield (
                move.id + RESERVATION, move.resident, SPENT, move.id + HOLD, move.at + HOUR, move.resident, move.at - HOUR,
                move.id + ORDER, move.at,
            )  # fmt: skip

    def keys(self) -> Rows:
        """Under which orders, reservations and corrections were asked for."""
        for move in self.paying():
            act = "redeem_tickets" if move.cause is Cause.ORDERED else "pay_own_reservation"
            yield move.id + KEY, move.resident, f"{act} {move.id}", act, str(move.id + ORDER), move.at
        for move in self.of(Cause.RESERVED):
            act, answer = "reserve_tickets", str(move.id + RESERVATION)
            yield move.id + RESERVING_KEY, move.resident, f"{act} {move.id}", act, answer, move.at - HOUR
        for move in self.of(Cause.CORRECTED):
            act = "adjust_points"
            yield move.id + KEY, self.organiser, f"{act} {move.id}", act, f"[{move.id}, null]", move.at

    def admitted(self) -> Iterator[Move]:
        """The moves whose ticket was let in."""
        return (move for move in self.paying() if self.status_of_ticket(move) == "ADMITTED")

    def admissions(self) -> Rows:
        for move in self.admitted():
            yield move.id + ADMISSION, move.id + TICKET, str(move.id), move.at + HOUR, move.at + HOUR, self.organiser

    def used(self) -> Rows:
        for move in self.admitted():
            yield move.id + USED, move.id + TICKET


INSERT_RULE = """INSERT INTO earning_rules (id, programme_id, code, version, name, kind, points, valid_from, cap_per_day,
    lowest_grade, least_share, activity_kinds, published_at, published_by_id)
    VALUES (?, 1, ?, 1, '示例规则', 'PER_ATTENDANCE', ?, ?, ?, 'ENTERED_AFTERWARDS', 0, '', ?, ?)"""
INSERT_ATTENDANCE = """INSERT INTO attendances (id, activity_id, shift_id, resident_id, checked_in_at, checked_out_at,
    served_seconds, method, recorded_by_id, recorded_at, points_earned, transfer_id, voided_at, void_reason, voided_by_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'ORGANISER', ?, ?, ?, ?, ?, ?, ?)"""
INSERT_AWARD = """INSERT INTO awards (id, position, rule_id, would_have_given, points, attendance_id, transfer_id, local_day,
    week, basis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"""
INSERT_COUNTER = """INSERT INTO award_counters (programme_id, code, resident_id, period, used, cap)
    VALUES (1, ?, ?, ?, ?, ?)"""
INSERT_CLAIM = """INSERT INTO claims (id, programme, resident_id, host_id, figure, previous_figure, increase, seen_on,
    masked_account, account_key, status, doubts, attested_by_id, attested_at, transfer_id)
    VALUES (?, 'xuexi', ?, 1, ?, ?, ?, ?, ?, ?, 'APPROVED', '', ?, ?, ?)"""
INSERT_FIGURE = """INSERT INTO attested_figures (id, programme, resident_id, figure, seen_on)
    VALUES (?, 'xuexi', ?, ?, ?)"""
INSERT_ORDER = """INSERT INTO ticket_orders (id, offer_id, session_id, resident_id, status, quantity, points_spent, transfer_id,
    refund_transfer_id, created_by_id, created_at, refunded_at) VALUES (?, 1, 1, ?, ?, 1, ?, ?, ?, ?, ?, ?)"""
INSERT_TICKET = """INSERT INTO tickets (id, order_id, offer_id, session_id, resident_id, serial, status)
    VALUES (?, ?, 1, 1, ?, ?, ?)"""
INSERT_HOLDING = "INSERT INTO offer_holdings (id, offer_id, resident_id, tickets) VALUES (?, 1, ?, ?)"
INSERT_HOLD = """INSERT INTO holds (id, programme, debit_id, credit_id, amount, memo, source_kind, source_id, placed_at,
    expires_at, status, transfer_id, resolved_at) VALUES (?, 'xuexi', ?, ?, ?, ?, 'Reservation', ?, ?, ?, 'POSTED', ?, ?)"""
INSERT_RESERVATION = """INSERT INTO reservations (id, offer_id, session_id, resident_id, quantity, points, hold_id,
    reserved_until, created_by_id, created_at, status, order_id, resolved_at)
    VALUES (?, 1, 1, ?, 1, ?, ?, ?, ?, ?, 'PAID', ?, ?)"""
INSERT_KEY = """INSERT INTO idempotency_keys (id, caller_id, key, act, digest, answer, created_at)
    VALUES (?, ?, ?, ?, '', ?, ?)"""
INSERT_ADMISSION = """INSERT INTO admissions (id, ticket_id, session_id, gate, scan_id, scanned_at, recorded_at,
    recorded_by_id) VALUES (?, ?, 1, '示例入口', ?, ?, ?, ?)"""

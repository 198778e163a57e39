"""The floors of writing: the rows of one redemption, and of an attendance list of 200, written by sqlite3 itself.

No rule is checked and nothing is answered; every statement stands written out, each transaction is one durable commit as the
program's are. tests/test_bench.py holds the rows against those of the real acts.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bench.fill import Filled, wallet_of
from bench.operations import people_of
from storage.instants import to_micros

DURABLE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
FIRST_ID = 1 << 61  # far above what fillers and the program make
POINTS_EACH = 15  # 5 for coming, and 5 for each of two hours
ISSUANCE, REDEMPTION = 1, 2

CLAIM = (
    "INSERT INTO idempotency_keys (id, caller_id, key, act, digest, answer, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
FIND_SALE = """SELECT f.id, f.programme, f.title, f.cost, s.remaining, a.id, a.credits - a.debits - a.held FROM offer_sessions s
    JOIN ticket_offers f ON f.id = s.offer_id
    JOIN accounts a ON a.holder_id = ? AND a.programme = f.programme AND a.kind = 'WALLET' AND a.merged_into_id IS NULL
    WHERE s.id = ?"""
TAKE_HOLDING = """INSERT INTO offer_holdings (id, offer_id, resident_id, tickets) VALUES (?, ?, ?, 1)
    ON CONFLICT (offer_id, resident_id) DO UPDATE SET tickets = offer_holdings.tickets + 1"""
MOVE = """UPDATE accounts SET debits = debits + ?, credits = credits + ?, entry_count = entry_count + 1
    WHERE id = ? AND credits - debits - held >= ? RETURNING credits - debits, entry_count"""
TRANSFER = """INSERT INTO transfers (id, programme, kind, amount, debit_id, credit_id, memo, occurred_at, posted_at,
    source_kind, source_id, posted_by_id) VALUES (?, 'xuexi', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
ENTRY = """INSERT INTO entries (id, account_id, position, transfer_id, amount, balance_after, posted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
ORDER = """INSERT INTO ticket_orders (id, offer_id, session_id, resident_id, status, quantity, points_spent, transfer_id,
    created_by_id, created_at) VALUES (?, 1, ?, ?, 'PAID', 1, 1, ?, ?, ?)"""
TICKET = """INSERT INTO tickets (id, order_id, offer_id, session_id, resident_id, serial, status)
    VALUES (?, ?, 1, ?, ?, ?, 'VALID')"""
TAKE_STOCK = "UPDATE offer_sessions SET remaining = remaining - 1 WHERE id = ? AND remaining >= 1"
COUNT = "UPDATE activities SET attendance_count = attendance_count + ? WHERE id = 1"
ATTENDANCE = """INSERT INTO attendances (id, activity_id, shift_id, resident_id, checked_in_at, checked_out_at, served_seconds,
    method, grade, approval, recorded_by_id, recorded_at, points_earned, transfer_id, award_lines)
    VALUES (?, 1, ?, ?, ?, ?, 7200, 'ORGANISER', 'ORGANISER_LIST', 'NOT_NEEDED', ?, ?, ?, ?, ?)"""
AWARD = """INSERT INTO awards (id, attendance_id, position, transfer_id, local_day, week, basis, would_have_given, points)
    VALUES (?, ?, 0, ?, '2024-01-12', '2024-W02', 2, ?, ?)"""
LINES = f'[{{"basis":2,"would":{POINTS_EACH},"points":{POINTS_EACH}}}]'


class Bare:
    """A connection to a filled database, and what it needs to write rows that are new."""

    def __init__(self, file: Path, filled: Filled) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in DURABLE:
            self.connection.execute(f"PRAGMA {pragma}")
        self.filled = filled
        self.ids = count(FIRST_ID)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        self.connection.execute("BEGIN IMMEDIATE")
        yield self.connection
        self.connection.execute("COMMIT")

    def redeem(self, number: int) -> None:
        """One ticket for one of the busy residents."""
        resident, session, ids, now = (
            number % len(self.filled.tokens) + 1,
            self.filled.offer_session,
            self.ids,
            now_micros(),
        )
        order, transfer = next(ids), next(ids)
        with self.transaction() as connection:
            execute = connection.execute
            execute(CLAIM, (next(ids), resident, f"bare-{number}", "redeem_tickets", "0" * 64, str(order), now))
            offer, _, title, cost, _, wallet, _ = execute(FIND_SALE, (resident, session)).fetchone()
            execute(TAKE_HOLDING, (next(ids), offer, resident))
            balance, position = execute(MOVE, (cost, 0, wallet, cost)).fetchone()
            source = ("TicketOrder", order, resident)
            execute(TRANSFER, (transfer, "REDEEM", cost, wallet, REDEMPTION, title, now, now, *source))
            entries = entries_of(ids, transfer, (wallet, position, balance), REDEMPTION, -cost, now)
            connection.executemany(ENTRY, entries)
            execute(ORDER, (order, session, resident, transfer, resident, now))
            execute(TICKET, (next(ids), order, session, resident, f"{order:x}"))
            execute(TAKE_STOCK, (session,))

    def attend(self, number: int) -> None:
        """A list of people in a shift of its own, each paid."""
        ids, shift, now = self.ids, self.filled.shifts_to_log[number], now_micros()
        people = people_of(self.filled, number)
        transfers: list[Any] = []
        entries: list[Any] = []
        attendances: list[Any] = []
        awards: list[Any] = []
        began, ended = (to_micros(self.filled.shift_starts_at + timedelta(hours=hours)) for hours in (0, 2))
        organiser = self.filled.organiser
        with self.transaction() as connection:
            key = f"bare-list-{number}"
            connection.execute(CLAIM, (next(ids), organiser, key, "log_attendance", "0" * 64, "[]", now))
            connection.execute(COUNT, (len(people),))
            for resident in people:
                wallet, transfer, attendance = wallet_of(resident), next(ids), next(ids)
                balance, position = connection.execute(MOVE, (0, POINTS_EACH, wallet, 0)).fetchone()
                source = ("Attendance", attendance, organiser)
                transfers.append((transfer, "EARN", POINTS_EACH, ISSUANCE, wallet, "示例活动", ended, now, *source))
                entries += entries_of(ids, transfer, (wallet, position, balance), ISSUANCE, POINTS_EACH, now)
                row = (attendance, shift, resident, began, ended, organiser, now, POINTS_EACH, transfer, LINES)
                attendances.append(row)
                awards.append((next(ids), attendance, transfer, POINTS_EACH, POINTS_EACH))
            connection.executemany(TRANSFER, transfers)
            connection.executemany(ENTRY, entries)
            connection.executemany(ATTENDANCE, attendances)
            connection.executemany(AWARD, awards)

    def close(self) -> None:
        self.connection.close()


def entries_of(
    ids: Iterator[int], transfer: int, wallet: tuple[int, int, int], other: int, amount: int, now: int
) -> list[tuple[Any, ...]]:
    """The two entries of a transfer; the wallet's says where it stands afterwards (id, position, balance)."""
    account, position, balance = wallet
    return [
        (next(ids), account, position, transfer, amount, balance, now),
        (next(ids), other, transfer, transfer, -amount, None, now),
    ]


def now_micros() -> int:
    return time.time_ns() // 1000


@contextmanager
def bare_writer(file: Path, filled: Filled) -> Iterator[Bare]:
    """A connection to a database of a filled file, closed at the end."""
    bare = Bare(file, filled)
    try:
        yield bare
    finally:
        bare.close()

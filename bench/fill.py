"""Filling a database, always with the same rows: 2,000 activities, 20,000 residents, 200,000 transfers by default."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.bulk import Rows, load
from ledger.accounts import SYSTEM_KINDS
from ledger.posting import INSERT_ENTRY, INSERT_TRANSFER
from storage.instants import to_micros
from storage.migrations import migrate

SEED = 20240112
BUSY_RESIDENTS = 200  # they sign in, redeem, and have a statement of more than one page
BUSY_ENTRIES = 60
ENTRY_POINTS = 20
ON_A_LIST = 200  # people whom an organiser records at once; they and the organiser are not busy
KINDS = ("CLINIC", "ANTI_FRAUD", "CLEANUP", "READING", "FESTIVAL", "CULTURE", "FARM_AID", "SAFETY_INSPECTION")
SHIFTS_TO_LOG = 4_000
STOCK = 10_000_000
GRANTED_FOR = timedelta(days=30)
TO_LOG_BEGAN_BEFORE = timedelta(hours=8)  # over, and not so long ago that each row needs a reason


@dataclass(frozen=True, slots=True)
class Size:
    """How much to fill in."""

    activities: int = 2_000
    residents: int = 20_000
    transfers: int = 200_000
    busy: int = BUSY_RESIDENTS


LEAST = {"activities": 10, "residents": ON_A_LIST + 20, "transfers": 10 * BUSY_ENTRIES}


def size_of(activities: int, residents: int, transfers: int) -> Size:
    """As much as that. In a small one fewer are busy: each has an activity, entries, and no place on the lists.

    Raises ValueError: that is too little to measure.
    """
    for name, asked in (("activities", activities), ("residents", residents), ("transfers", transfers)):
        if asked < LEAST[name]:
            raise ValueError(f"{asked} {name} are too few to measure anything: at least {LEAST[name]}")
    busy = min(BUSY_RESIDENTS, activities, residents - ON_A_LIST - 1, transfers // BUSY_ENTRIES)
    return Size(activities, residents, transfers, busy)


@dataclass(slots=True)
class Filled:
    """What the operations need to know of the filled database. Ids are numbers, tokens as a client sends them."""

    tokens: list[str] = field(default_factory=list)
    organiser_token: str = ""
    organiser: int = 0
    residents: list[int] = field(default_factory=list)
    offer_session: int = 0
    shifts_to_log: list[int] = field(default_factory=list)
    shift_starts_at: datetime = datetime(2024, 1, 1, tzinfo=UTC)


class Filler:
    """Numbers rows and remembers what they belong to. Ids are small and start at 1: the program's own are far above."""

    def __init__(self, size: Size, now: datetime) -> None:
        self.size = size
        self.now = now
        self.random = random.Random(SEED)
        self.activity_starts = [now + timedelta(hours=self.random.randint(24, 24 * 60)) for _ in range(size.activities)]
        self.counts = entry_counts(size)

    @property
    def name(self) -> str:
        """Says what is filled in."""
        return f"activities-{self.size.activities}-residents-{self.size.residents}-transfers-{self.size.transfers}"

    def filled(self) -> Filled:
        """What there is once it is filled in."""
        first_shift = self.size.activities + 1
        return Filled(
            tokens=[token_of(resident) for resident in range(1, self.size.busy + 1)],
            organiser_token=token_of(organiser_of(self.size)),
            organiser=organiser_of(self.size),
            residents=list(range(self.size.busy + 1, self.size.residents)),
            offer_session=1,
            shifts_to_log=list(range(first_shift, first_shift + SHIFTS_TO_LOG)),
            shift_starts_at=self.now - TO_LOG_BEGAN_BEFORE,
        )

    def statements(self) -> Iterator[tuple[str, Rows]]:
        """Every table's INSERT and its rows, parents first."""
        yield "INSERT INTO programmes (id, code, name, zone) VALUES (?, ?, ?, ?)", self.programmes()
        yield "INSERT INTO areas (id, code, name, level, parent_id) VALUES (?, ?, ?, ?, ?)", self.areas()
        yield "INSERT INTO area_within (id, area_id, ancestor_id, distance) VALUES (?, ?, ?, ?)", self.closure()
        yield "INSERT INTO area_management (id, area_id, manager_id, distance) VALUES (?, ?, ?, ?)", self.closure()
        yield "INSERT INTO organisations (id, name, kind, area_id) VALUES (?, ?, 'OTHER', ?)", self.organisations()
        yield "INSERT INTO residents (id, display_name, area_id, created_at) VALUES (?, ?, ?, ?)", self.residents()
        yield (
            "INSERT INTO role_grants (id, resident_id, role, area_id, granted_at) VALUES (?, ?, ?, 1, ?)",
            self.role_grants(),
        )
        yield "INSERT INTO sessions (id, resident_id, created_at, expires_at) VALUES (?, ?, ?, ?)", self.sessions()
        yield (
            "INSERT INTO session_tokens (id, digest, session_id, kind, expires_at) VALUES (?, ?, ?, 'ACCESS', ?)",
            self.session_tokens(),
        )
        yield (
            """INSERT INTO accounts (id, programme, kind, holder_id, debits, credits, entry_count, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            self.accounts(),
        )
        yield INSERT_ACTIVITY, self.activities()
        yield INSERT_SHIFT, self.shifts()
        yield INSERT_SIGN_UP, self.sign_ups()
        yield INSERT_OFFER, self.offers()
        yield (
            """INSERT INTO offer_sessions (id, offer_id, starts_at, ends_at, stock, remaining, position)
                VALUES (?, ?, ?, ?, ?, ?, 1)""",
            self.offer_sessions(),
        )
        yield INSERT_TRANSFER, self.transfers()
        yield INSERT_ENTRY, self.entries()

    def programmes(self) -> Rows:
        yield 1, "xuexi", "学习强国积分", "Asia/Shanghai"

    def areas(self) -> Rows:
        yield 1, "370811", "任城区", "DISTRICT", None
        for number in range(2, 22):
            yield number, f"RC-{number:03}", f"示例街道{number - 1:02}", "SUBDISTRICT", 1

    def closure(self) -> Rows:
        for number in range(1, 22):
            yield 2 * number, number, number, 0
            if number > 1:
                yield 2 * number + 1, number, 1, 1

    def organisations(self) -> Rows:
        for number in range(1, 101):
            yield number, f"示例单位{number:03}", number % 20 + 2

    def residents(self) -> Rows:
        for number in range(1, self.size.residents + 1):
            yield number, f"示例居民{number:05}", number % 20 + 2, to_micros(self.now)

    def role_grants(self) -> Rows:
        yield 1, organiser_of(self.size), "ORGANISER", to_micros(self.now)

    def sessions(self) -> Rows:
        for resident in [*range(1, self.size.busy + 1), organiser_of(self.size)]:
            yield resident, resident, to_micros(self.now), to_micros(self.now + GRANTED_FOR)

    def session_tokens(self) -> Rows:
        for resident in [*range(1, self.size.busy + 1), organiser_of(self.size)]:
            digest = hashlib.sha256(token_of(resident).encode()).hexdigest()
            yield resident, digest, resident, to_micros(self.now + GRANTED_FOR)

    def accounts(self) -> Rows:
        for resident, entries in enumerate(self.counts, start=1):
            sums = self.sums_of(resident)
            yield wallet_of(resident), "xuexi", "WALLET", resident, *sums, entries, to_micros(self.now)
        for number, kind in enumerate(SYSTEM_KINDS, start=1):
            yield number, "xuexi", kind.value, None, 0, 0, 0, to_micros(self.now)

    def sums_of(self, resident: int) -> tuple[int, int]:
        """What left their wallet, and what came in."""
        return 0, self.counts[resident - 1] * ENTRY_POINTS

    def activities(self) -> Rows:
        for number, starts_at in enumerate(self.activity_starts, start=1):
            title = f"示例活动{number:04}:寒冬义诊暖民心"
            yield (
                number, KINDS[number % len(KINDS)], title, "望闻问切,节气养生指导,现场答疑。" * 3, number % 100 + 1,
                number % 20 + 2, "火车站宿舍红帆驿站", to_micros(starts_at), to_micros(starts_at + timedelta(hours=3)),
                200, 1 if number <= self.size.busy else 0, self.attended(number), title, organiser_of(self.size),
                to_micros(self.now),
            )  # fmt: skip

    def attended(self, activity: int) -> int:
        """How many attendances of an activity stand."""
        return 0

    def shifts(self) -> Rows:
        for number, starts_at in enumerate(self.activity_starts, start=1):
            confirmed = 1 if number <= self.size.busy else 0
            ends_at = starts_at + timedelta(hours=3)
            yield number, number, to_micros(starts_at), to_micros(ends_at), 200, confirmed, 1
        past = self.now - TO_LOG_BEGAN_BEFORE
        for number in range(SHIFTS_TO_LOG):
            ends_at = past + timedelta(hours=3)
            yield self.size.activities + 1 + number, 1, to_micros(past), to_micros(ends_at), None, 0, 2 + number

    def sign_ups(self) -> Rows:
        for number in range(1, self.size.busy + 1):
            yield number, number, number, number, to_micros(self.now), to_micros(self.now)

    def transfers(self) -> Rows:
        for transfer, resident, _, at in self.movements():
            yield (
                transfer, "xuexi", "EARN", ENTRY_POINTS, 1, wallet_of(resident), "示例活动积分", at, at, None,
                "Bench", transfer, None,
            )  # fmt: skip

    def entries(self) -> Rows:
        for transfer, resident, position, at in self.movements():
            yield 2 * transfer, 1, transfer, transfer, -ENTRY_POINTS, None, at
            balance = position * ENTRY_POINTS
            yield 2 * transfer + 1, wallet_of(resident), position, transfer, ENTRY_POINTS, balance, at

    def movements(self) -> Iterator[tuple[int, int, int, int]]:
        """Transfer, resident, position in the wallet, instant; over time everyone gets their share, as in life."""
        began = to_micros(self.now - timedelta(days=365))
        transfer = 0
        for position in range(1, max(self.counts) + 1):
            for resident, entries in enumerate(self.counts, start=1):
                if position <= entries:
                    transfer += 1
                    yield transfer, resident, position, began + transfer * 1_000_000

    def offers(self) -> Rows:
        opens, closes = self.now - timedelta(days=30), self.now + timedelta(days=30)
        yield 1, to_micros(opens), to_micros(closes), organiser_of(self.size), to_micros(self.now)

    def offer_sessions(self) -> Rows:
        starts_at = self.now + timedelta(days=31)
        yield 1, 1, to_micros(starts_at), to_micros(starts_at + timedelta(hours=8)), STOCK, STOCK - self.taken()

    def taken(self) -> int:
        """How many tickets are sold."""
        return 0


INSERT_ACTIVITY = """INSERT INTO activities (id, kind, title, summary, status, host_id, area_id, venue, starts_at,
    ends_at, capacity, confirmed_count, attendance_count, arrivals, points_programme, points_per_attendance, points_per_hour,
    points_cap, search_text, created_by_id, created_at)
    VALUES (?, ?, ?, ?, 'PUBLISHED', ?, ?, ?, ?, ?, ?, ?, ?, 1, 'xuexi', 5, 5, 20, ?, ?, ?)"""
INSERT_SHIFT = """INSERT INTO shifts (id, activity_id, name, starts_at, ends_at, capacity, confirmed_count, position)
    VALUES (?, ?, '全程', ?, ?, ?, ?, ?)"""
INSERT_SIGN_UP = """INSERT INTO sign_ups (id, activity_id, shift_id, resident_id, status, arrival, created_at,
    confirmed_at) VALUES (?, ?, ?, ?, 'CONFIRMED', 1, ?, ?)"""
INSERT_OFFER = """INSERT INTO ticket_offers (id, title, summary, status, host_id, venue, programme, cost,
    minimum_balance, limit_per_resident, sales_open_at, sales_close_at, created_by_id, created_at)
    VALUES (?, '示例兑换', '示例', 'ON_SALE', 1, '少康湖', 'xuexi', 1, 0, 1000000, ?, ?, ?, ?)"""


def wallet_of(resident: int) -> int:
    """The account of a filled-in resident; 1 to 4 are the system accounts."""
    return resident + 10


def organiser_of(size: Size) -> int:
    """The resident who organises everything."""
    return size.residents


def token_of(resident: int) -> str:
    """An access token in the program's own form."""
    return f"xa_{resident:022}"


def entry_counts(size: Size) -> list[int]:
    """How many entries each resident has: some sixty for the busy ones, the rest shared out among the others."""
    busy = min(size.busy, size.residents)
    left, others = size.transfers - busy * BUSY_ENTRIES, size.residents - busy
    each, more = divmod(max(left, 0), others)
    return [BUSY_ENTRIES] * busy + [each + (1 if number < more else 0) for number in range(others)]


async def fill(url: str, filler: Filler) -> None:
    """Migrate and fill the database of a URL."""
    await migrate(url)
    await load(url, filler.statements())

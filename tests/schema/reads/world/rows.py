"""The tables of the world and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import storage
from storage import Transaction

DAY = 86_400_000_000
NOON = 1_705_060_800_000_000  # 2024-01-12T12:00:00Z
TABLES = {
    "areas": "id BIGINT PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, parent_id BIGINT",
    "area_within": "area_id BIGINT NOT NULL, ancestor_id BIGINT NOT NULL, distance BIGINT NOT NULL",
    "bodies": "id BIGINT PRIMARY KEY, full_name TEXT NOT NULL, area_id BIGINT NOT NULL",
    "people": "id BIGINT PRIMARY KEY, name TEXT NOT NULL, phone TEXT, area_id BIGINT",
    "grants": "id BIGINT PRIMARY KEY, person_id BIGINT NOT NULL, body_id BIGINT NOT NULL, role TEXT NOT NULL",
    "events": "id BIGINT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, "
    "host_id BIGINT NOT NULL, area_id BIGINT NOT NULL, starts_at BIGINT NOT NULL, latitude DOUBLE PRECISION, "
    "capacity BIGINT, is_outdoors BIGINT NOT NULL, points_each BIGINT NOT NULL, points_cap BIGINT NOT NULL",
    "event_partners": "event_id BIGINT NOT NULL, body_id BIGINT NOT NULL",
    "slots": "id BIGINT PRIMARY KEY, event_id BIGINT NOT NULL, name TEXT NOT NULL, starts_at BIGINT NOT NULL",
    "bookings": "id BIGINT PRIMARY KEY, slot_id BIGINT NOT NULL, person_id BIGINT NOT NULL, status TEXT NOT NULL, "
    "created_at BIGINT NOT NULL",
    "movements": "id BIGINT PRIMARY KEY, person_id BIGINT NOT NULL, amount BIGINT NOT NULL, posted_at BIGINT NOT NULL, "
    "cause TEXT, cause_id BIGINT",
}
AREAS = [
    (1, "D", "任城区", None),
    (2, "S1", "古槐", 1),
    (3, "S2", "阜桥", 1),
    (4, "C1", "津浦街", 3),
    (5, "G1", "网格01", 4),
]
ANCESTORS = {1: [1], 2: [2, 1], 3: [3, 1], 4: [4, 3, 1], 5: [5, 4, 3, 1]}
WITHIN = [(area, above, distance) for area, all_above in ANCESTORS.items() for distance, above in enumerate(all_above)]
BODIES = [(1, "网格中心", 4), (2, "文明实践站", 3), (3, "同仁堂中医院", 1), (4, "联华超市", 2)]
PEOPLE = [
    (n, f"示例居民{n:02}", None if n % 4 == 0 else f"1380000{n:04}", None if n % 5 == 0 else 1 + n % 5)
    for n in range(1, 13)
]
#: Person 1 organises for bodies 1 and 2, person 2 for body 3.
GRANTS = [(1, 1, 1, "ORGANISER"), (2, 1, 2, "ORGANISER"), (3, 2, 3, "ORGANISER"), (4, 3, 4, "AUDITOR")]
EVENTS = 14


async def fill(tx: Transaction) -> None:
    """Make the tables and put a few dozen rows into them, always the same."""
    for name, columns in TABLES.items():
        await tx.execute(f"CREATE TABLE {name} ({columns})")
    for name, rows in rows_of_the_world(Random(7)).items():
        marks = ", ".join("?" * len(rows[0]))
        await tx.execute_many(f"INSERT INTO {name} VALUES ({marks})", rows)


def rows_of_the_world(random: Random) -> dict[str, list[tuple[Any, ...]]]:
    events = [event(number, random) for number in range(1, EVENTS + 1)]
    slots = [
        (10 * e[0] + n, e[0], f"第{n}班", e[6] + n * 3_600_000_000)
        for e in events
        for n in range(1, 1 + random.randint(1, 3))
    ]
    bookings = bookings_of(slots, random)
    return {
        "areas": list(AREAS),
        "area_within": list(WITHIN),
        "bodies": list(BODIES),
        "people": list(PEOPLE),
        "grants": list(GRANTS),
        "events": events,
        "event_partners": [(e[0], body) for e in events for body in range(1, 5) if random.random() < 0.4],
        "slots": slots,
        "bookings": bookings,
        "movements": movements_of(bookings, slots, random),
    }


def event(number: int, random: Random) -> tuple[Any, ...]:
    status = random.choice(["DRAFT", "PUBLISHED", "PUBLISHED", "CANCELLED"])
    starts_at = NOON + (number // 3) * DAY + random.choice([0, 500_000])  # several at the same instant
    latitude = random.choice([None, 35.4, 35.0])
    capacity = random.choice([None, 3, 20])
    kind = random.choice(["CLINIC", "READING"])
    return (
        number, f"活动 {number}", kind, status, random.randint(1, 4), random.randint(1, 5), starts_at,
        latitude, capacity, random.randint(0, 1), random.randint(0, 3), 10,
    )  # fmt: skip


def bookings_of(slots: Sequence[tuple[Any, ...]], random: Random) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for slot in slots:
        for person in random.sample(range(1, 13), random.randint(0, 6)):
            status = random.choice(["CONFIRMED", "CONFIRMED", "WAITLISTED", "CANCELLED"])
            found.append((1000 + len(found), slot[0], person, status, NOON + random.randint(0, 4) * DAY))
    return found


def movements_of(
    bookings: Sequence[tuple[Any, ...]], slots: Sequence[tuple[Any, ...]], random: Random
) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for person in range(1, 13):
        for _ in range(random.randint(0, 7)):
            cause, cause_id = random.choice(
                [("BOOKING", random.choice(bookings)[0]), ("SLOT", random.choice(slots)[0]), (None, None)]
            )
            found.append((len(found) + 1, person, random.randint(-5, 9), NOON + len(found), cause, cause_id))
    return found


async def make_world() -> None:
    """Fill the open, empty database."""
    await storage.write(fill)

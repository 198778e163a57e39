"""What a wallet says will expire is what expires: random lives of a wallet, against a model that moves lots one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.points.expire_points import expire_points, find_policy
from ledger.accounts import AccountRef
from ledger.audit import audit
from ledger.expiring import expiring, lots_left_sql, lots_of
from ledger.expiry_policy import Expiry, ExpiryPolicy
from ledger.holds import NewHold, place_hold, void_hold
from ledger.posting import TransferKind
from storage import Transaction, fetch, read, write
from tests.builders.ledger import Book, a_book, a_wallet, earn, spend, take_back

pytestmark = pytest.mark.usefixtures("database")

START = datetime(2024, 1, 1, 4, tzinfo=UTC)
STEPS = st.sampled_from(["earn", "earn", "spend", "spend", "refund", "refund", "void", "hold", "release", "run"])
DAYS = st.sampled_from([0, 1, 9, 31, 40, 200])
LIVES = st.lists(st.tuples(STEPS, st.integers(1, 12), DAYS), min_size=12, max_size=16)
POLICIES = st.sampled_from([(Expiry.END_OF_YEAR, None), (Expiry.MONTHS, 1), (Expiry.MONTHS, 3), (Expiry.NEVER, None)])


@dataclass
class Lots:
    """Lots of points by the day they came in. A purchase notes what it took from which, a refund puts that back."""

    left: list[list[object]] = field(default_factory=list)  # [day, points, id]

    def take(self, points: int) -> None:
        for lot in sorted(self.left, key=lambda lot: lot[0]):  # type: ignore[arg-type, return-value]
            taken = min(points, lot[1])  # type: ignore[call-overload]
            lot[1] -= taken
            points -= taken


@dataclass
class Life:
    """One wallet, and what happened to it: standing credits and debits by id, and holds."""

    book: Book
    wallet: AccountRef
    policy: ExpiryPolicy
    now: datetime = START
    credits: dict[int, tuple[date, int]] = field(default_factory=dict)
    debits: dict[int, int] = field(default_factory=dict)
    purchases: list[int] = field(default_factory=list)
    holds: dict[int, int] = field(default_factory=dict)

    @property
    def available(self) -> int:
        return sum(points for _, points in self.credits.values()) - sum(self.debits.values()) - sum(self.holds.values())

    def model(self) -> dict[date, int]:
        """Lot by lot: everything that was spent, expired or is held takes the oldest first; the rest expires by its own day."""
        lots = Lots([[day, points, id_] for id_, (day, points) in self.credits.items()])
        lots.take(sum(self.debits.values()) + sum(self.holds.values()))
        days: dict[date, int] = {}
        for day, points, _ in lots.left:
            last_day = self.policy.last_day(day)  # type: ignore[arg-type]
            if points and last_day:
                days[last_day] = days.get(last_day, 0) + points  # type: ignore[operator]
        return dict(sorted(days.items()))

    async def told(self) -> dict[date, int]:
        sql = f"""SELECT {lots_left_sql("a.id", "(a.credits - a.debits - a.held)")}, a.credits - a.debits - a.held
            FROM accounts a WHERE a.id = ?"""
        lots, available = (await fetch(sql, self.wallet.id))[0]
        return expiring(lots_of(lots), available, self.policy)


async def earn_some(life: Life, points: int) -> None:
    life.credits[await earn(life.book, life.wallet, points, life.now)] = (life.policy.day_of(life.now), points)


async def spend_some(life: Life, points: int) -> None:
    if points <= life.available:
        purchase = await spend(life.book, life.wallet, points, life.now)
        life.debits[purchase] = points
        life.purchases.append(purchase)


async def refund_one(life: Life, _: int) -> None:
    if life.purchases:
        purchase = life.purchases.pop(0)
        await take_back(purchase, TransferKind.REFUND, life.now)
        del life.debits[purchase]


async def void_one(life: Life, points: int) -> None:
    award = next((id_ for id_, (_, worth) in life.credits.items() if worth <= life.available and worth <= points), None)
    if award is not None:
        await take_back(award, now=life.now)
        del life.credits[award]


async def hold_some(life: Life, points: int) -> None:
    if points > life.available:
        return

    async def body(tx: Transaction) -> int:
        until = life.now + timedelta(days=3650)
        hold = NewHold(id=tx.new_id(), programme=life.book.code, amount=points, debit=life.wallet, credit=life.book.redemption, memo="示例", expires_at=until)  # fmt: skip  # noqa: E501
        await place_hold(tx, hold, life.now)
        return hold.id

    life.holds[await write(body)] = points


async def release_one(life: Life, _: int) -> None:
    if life.holds:
        hold_id = next(iter(life.holds))
        await write(lambda tx: void_hold(tx, hold_id, life.now))
        del life.holds[hold_id]


async def run(life: Life, _: int) -> None:
    """What is posted is what the wallet said, day by day."""
    today = life.policy.day_of(life.now)
    due = {day: points for day, points in (await life.told()).items() if day < today}
    sql = "SELECT id, amount, memo FROM transfers WHERE debit_id = ? AND kind = 'EXPIRE'"
    before = {row[0] for row in await fetch(sql, life.wallet.id)}
    await expire_points(life.book.code, life.now)
    posted = [row for row in await fetch(sql, life.wallet.id) if row[0] not in before]
    assert {row[2]: row[1] for row in posted} == {f"积分于 {day} 到期": points for day, points in due.items()}
    life.debits |= {row[0]: row[1] for row in posted}


ACTS = {
    "earn": earn_some,
    "spend": spend_some,
    "refund": refund_one,
    "void": void_one,
    "hold": hold_some,
    "release": release_one,
    "run": run,
}


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIVES, POLICIES)
async def test_what_is_told_is_what_expires(steps: list[tuple[str, int, int]], rule: tuple[Expiry, int | None]) -> None:
    book = await a_book()
    sql = "UPDATE programmes SET expiry = ?, expiry_months = ? WHERE code = ?"
    await write(lambda tx: tx.execute(sql, rule[0].value, rule[1], book.code))
    life = Life(book, await a_wallet(book), await read(lambda reader: find_policy(reader, book.code)))
    for what, points, days in [("earn", 20, 5), *steps, ("run", 1, 400)]:
        life.now += timedelta(days=days)
        await ACTS[what](life, points)
        assert await life.told() == life.model()
    assert await read(audit) == []

"""Corrections above a limit: two administrators, once, whatever is tried."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable
from datetime import datetime

import asyncpg
import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.people.rights import Role
from domain.points.adjust_points import Adjusted, AdjustPointsWish, adjust_points
from domain.points.adjustment_limit import limit_of
from domain.points.approve_adjustment import ApproveAdjustmentWish, approve_adjustment
from domain.points.reject_adjustment import RejectAdjustmentWish, reject_adjustment
from domain.points.set_adjustment_limit import SetAdjustmentLimitWish, set_adjustment_limit
from domain.refusals import (
    AccountNotOpen,
    AlreadyDecided,
    Forbidden,
    InsufficientPoints,
    InvalidInput,
    NotFound,
    Refusal,
    SecondPersonRequired,
)
from storage import Database, fetch, read, write
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, role_over
from tests.builders.places import an_area
from tests.clock import NOW, later
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")


async def adjust(
    administrator: Caller, resident_id: int, amount: int, *, now: datetime = NOW, key: str | None = None
) -> Adjusted:
    wish = AdjustPointsWish(resident_id=resident_id, amount=amount, reason="补录", idempotency_key=key or a_key())
    return await adjust_points(administrator, wish, now)


async def proposed(administrator: Caller, resident_id: int, amount: int) -> int:
    """An adjustment that waits."""
    adjusted = await adjust(administrator, resident_id, amount)
    assert adjusted.transfer_id is None
    assert adjusted.adjustment_id
    return adjusted.adjustment_id


async def approve(administrator: Caller, adjustment_id: int, key: str | None = None) -> int:
    wish = ApproveAdjustmentWish(adjustment_id=adjustment_id, idempotency_key=key or a_key())
    return await approve_adjustment(administrator, wish, later(minutes=5))


async def reject(administrator: Caller, adjustment_id: int, reason: str = "金额不对") -> int:
    wish = RejectAdjustmentWish(adjustment_id=adjustment_id, reason=reason, idempotency_key=a_key())
    return await reject_adjustment(administrator, wish, later(minutes=5))


async def limited(administrator: Caller, limit: int, now: datetime = NOW) -> None:
    await set_adjustment_limit(administrator, SetAdjustmentLimitWish(programme="xuexi", limit=limit), now)


async def limit_for(administrator: Caller) -> int:
    return await read(lambda reader: limit_of(reader, administrator.signed_in(), "xuexi"))


async def balance_of(resident_id: int) -> int:
    balance: int = (await fetch("SELECT credits - debits FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    return balance


async def test_up_to_the_limit_one_is_enough_and_above_it_nothing_moves_before_a_second_says_so() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    assert (await adjust(first, resident_id, 1000)).transfer_id
    other = await a_resident()
    adjustment_id = await proposed(first, other, 1001)
    assert await balance_of(other) == 0
    assert await approve(second, adjustment_id) == adjustment_id
    assert await balance_of(other) == 1001
    rows = await fetch(
        """SELECT t.kind, t.amount, t.memo, t.posted_by_id, t.source_kind, t.source_id FROM adjustments a
           JOIN transfers t ON t.id = a.transfer_id WHERE a.id = ?""",
        adjustment_id,
    )
    assert tuple(rows[0]) == ("ADJUST", 1001, "补录", second.resident_id, "Adjustment", adjustment_id)
    assert await read(audit_everything) == []


async def test_taking_counts_as_giving_does() -> None:
    first, second = await an_administrator(), await an_administrator()
    resident_id = await a_resident(points=3000)
    await approve(second, await proposed(first, resident_id, -3000))
    assert await balance_of(resident_id) == 0


async def test_many_small_ones_for_one_person_within_a_day_count_together() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    assert (await adjust(first, resident_id, 600)).transfer_id
    assert (await adjust(first, resident_id, -400)).transfer_id
    assert (await adjust(first, resident_id, 1, now=later(hours=23))).adjustment_id
    assert (await adjust(second, resident_id, 1000)).transfer_id, "somebody else has a limit of their own"
    assert (await adjust(first, await a_resident(), 1000)).transfer_id, "and so has another resident"
    assert (await adjust(first, resident_id, 1000, now=later(hours=24))).transfer_id


async def test_what_two_decided_on_counts_for_neither_of_them() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    await approve(second, await proposed(first, resident_id, 5000))
    for administrator in (first, second):
        assert (await adjust(administrator, resident_id, 1000)).transfer_id


async def test_of_sixteen_small_ones_at_once_as_many_are_posted_as_the_limit_allows() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    came = await asyncio.gather(*(adjust(administrator, resident_id, 300) for _ in range(16)))
    assert sum(adjusted.transfer_id is not None for adjusted in came) == 3
    assert await balance_of(resident_id) == 900
    assert await read(audit_everything) == []


async def test_for_oneself_a_second_person_is_always_needed() -> None:
    administrator, second = await an_administrator(), await an_administrator()
    adjustment_id = await proposed(administrator, administrator.signed_in(), 1)
    with pytest.raises(SecondPersonRequired):
        await approve(administrator, adjustment_id)
    await approve(second, adjustment_id)
    assert await balance_of(administrator.signed_in()) == 1


async def test_neither_the_author_nor_the_resident_decides() -> None:
    first, resident, second = await an_administrator(), await an_administrator(), await an_administrator()
    adjustment_id = await proposed(first, resident.signed_in(), 2000)
    for administrator in (first, resident):
        for tried in (approve(administrator, adjustment_id), reject(administrator, adjustment_id)):
            with pytest.raises(SecondPersonRequired):
                await tried
    await reject(second, adjustment_id)
    assert await balance_of(resident.signed_in()) == 0


async def test_it_is_decided_once_whoever_tries_at_the_same_time() -> None:
    first, resident_id = await an_administrator(), await a_resident()
    deciders = [await an_administrator() for _ in range(8)]
    adjustment_id = await proposed(first, resident_id, 2000)
    tries: list[Awaitable[int]] = [approve(decider, adjustment_id) for decider in deciders[:4]]
    tries += [reject(decider, adjustment_id) for decider in deciders[4:]]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(outcome) for outcome in came].count(AlreadyDecided) == 7
    assert await balance_of(resident_id) in (0, 2000)
    assert await read(audit_everything) == []


async def test_the_same_key_proposes_and_approves_once() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    asked = [await adjust(first, resident_id, 2000, key="K") for _ in range(2)]
    assert asked[0] == asked[1]
    adjustment_id = asked[0].adjustment_id or 0
    assert [await approve(second, adjustment_id, key="K") for _ in range(2)] == [adjustment_id] * 2
    assert await balance_of(resident_id) == 2000


async def test_what_cannot_be_posted_waits_on() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident(points=3000)
    one, other = await proposed(first, resident_id, -2000), await proposed(first, resident_id, -2000)
    await approve(second, one)
    with pytest.raises(InsufficientPoints):
        await approve(second, other)
    await reject(second, other)
    assert await balance_of(resident_id) == 1000


async def test_nothing_is_proposed_for_a_closed_wallet() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    await write(lambda tx: tx.execute("UPDATE accounts SET status = 'CLOSED' WHERE holder_id = ?", resident_id))
    with pytest.raises(AccountNotOpen):
        await adjust(administrator, resident_id, 2000)


async def test_a_lower_limit_holds_for_everybody_at_once() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    await limited(first, 10)
    assert [await limit_for(first), await limit_for(second)] == [10, 10]
    for administrator in (first, second):
        assert (await adjust(administrator, resident_id, 11)).adjustment_id


async def test_whoever_raises_the_limit_has_to_wait_for_another_to_raise_it_too() -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    await limited(first, 9000, later(minutes=1))
    assert [await limit_for(first), await limit_for(second)] == [1000, 9000]
    await limited(first, 9000, later(days=30))
    assert (await adjust(first, resident_id, 1001, now=later(days=60))).adjustment_id, "nor does time help"
    await limited(second, 9000, later(days=61))
    assert [await limit_for(first), await limit_for(second)] == [9000, 9000]
    await limited(second, 500, later(days=62))
    assert [await limit_for(first), await limit_for(second)] == [500, 500]
    await limited(second, 9000, later(days=63))
    assert [await limit_for(first), await limit_for(second)] == [9000, 500]


async def test_the_wallets_owner_is_told_when_it_is_approved(database: Database) -> None:
    first, second, resident_id = await an_administrator(), await an_administrator(), await a_resident()
    adjustment_id = await proposed(first, resident_id, 2000)
    wallet_id = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    async with database.changes.subscribe(f"wallet:{wallet_id}") as changed:
        await approve(second, adjustment_id)
        await changed.wait()


async def test_deciding_and_the_limit_are_for_administrators_of_a_whole_district() -> None:
    district = await an_area()
    local = await a_caller()
    await role_over(local.signed_in(), Role.ADMIN, area_id=await an_area(parent_id=district))
    adjustment_id = await proposed(await an_administrator(district), await a_resident(), 2000)
    for caller in (local, await an_auditor(district), await a_caller()):
        for tried in (approve(caller, adjustment_id), reject(caller, adjustment_id)):
            with pytest.raises(Forbidden):
                await tried
        with pytest.raises(Forbidden):
            await limited(caller, 1)


async def test_it_is_refused_in_the_documented_order() -> None:
    administrator = await an_administrator()
    cases: list[tuple[Awaitable[object], type[Refusal], tuple[str, ...]]] = [
        (approve(administrator, 404), NotFound, ("adjustmentId",)),
        (reject(administrator, 404, ""), InvalidInput, ("reason",)),
        (limited(administrator, -1), InvalidInput, ("limit",)),
        (
            set_adjustment_limit(administrator, SetAdjustmentLimitWish(programme="nothing", limit=1), NOW),
            NotFound,
            ("programme",),
        ),
    ]
    for tried, refusal, path in cases:
        with pytest.raises(refusal) as refused:
            await tried
        assert refused.value.path == path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE adjustments SET amount = 1 WHERE id = {id}",
        "UPDATE adjustments SET decision = 'PENDING', decided_at = NULL, transfer_id = NULL WHERE id = {id}",
        "DELETE FROM adjustments WHERE id = {id}",
        "UPDATE adjustment_limits SET most_alone = 1000000",
        "DELETE FROM adjustment_limits",
    ],
)
async def test_the_database_refuses_to_change_what_was_proposed_or_decided(statement: str) -> None:
    first, second = await an_administrator(), await an_administrator()
    adjustment_id = await proposed(first, await a_resident(), 2000)
    await approve(second, adjustment_id)
    await limited(first, 5)
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute(statement.format(id=adjustment_id)))


async def test_the_database_knows_that_it_takes_two() -> None:
    first = await an_administrator()
    adjustment_id = await proposed(first, await a_resident(), 2000)
    sql = "UPDATE adjustments SET decision = 'REJECTED', decided_by_id = ?, decided_at = 1, reject_reason = '-' WHERE id = ?"
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute(sql, first.signed_in(), adjustment_id))


TAMPERING = {
    "another amount": ("UPDATE adjustments SET amount = 1 WHERE id = {approved}", ["adjustment_transfers"]),
    "another person": ("UPDATE adjustments SET resident_id = {other} WHERE id = {approved}", ["adjustment_transfers"]),
    "approved by a transfer of something else": (
        "UPDATE adjustments SET transfer_id = {else_} WHERE id = {approved}", ["adjustment_transfers", "adjustment_strays"],
    ),
    "posted, and waiting again": (
        """UPDATE adjustments SET decision = 'PENDING', decided_by_id = NULL, decided_at = NULL, transfer_id = NULL
           WHERE id = {approved}""", ["adjustment_strays"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_the_audit_finds(what: str, database_url: str) -> None:
    statement, kinds = TAMPERING[what]
    first, second, other = await an_administrator(), await an_administrator(), await a_resident()
    approved = await proposed(first, await a_resident(), 2000)
    await approve(second, approved)
    alone = (await adjust(first, other, 7)).transfer_id
    await proposed(first, other, 4000)
    assert await read(audit_everything) == []
    async with tampered(database_url, statement.format(approved=approved, other=other, else_=alone)) as reader:
        assert [finding.kind for finding in await audit_everything(reader)] == kinds

"""Correcting points by hand: administrators of a district, with a reason, once for a key."""

from __future__ import annotations

import asyncio

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS, Caller
from domain.people.rights import Role
from domain.points.adjust_points import LARGEST_ADJUSTMENT, AdjustPointsWish, adjust_points
from domain.points.read_trial_balance import read_trial_balance
from domain.refusals import Forbidden, InsufficientPoints, InvalidInput, KeyReused, NotFound, Refusal, Unauthenticated
from storage import Database, fetch, read
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, organiser_of, role_over
from tests.builders.places import an_area, an_organisation
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")


def a_wish(
    resident_id: int, amount: int = 5, *, reason: str = "补录", key: str = "K-1", programme: str = "xuexi"
) -> AdjustPointsWish:
    return AdjustPointsWish(
        resident_id=resident_id, amount=amount, reason=reason, idempotency_key=key, programme=programme
    )


async def balance_of(resident_id: int) -> int:
    rows = await fetch("SELECT credits - debits FROM accounts WHERE holder_id = ?", resident_id)
    balance: int = rows[0][0]
    return balance


async def test_an_administrator_gives_and_takes_with_a_reason() -> None:
    administrator, resident_id = await an_administrator(), await a_resident(points=10)
    given = await adjust_points(administrator, a_wish(resident_id, 5, reason=" 补录\r\n两次 "), NOW)
    taken = await adjust_points(administrator, a_wish(resident_id, -15, key="K-2"), NOW)
    assert await balance_of(resident_id) == 0
    rows = await fetch(
        """SELECT t.id, t.kind, t.amount, d.kind, c.kind, t.memo, t.posted_by_id FROM transfers t
           JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id
           WHERE t.kind = 'ADJUST' ORDER BY t.id"""
    )
    assert [tuple(row) for row in rows] == [
        (given.transfer_id, "ADJUST", 5, "ADJUSTMENT", "WALLET", "补录\n两次", administrator.resident_id),
        (taken.transfer_id, "ADJUST", 15, "WALLET", "ADJUSTMENT", "补录", administrator.resident_id),
    ]
    assert await read(audit_everything) == []


async def test_of_thirty_two_with_one_key_one_is_posted() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    answers = await asyncio.gather(*(adjust_points(administrator, a_wish(resident_id), NOW) for _ in range(32)))
    assert len(set(answers)) == 1
    assert await balance_of(resident_id) == 5


async def test_the_key_with_another_amount_is_refused() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    await adjust_points(administrator, a_wish(resident_id, 5), NOW)
    with pytest.raises(KeyReused):
        await adjust_points(administrator, a_wish(resident_id, 6), NOW)


async def test_no_more_is_taken_than_is_there() -> None:
    administrator, resident_id = await an_administrator(), await a_resident(points=3)
    with pytest.raises(InsufficientPoints) as refused:
        await adjust_points(administrator, a_wish(resident_id, -4), NOW)
    assert (refused.value.available, refused.value.required) == (3, 4)
    assert await balance_of(resident_id) == 3


async def test_the_wallets_owner_is_told(database: Database) -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    wallet_id = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    async with database.changes.subscribe(f"wallet:{wallet_id}") as changed:
        await adjust_points(administrator, a_wish(resident_id), NOW)
        await changed.wait()


async def test_it_is_refused_in_the_documented_order() -> None:
    administrator, plain = await an_administrator(), await a_caller()
    resident_id = await a_resident()
    nobody = 404
    cases: list[tuple[Caller, AdjustPointsWish, type[Refusal], tuple[str, ...] | None]] = [
        (ANONYMOUS, a_wish(nobody, 0, reason="", key="", programme="?"), Unauthenticated, None),
        (plain, a_wish(nobody, 0, reason="", key="", programme="?"), InvalidInput, ("amount",)),
        (plain, a_wish(nobody, LARGEST_ADJUSTMENT + 1, reason="", key=""), InvalidInput, ("amount",)),
        (plain, a_wish(nobody, -LARGEST_ADJUSTMENT - 1, reason="", key=""), InvalidInput, ("amount",)),
        (plain, a_wish(nobody, 1, reason="\u200b", key="", programme="?"), InvalidInput, ("reason",)),
        (plain, a_wish(nobody, 1, key="", programme="?"), InvalidInput, ("idempotencyKey",)),
        (plain, a_wish(nobody, 1, programme="?"), Forbidden, None),
        (administrator, a_wish(nobody, 1, programme="?"), InvalidInput, ("programme",)),
        (administrator, a_wish(nobody, 1), NotFound, ("residentId",)),
        (administrator, a_wish(resident_id, -1), InsufficientPoints, None),
    ]
    for caller, wish, refusal, path in cases:
        with pytest.raises(refusal) as refused:
            await adjust_points(caller, wish, NOW)
        assert refused.value.path == path
    assert await fetch("SELECT id FROM idempotency_keys") == []


async def test_only_administrators_of_a_whole_district_correct_points() -> None:
    district = await an_area()
    community = await an_area(parent_id=district)
    somebody = await a_resident()
    local = Caller(await a_resident())
    assert local.resident_id
    await role_over(local.resident_id, Role.ADMIN, area_id=community)
    organiser = await organiser_of(await an_organisation(district))
    for caller in (local, organiser, await an_auditor(district), Caller(somebody)):
        with pytest.raises(Forbidden):
            await adjust_points(caller, a_wish(somebody), NOW)
    await adjust_points(await an_administrator(district), a_wish(somebody, LARGEST_ADJUSTMENT), NOW)


async def test_the_trial_balance_is_for_those_who_read_the_book() -> None:
    somebody = await a_caller(points=7)
    for reader in (await an_auditor(), await an_administrator()):
        found = await read_trial_balance(reader, "xuexi", NOW)
        assert (found.total_debits, found.balanced) == (7, True)
    with pytest.raises(Forbidden):
        await read_trial_balance(somebody, "nothing", NOW)
    with pytest.raises(Unauthenticated):
        await read_trial_balance(ANONYMOUS, "xuexi", NOW)
    with pytest.raises(InvalidInput):
        await read_trial_balance(await an_auditor(), "nothing", NOW)

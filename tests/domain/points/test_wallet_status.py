"""Frozen, opened again, closed: who may, once, and what a wallet then lets through."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime

import asyncpg
import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.people.rights import Role
from domain.points.adjust_points import AdjustPointsWish, adjust_points
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from domain.points.wallet_status import WalletStatusWish, close_wallet, freeze_wallet, unfreeze_wallet
from domain.refusals import (
    AccountNotOpen,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Refusal,
    SecondPersonRequired,
)
from domain.volunteering.log_attendance import log_attendance
from storage import Database, fetch, read, write
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, role_over
from tests.builders.places import an_area
from tests.builders.redemption import an_offer, an_order
from tests.builders.volunteering import (
    AFTERWARDS,
    a_list,
    an_activity,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW, later
from tests.schema.client import encode_id, events_of, succeed
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")

Act = Callable[[Caller, WalletStatusWish, datetime], Awaitable[int]]


async def wallet_of(resident_id: int) -> int:
    wallet_id: int = (await fetch("SELECT id FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    return wallet_id


async def change(
    act: Act, administrator: Caller, resident_id: int, reason: str = "居民申请", key: str | None = None
) -> int:
    wish = WalletStatusWish(wallet_id=await wallet_of(resident_id), reason=reason, idempotency_key=key or a_key())
    return await act(administrator, wish, NOW)


async def status_of(resident_id: int) -> str:
    status: str = (await fetch("SELECT status FROM accounts WHERE holder_id = ?", resident_id))[0][0]
    return status


async def empty(administrator: Caller, resident_id: int, points: int) -> None:
    wish = AdjustPointsWish(resident_id=resident_id, amount=-points, reason="清零", idempotency_key=a_key())
    await adjust_points(administrator, wish, NOW)


async def test_a_frozen_wallet_takes_points_in_and_spends_none_until_it_is_opened_again() -> None:
    administrator, caller = await an_administrator(), await a_caller(points=10)
    resident_id, offer = caller.signed_in(), await an_offer(cost=1)
    await change(freeze_wallet, administrator, resident_id, "账户异常")
    with pytest.raises(AccountNotOpen):
        await an_order(offer, caller)
    activity = await an_activity(points_rule=an_hourly_rule())
    (row,) = await log_attendance(activity.organiser, a_list(activity, was_there(resident_id)), AFTERWARDS)
    assert row.attendance_id
    await change(unfreeze_wallet, administrator, resident_id, "已核实")
    await an_order(offer, caller)
    assert await read(audit_everything) == []


async def test_the_history_says_who_did_what_and_why_to_the_holder_and_to_readers_of_the_book() -> None:
    administrator, caller = await an_administrator(), await a_caller()
    resident_id = caller.signed_in()
    for act, reason in ((freeze_wallet, "账户异常"), (unfreeze_wallet, "已核实"), (close_wallet, "居民申请")):
        await change(act, administrator, resident_id, reason)
    query = """query ($id: ID!) { node(id: $id) { ... on Wallet { status statusChanges {
        previousStatus status reason changedBy { id } changedAt } } } }"""
    wallet = {"id": encode_id("Wallet", await wallet_of(resident_id))}
    told = (await succeed(query, caller, wallet))["node"]
    by = {"changedBy": {"id": encode_id("Resident", administrator.signed_in())}, "changedAt": "2024-01-12T01:30:00Z"}
    assert told == {
        "status": "CLOSED",
        "statusChanges": [
            {"previousStatus": "OPEN", "status": "CLOSED", "reason": "居民申请", **by},
            {"previousStatus": "FROZEN", "status": "OPEN", "reason": "已核实", **by},
            {"previousStatus": "OPEN", "status": "FROZEN", "reason": "账户异常", **by},
        ],
    }
    assert (await succeed(query, await an_auditor(), wallet))["node"] == told
    assert (await succeed(query, await a_caller(), wallet))["node"] is None


async def test_only_an_empty_wallet_is_closed_and_the_refusal_says_what_is_in_it() -> None:
    administrator, resident_id = await an_administrator(), await a_resident(points=7)
    with pytest.raises(Conflict) as refused:
        await change(close_wallet, administrator, resident_id)
    assert (refused.value.reason, refused.value.values) == ("wallet_not_empty", {"balance": 7, "held": 0})
    await empty(administrator, resident_id, 7)
    await change(close_wallet, administrator, resident_id)
    assert await status_of(resident_id) == "CLOSED"
    assert await read(audit_everything) == []


async def test_a_wallet_from_which_spent_points_were_taken_back_is_not_empty() -> None:
    administrator, caller = await an_administrator(), await a_caller()
    resident_id = caller.signed_in()
    given = (await adjust_points(administrator, AdjustPointsWish(resident_id=resident_id, amount=7, reason="补记",
        idempotency_key=a_key()), NOW)).transfer_id  # fmt: skip
    await empty(administrator, resident_id, 7)
    wish = ReverseTransferWish(transfer_id=given or 0, reason="记错了", idempotency_key=a_key())
    await reverse_transfer(administrator, wish, NOW)
    with pytest.raises(Conflict) as refused:
        await change(close_wallet, administrator, resident_id)
    assert (refused.value.reason, refused.value.values) == ("wallet_not_empty", {"balance": -7, "held": 0})


async def test_a_frozen_wallet_can_be_closed_and_a_closed_one_never_opens_again() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    await change(freeze_wallet, administrator, resident_id)
    await change(close_wallet, administrator, resident_id)
    for act in (freeze_wallet, unfreeze_wallet, close_wallet):
        with pytest.raises(Conflict) as refused:
            await change(act, administrator, resident_id)
        assert refused.value.reason == "wallet_closed"
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute("UPDATE accounts SET status = 'OPEN' WHERE holder_id = ?", resident_id))


async def test_the_same_key_closes_once_and_another_is_told_that_it_is_closed() -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    answers = await asyncio.gather(*(change(close_wallet, administrator, resident_id, key="K") for _ in range(8)))
    assert len(set(answers)) == 1
    assert [row[0] for row in await fetch("SELECT COUNT(*) FROM account_changes")] == [1]


async def test_of_several_who_freeze_at_once_one_does() -> None:
    administrators, resident_id = [await an_administrator() for _ in range(6)], await a_resident()
    came = await asyncio.gather(
        *(change(freeze_wallet, one, resident_id) for one in administrators), return_exceptions=True
    )
    assert [type(outcome) for outcome in came].count(Conflict) == 5
    assert await read(audit_everything) == []


async def test_a_row_for_somebody_whose_wallet_is_closed_is_refused_and_the_others_are_recorded() -> None:
    administrator, gone, here = await an_administrator(), await a_resident(), await a_resident()
    await change(close_wallet, administrator, gone)
    activity = await an_activity(points_rule=an_hourly_rule())
    wish = a_list(activity, was_there(gone), was_there(here), key="L")
    first, second = await log_attendance(activity.organiser, wish, AFTERWARDS)
    assert isinstance(first.refusal, AccountNotOpen)
    assert (first.refusal.status, first.refusal.path) == ("CLOSED", ("records", "0", "attendee", "residentId"))
    assert second.attendance_id
    again, _ = await log_attendance(activity.organiser, wish, AFTERWARDS)
    assert isinstance(again.refusal, AccountNotOpen), "a retry is answered as the first time"


async def test_who_closes_a_wallet_in_the_middle_of_a_batch_lets_no_batch_fail() -> None:
    administrator = await an_administrator()
    people = [await a_resident() for _ in range(12)]
    activity = await an_activity(points_rule=an_hourly_rule())
    wish = a_list(activity, *(was_there(resident_id) for resident_id in people))
    closing = [change(close_wallet, administrator, resident_id) for resident_id in people[::2]]
    logging = asyncio.ensure_future(log_attendance(activity.organiser, wish, AFTERWARDS))
    closed = await asyncio.gather(*closing, return_exceptions=True)
    rows = await logging
    for row, outcome in zip(rows[::2], closed, strict=True):
        assert isinstance(row.refusal, AccountNotOpen) != isinstance(outcome, Conflict), "either closed, or paid"
    assert await read(audit_everything) == []


async def test_ones_own_wallet_is_for_somebody_else() -> None:
    administrator = await an_administrator()
    for act in (freeze_wallet, unfreeze_wallet, close_wallet):
        with pytest.raises(SecondPersonRequired):
            await change(act, administrator, administrator.signed_in())


async def test_the_holder_is_told() -> None:
    administrator, caller = await an_administrator(), await a_caller()
    async with events_of("subscription { walletChanged { status } }", caller) as events:
        assert (await anext(events)).data == {"walletChanged": {"status": "OPEN"}}
        await change(freeze_wallet, administrator, caller.signed_in())
        assert (await anext(events)).data == {"walletChanged": {"status": "FROZEN"}}


async def test_whoever_subscribed_to_the_wallet_hears_of_it(database: Database) -> None:
    administrator, resident_id = await an_administrator(), await a_resident()
    async with database.changes.subscribe(f"wallet:{await wallet_of(resident_id)}") as changed:
        await change(close_wallet, administrator, resident_id)
        await changed.wait()


async def test_it_is_refused_in_the_documented_order() -> None:
    administrator, plain, resident_id = await an_administrator(), await a_caller(), await a_resident()
    district = await an_area()
    local = await a_caller()
    await role_over(local.signed_in(), Role.ADMIN, area_id=await an_area(parent_id=district))
    wallet = await wallet_of(resident_id)
    cases: list[tuple[Caller, int, str, str, type[Refusal], tuple[str, ...] | None]] = [
        (plain, 404, "", "", InvalidInput, ("reason",)),
        (plain, 404, "-", "", InvalidInput, ("idempotencyKey",)),
        (plain, 404, "-", "K", Forbidden, None),
        (local, wallet, "-", "K", Forbidden, None),
        (await an_auditor(), wallet, "-", "K", Forbidden, None),
        (administrator, 404, "-", "K", NotFound, ("walletId",)),
        (administrator, wallet, "-", "K", Conflict, ("walletId",)),
    ]
    for caller, wallet_id, reason, key, refusal, path in cases:
        wish = WalletStatusWish(wallet_id=wallet_id, reason=reason, idempotency_key=key)
        with pytest.raises(refusal) as refused:
            await unfreeze_wallet(caller, wish, later(minutes=1))
        assert refused.value.path == path


@pytest.mark.parametrize("statement", ["UPDATE account_changes SET reason = '-'", "DELETE FROM account_changes"])
async def test_the_history_is_never_changed(statement: str) -> None:
    await change(freeze_wallet, await an_administrator(), await a_resident())
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(lambda tx: tx.execute(statement))


TAMPERING = {
    "a status that nobody set": ("UPDATE accounts SET status = 'OPEN' WHERE id = {wallet}", "account_status"),
    "a change that is gone": ("DELETE FROM account_changes WHERE position = 1", "account_changes"),
    "a change that goes on from another status": (
        "UPDATE account_changes SET previous_status = 'OPEN' WHERE position = 2", "account_changes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_the_audit_finds(what: str, database_url: str) -> None:
    statement, kind = TAMPERING[what]
    administrator, resident_id = await an_administrator(), await a_resident()
    await change(freeze_wallet, administrator, resident_id)
    await change(close_wallet, administrator, resident_id)
    assert await read(audit_everything) == []
    async with tampered(database_url, statement.format(wallet=await wallet_of(resident_id))) as reader:
        assert [finding.kind for finding in await audit_everything(reader)] == [kind]

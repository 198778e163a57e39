"""Two residents who are one person: their points."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.points.adjust_points import Adjusted, AdjustPointsWish, adjust_points
from domain.points.expire_points import Expired, expire_points
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from domain.points.wallet_status import WalletStatusWish, freeze_wallet
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.refusals import AccountNotOpen, InsufficientPoints
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from ledger.accounts import AccountKind, AccountRef
from storage import fetch, read, write
from tests.builders.keys import a_key
from tests.builders.ledger import earn, take_back, the_book
from tests.builders.merging import merge
from tests.builders.people import PROGRAMME, a_caller, a_resident, an_administrator
from tests.builders.redemption import an_offer, an_order
from tests.builders.volunteering import an_activity, an_attendance, an_hourly_rule
from tests.clock import NOW, later
from tests.schema.client import encode_id, succeed

pytestmark = pytest.mark.usefixtures("database")

POINTS = "SELECT credits - debits FROM accounts WHERE holder_id = ? AND merged_into_id IS NULL"


def noon(year: int, month: int, day: int) -> datetime:
    """Noon in Shanghai."""
    return datetime(year, month, day, 4, tzinfo=UTC)


async def points_of(who: Caller | int) -> int:
    resident_id = who if isinstance(who, int) else who.signed_in()
    points: int = (await fetch(POINTS, resident_id))[0][0]
    return points


async def wallet_of(resident_id: int) -> AccountRef:
    row = (await fetch("SELECT id FROM accounts WHERE holder_id = ? AND merged_into_id IS NULL", resident_id))[0]
    return AccountRef(row[0], AccountKind.WALLET)


async def earned(resident_id: int, points: int, when: datetime) -> int:
    book = await read(lambda reader: the_book(reader, PROGRAMME))
    return await earn(book, await wallet_of(resident_id), points, when)


async def test_the_kept_wallet_has_the_points_of_both_and_the_other_one_is_closed_and_empty() -> None:
    old, new = await a_caller(points=30), await a_caller(points=12)
    await merge(new, old)
    sql = "SELECT credits - debits, status, former_holder_id FROM accounts WHERE holder_id = ? ORDER BY status"
    rows = [tuple(row) for row in await fetch(sql, new.resident_id)]
    assert rows == [(0, "CLOSED", old.resident_id), (42, "OPEN", None)]
    changed = await fetch("SELECT status, reason FROM account_changes")
    assert [tuple(row) for row in changed] == [("CLOSED", "同一人换号")]
    assert await read(audit_everything) == []


async def test_points_move_in_a_piece_for_each_day_and_expire_as_they_would_have() -> None:
    await write(lambda tx: tx.execute("UPDATE programmes SET expiry = 'MONTHS', expiry_months = 12"))
    old, new = await a_resident(), await a_resident()
    await write(lambda tx: tx.execute("UPDATE programmes SET expiry = 'MONTHS', expiry_months = 12"))
    for points, day in ((5, 1), (7, 2), (8, 2)):
        await earned(old, points, noon(2024, 3, day))
    await earned(new, 20, noon(2024, 6, 1))
    await merge(new, old, now=noon(2024, 7, 1))
    sql = "SELECT amount, occurred_at FROM transfers WHERE kind = 'ADJUST' ORDER BY occurred_at"
    assert [row[0] for row in await fetch(sql)] == [5, 15]
    query = "{ viewer { wallet { expiring { amount on } } } }"
    told = (await succeed(query, Caller(new), now=noon(2024, 7, 2)))["viewer"]["wallet"]["expiring"]
    assert told == [
        {"amount": 5, "on": "2025-03-01"},
        {"amount": 15, "on": "2025-03-02"},
        {"amount": 20, "on": "2025-06-01"},
    ]
    assert await expire_points(PROGRAMME, noon(2025, 3, 3)) == Expired(20, 1)
    assert await points_of(new) == 20
    assert await read(audit_everything) == []


async def test_what_was_spent_before_is_given_back_to_the_kept_wallet_as_old_as_the_order() -> None:
    old, new = await a_caller(points=30), await a_caller()
    await write(lambda tx: tx.execute("UPDATE programmes SET expiry = 'END_OF_YEAR'"))
    order = await an_order(await an_offer(cost=10, refundable_until=later(days=400)), old)
    await merge(new, old)
    await refund_order(new, RefundOrderWish(order_id=order, idempotency_key="refund"), later(days=360))
    assert await points_of(new) == 30
    assert await expire_points(PROGRAMME, noon(2025, 1, 1), date(2024, 12, 31)) == Expired(30, 1)
    assert await read(audit_everything) == []


async def test_what_was_earned_before_is_taken_back_from_the_kept_wallet_even_where_it_is_spent() -> None:
    old, new = await a_caller(), await a_caller()
    activity = await an_activity(points_rule=an_hourly_rule())
    attendance = await an_attendance(activity, old.signed_in())
    await merge(new, old)
    await an_order(await an_offer(cost=7), new)
    wish = VoidAttendanceWish(attendance_id=attendance, reason="记错人", idempotency_key=a_key())
    await void_attendance(activity.organiser, wish, later(hours=5))
    assert await points_of(new) == -7
    assert await read(audit_everything) == []


async def test_points_that_are_missing_in_the_old_wallet_are_made_up_from_the_kept_one() -> None:
    old, new = await a_caller(), await a_caller(points=10)
    await take_back_spent(old, 8)
    await merge(new, old)
    assert await points_of(new) == 2
    assert await read(audit_everything) == []


async def test_without_enough_points_to_make_them_up_nothing_is_merged() -> None:
    old, new = await a_caller(), await a_caller(points=7)
    await take_back_spent(old, 8)
    with pytest.raises(InsufficientPoints) as refused:
        await merge(new, old)
    assert (refused.value.available, refused.value.required, refused.value.path) == (7, 8, ("keepId",))
    assert await points_of(old) == -8


async def take_back_spent(caller: Caller, points: int) -> None:
    transfer_id = await earned(caller.signed_in(), points, NOW)
    await an_order(await an_offer(cost=points), caller)
    await take_back(transfer_id)


@pytest.mark.parametrize(("frozen", "path"), [("old", "mergeId"), ("new", "keepId")])
async def test_a_frozen_wallet_keeps_its_points_where_they_are(frozen: str, path: str) -> None:
    administrator = await an_administrator()
    who = {"old": await a_caller(points=5), "new": await a_caller()}
    wallet_id = (await wallet_of(who[frozen].signed_in())).id
    wish = WalletStatusWish(wallet_id=wallet_id, reason="账户异常", idempotency_key=a_key())
    await freeze_wallet(administrator, wish, NOW)
    with pytest.raises(AccountNotOpen) as refused:
        await merge(who["new"], who["old"], administrator)
    assert (refused.value.status, refused.value.path) == ("FROZEN", (path,))


async def test_what_one_administrator_gave_to_both_within_a_day_counts_together() -> None:
    administrator, old, new = await an_administrator(), await a_resident(), await a_resident()
    for who in (old, new):
        assert (await corrected(administrator, who, 600)).transfer_id
    await merge(new, old)
    adjusted = await corrected(administrator, new, 1)
    assert (adjusted.transfer_id, adjusted.adjustment_id is None) == (None, False)


async def test_a_correction_of_the_old_wallet_is_taken_back_from_the_kept_one() -> None:
    administrator, old, new = await an_administrator(), await a_resident(), await a_resident(points=1)
    given = await corrected(administrator, old, 50)
    assert given.transfer_id
    await merge(new, old)
    wish = ReverseTransferWish(transfer_id=given.transfer_id, reason="重复", idempotency_key=a_key())
    assert (await reverse_transfer(administrator, wish, NOW)).transfer_id
    assert await points_of(new) == 1
    assert await read(audit_everything) == []


async def corrected(administrator: Caller, resident_id: int, points: int) -> Adjusted:
    wish = AdjustPointsWish(resident_id=resident_id, amount=points, reason="补记", idempotency_key=a_key())
    return await adjust_points(administrator, wish, NOW)


async def test_the_statement_says_in_words_that_two_accounts_became_one_and_leads_to_the_old_one() -> None:
    old, new = await a_caller(points=30), await a_caller()
    merge_id = await merge(new, old)
    query = """{ viewer { wallet { balance mergedWallets { balance status mergedInto { balance } entries(first: 5) {
        nodes { amount } } } entries(first: 5) { nodes { amount transfer { explanation source {
        ... on ResidentMerge { id memo merged { id } moved { orders } } } } } } } } }"""
    wallet = (await succeed(query, new))["viewer"]["wallet"]
    assert wallet["mergedWallets"] == [
        {
            "balance": 0,
            "status": "CLOSED",
            "mergedInto": {"balance": 30},
            "entries": {"nodes": [{"amount": -30}, {"amount": 30}]},
        }
    ]
    (entry,) = wallet["entries"]["nodes"]
    assert entry["transfer"]["explanation"] == "账户合并，转移 30 分：原账户 2024-01-12 获得的积分"
    assert entry["transfer"]["source"] == {
        "id": encode_id("ResidentMerge", merge_id),
        "memo": "同一人换号",
        "merged": {"id": encode_id("Resident", old.signed_in())},
        "moved": {"orders": 0},
    }

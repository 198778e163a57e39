"""Merging two residents: who may, what stands in the way, once however often it is sent; and what a preview says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.merging.merge_residents import merge_residents
from domain.people.caller import ANONYMOUS, Caller
from domain.people.rights import Role
from domain.redemption.redeem_tickets import redeem_tickets
from domain.refusals import (
    Conflict,
    Forbidden,
    InvalidInput,
    KeyReused,
    NotFound,
    Refusal,
    SecondPersonRequired,
    Unauthenticated,
)
from storage import fetch, read, write
from tests.builders.claims import a_claim, a_station
from tests.builders.merging import merge, merging
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, role_over
from tests.builders.places import an_area
from tests.builders.redemption import a_redemption, a_reservation, an_offer, an_order
from tests.builders.volunteering import a_sign_up, an_activity
from tests.clock import NOW, later
from tests.schema.client import encode_id, succeed

pytestmark = pytest.mark.usefixtures("database")

PREVIEW = """query ($input: PreviewMergeInput!) { previewMerge(input: $input) { reasons { code path message }
    postings { programme amount occurredAt debit { id } credit { id } }
    postingCount moved { signUps attendances orders tickets doubleSignUps doubleAttendances offersOverLimit } } }"""


async def preview(caller: Caller, kept: int, merged: int) -> dict[str, Any]:
    wanted = {"input": {"keepId": encode_id("Resident", kept), "mergeId": encode_id("Resident", merged)}}
    told: dict[str, Any] = (await succeed(PREVIEW, caller, wanted))["previewMerge"]
    return told


async def refusal_of(caller: Caller, kept: int, merged: int, reason: str = "同一人换号", key: str = "K") -> Refusal:
    with pytest.raises(Refusal) as refused:
        await merge_residents(caller, merging(kept, merged, key, reason), NOW)
    return refused.value


async def test_administrators_of_a_whole_district_and_nobody_else() -> None:
    old, new, area = await a_resident(), await a_resident(), await an_area()
    below = await a_caller()
    await role_over(below.signed_in(), Role.ADMIN, area_id=await an_area(parent_id=area))
    assert isinstance(await refusal_of(ANONYMOUS, new, old), Unauthenticated)
    for caller in (await a_caller(), await an_auditor(), below):
        assert isinstance(await refusal_of(caller, new, old), Forbidden)
        told = await preview(caller, new, old)
        assert ([reason["code"] for reason in told["reasons"]], told["moved"]) == (["FORBIDDEN"], None)
    assert [reason["code"] for reason in (await preview(ANONYMOUS, new, old))["reasons"]] == ["UNAUTHENTICATED"]


async def test_never_with_oneself_and_only_two_who_are_there() -> None:
    administrator, other = await an_administrator(), await a_resident()
    own = administrator.signed_in()
    for kept, merged, kind, path in (
        (7, other, NotFound, "keepId"),
        (other, 7, NotFound, "mergeId"),
        (other, other, InvalidInput, "mergeId"),
        (own, other, SecondPersonRequired, "keepId"),
        (other, own, SecondPersonRequired, "mergeId"),
    ):
        refusal = await refusal_of(administrator, kept, merged)
        assert (type(refusal), refusal.path) == (kind, (path,))
        assert [reason["path"] for reason in (await preview(administrator, kept, merged))["reasons"]] == [[path]]
    assert await fetch("SELECT id FROM resident_merges") == []


async def test_a_reason_has_to_be_given() -> None:
    refusal = await refusal_of(await an_administrator(), await a_resident(), await a_resident(), reason=" ")
    assert (type(refusal), refusal.path) == (InvalidInput, ("reason",))


async def test_nobody_is_merged_twice_nor_into_somebody_who_was_merged() -> None:
    administrator, old, new, other = (
        await an_administrator(),
        await a_resident(),
        await a_resident(),
        await a_resident(),
    )
    await merge(new, old, administrator)
    for kept, merged, reason in ((other, old, "merged_already"), (old, other, "merge_into_merged")):
        refusal = await refusal_of(administrator, kept, merged)
        assert isinstance(refusal, Conflict)
        assert refusal.reason == reason


async def test_what_has_to_be_settled_first_is_said_all_at_once_beforehand() -> None:
    administrator, old, new, station = await an_administrator(), await a_caller(), await a_caller(), await a_station()
    await role_over(old.signed_in(), Role.ORGANISER, organisation_id=station.host_id)
    await a_claim(station, new.signed_in(), 2000)
    await a_reservation(await an_offer(cost=0), old)
    told = await preview(administrator, new.signed_in(), old.signed_in())
    assert [(reason["code"], reason["message"]) for reason in told["reasons"]] == [
        ("CONFLICT", "要并入的账户还有 1 个工作角色。请保留这个账户，或先由系统管理员收回角色。"),
        ("CONFLICT", "两个账户还有 1 笔积分核验等待复核，请先处理。"),
        (
            "CONFLICT",
            "要并入的账户有 1 笔未支付的预留，请先支付或取消，或等到 2024-01-12 10:00 到期后再合并。",
        ),
    ]
    refusal = await refusal_of(administrator, new.signed_in(), old.signed_in())
    assert isinstance(refusal, Conflict)
    assert refusal.reason == "merge_roles_held"


async def test_a_reservation_that_is_over_stands_in_nobodys_way() -> None:
    old, new = await a_caller(points=5), await a_caller()
    await a_reservation(await an_offer(cost=5), old)
    await merge(new, old, now=later(minutes=31))
    assert await read(audit_everything) == []


async def test_the_preview_says_what_is_then_done_and_writes_nothing() -> None:
    administrator, old, new = await an_administrator(), await a_caller(points=9), await a_caller(points=4)
    activity, offer = await an_activity(), await an_offer(cost=2, limit_per_resident=1)
    for who in (old, new):
        await a_sign_up(activity, who)
        await an_order(offer, who)
    told = await preview(administrator, new.signed_in(), old.signed_in())
    sql = "SELECT id FROM accounts WHERE holder_id = ?"
    wallets = [encode_id("Wallet", (await fetch(sql, who.resident_id))[0][0]) for who in (old, new)]
    sides = {"debit": {"id": wallets[0]}, "credit": {"id": wallets[1]}}
    assert told == {
        "reasons": [],
        "postings": [{"programme": "xuexi", "amount": 7, "occurredAt": "2024-01-12T01:30:00Z"} | sides],
        "postingCount": 1,
        "moved": {
            "signUps": 1,
            "attendances": 0,
            "orders": 1,
            "tickets": 1,
            "doubleSignUps": 1,
            "doubleAttendances": 0,
            "offersOverLimit": 1,
        },
    }
    assert await fetch("SELECT id FROM resident_merges") == []
    await merge(new, old, administrator)
    assert (await preview(administrator, new.signed_in(), old.signed_in()))["postings"] == []


async def test_the_same_key_merges_once_and_another_wish_needs_another_key() -> None:
    administrator, old, new = await an_administrator(), await a_resident(points=5), await a_resident()
    wish = merging(new, old, "K")
    answers = await asyncio.gather(*(merge_residents(administrator, wish, NOW) for _ in range(5)))
    assert len(set(answers)) == 1
    with pytest.raises(KeyReused):
        await merge_residents(administrator, merging(old, new, "K"), NOW)
    assert await read(audit_everything) == []


async def test_of_two_merges_into_one_another_at_once_one_happens() -> None:
    first, second = await a_resident(points=5), await a_resident(points=7)
    came = await asyncio.gather(merge(first, second), merge(second, first), return_exceptions=True)
    assert [type(outcome) for outcome in came].count(Conflict) == 1
    rows = await fetch("SELECT credits - debits FROM accounts WHERE kind = 'WALLET' AND merged_into_id IS NULL")
    assert max(row[0] for row in rows) == 12
    assert await read(audit_everything) == []


async def test_a_redemption_at_the_same_moment_is_before_or_after_and_never_lost() -> None:
    administrator = await an_administrator()
    for cost in (3, 0):
        offer, new = await an_offer(cost=cost), await a_caller()
        old = await a_caller(points=10)
        wish = a_redemption(offer)
        redeemed, merged = await asyncio.gather(
            redeem_tickets(old, wish, NOW), merge(new, old, administrator), return_exceptions=True
        )
        assert isinstance(merged, int)
        if isinstance(redeemed, BaseException):
            assert isinstance(redeemed, Unauthenticated)
        rows = await fetch("SELECT resident_id FROM ticket_orders WHERE offer_id = ?", offer.id)
        assert [row[0] for row in rows] == [new.resident_id] * isinstance(redeemed, int)
    assert await read(audit_everything) == []


async def test_nothing_new_is_written_for_somebody_who_was_merged() -> None:
    old, new = await a_resident(), await a_resident()
    await merge(new, old)
    sql = "INSERT INTO sessions (id, resident_id, created_at, expires_at) VALUES (1, ?, 0, 1)"
    with pytest.raises(Exception, match="gets nothing new"):
        await write(lambda tx: tx.execute(sql, old))

"""Attesting what a points page shows: the increase is paid once, by somebody else, or waits for a second person."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from domain.audit import audit_everything
from domain.claims.attest_claim import AttestClaimWish, attest_claim
from domain.people.caller import ANONYMOUS, Caller
from domain.people.member_code import make_member_code
from domain.people.naming import ByMemberCode, ByPhone
from domain.refusals import AlreadyClaimed, Refusal
from storage import Transaction, fetch, read, write
from tests.builders.claims import (
    TODAY,
    Station,
    a_claim,
    a_photo,
    a_station,
    approve,
    attested_figure,
    attesting,
    claim_row,
    points_of,
    reject,
    void,
)
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_phone, a_resident, an_auditor
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, wish: AttestClaimWish) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await attest_claim(caller, wish, NOW)
    return caught.value


async def test_the_increase_since_the_last_figure_is_paid_and_says_where_it_comes_from() -> None:
    station, resident_id = await a_station(), await a_resident()
    first = await a_claim(station, resident_id, 600, seen_on=TODAY - timedelta(days=3))
    second = await a_claim(station, resident_id, 900)
    assert [await claim_row(claim_id) for claim_id in (first, second)] == [
        ("APPROVED", 0, 600, ""),
        ("APPROVED", 600, 300, ""),
    ]
    assert await points_of(resident_id) == 900
    assert await attested_figure(resident_id) == (900, "2024-01-12")
    sql = """SELECT t.kind, t.amount, t.source_kind, t.source_id, t.memo, t.posted_by_id FROM transfers t
        JOIN claims c ON c.transfer_id = t.id WHERE c.id = ?"""
    memo = "学习积分：2024-01-12 核验为 900 分，计入新增 300 分"
    staff = station.staff.resident_id
    assert [tuple(row) for row in await fetch(sql, second)] == [("EARN", 300, "Claim", second, memo, staff)]
    assert await read(audit_everything) == []


async def test_a_figure_that_is_not_higher_brings_nothing_and_is_told_the_last_one() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 800, seen_on=TODAY - timedelta(days=3))
    for figure in (1, 799, 800):
        refusal = await refusal_of(station.staff, attesting(station, resident_id, figure))
        assert isinstance(refusal, AlreadyClaimed)
        assert (refusal.last_figure, refusal.last_seen_on, refusal.path) == (800, date(2024, 1, 9), ("figure",))
    assert await points_of(resident_id) == 800


async def test_a_higher_figure_of_an_earlier_day_is_a_mistake() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 800)
    refusal = await refusal_of(station.staff, attesting(station, resident_id, 900, seen_on=TODAY - timedelta(days=1)))
    assert (refusal.code, refusal.path) == ("INVALID_INPUT", ("seenOn",))


async def test_of_the_same_figure_attested_by_many_at_once_one_is_paid() -> None:
    station, resident_id = await a_station(), await a_resident()
    wishes = [attesting(station, resident_id, 900) for _ in range(6)]
    staff = [station.staff, station.second] * 3
    answers = await asyncio.gather(
        *(attest_claim(caller, wish, NOW) for caller, wish in zip(staff, wishes, strict=True)), return_exceptions=True
    )
    told = Counter(answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers)
    assert told == {"int": 1, "ALREADY_CLAIMED": 5}
    assert await points_of(resident_id) == 900


async def test_different_figures_at_once_pay_no_more_than_the_highest() -> None:
    station, resident_id = await a_station(), await a_resident()
    figures = [200, 500, 300, 900, 700]
    await asyncio.gather(
        *(attest_claim(station.staff, attesting(station, resident_id, figure), NOW) for figure in figures),
        return_exceptions=True,
    )
    assert await points_of(resident_id) == 900
    assert await read(audit_everything) == []


async def test_the_same_key_answers_the_first_claim_though_the_member_code_is_out_of_date() -> None:
    station, resident_id = await a_station(), await a_resident()
    shown = ByMemberCode(make_member_code(resident_id, NOW).token)
    wish = attesting(station, shown, 300, key="K")
    first = await attest_claim(station.staff, wish, NOW)
    assert await attest_claim(station.staff, wish, later(hours=1)) == first
    other = attesting(station, shown, 400, key="K")
    assert (await refusal_of(station.staff, other)).code == "IDEMPOTENCY_KEY_REUSED"
    late = attesting(station, shown, 500)
    with pytest.raises(Refusal) as caught:
        await attest_claim(station.staff, late, later(hours=1))
    assert (caught.value.code, caught.value.path) == ("CODE_EXPIRED", ("claimant", "memberCode"))


async def test_a_resident_is_found_by_their_phone() -> None:
    station, phone = await a_station(), a_phone()
    resident_id = await a_resident(phone=phone)
    await attest_claim(station.staff, attesting(station, ByPhone(phone), 300), NOW)
    assert await points_of(resident_id) == 300
    refusal = await refusal_of(station.staff, attesting(station, ByPhone(a_phone()), 300))
    assert (refusal.code, refusal.path) == ("NOT_FOUND", ("claimant", "phone"))


async def test_nobody_attests_for_themselves() -> None:
    station = await a_station()
    for staff in (station.staff, station.second):
        refusal = await refusal_of(staff, attesting(station, staff.resident_id or 0, 300))
        assert refusal.code == "SECOND_PERSON_REQUIRED"


async def test_only_organisers_and_gate_staff_of_the_host_attest() -> None:
    station, elsewhere, resident_id = await a_station(), await a_station(), await a_resident()
    for caller, code in (
        (ANONYMOUS, "UNAUTHENTICATED"),
        (await a_caller(), "FORBIDDEN"),
        (elsewhere.staff, "FORBIDDEN"),
        (await an_auditor(), "FORBIDDEN"),
        (station.administrator, "FORBIDDEN"),
    ):
        assert (await refusal_of(caller, attesting(station, resident_id, 300))).code == code
    nowhere = Station(404, station.staff, station.second, station.administrator)
    refusal = await refusal_of(station.staff, attesting(nowhere, resident_id, 300))
    assert (refusal.code, refusal.path) == ("NOT_FOUND", ("hostId",))
    assert await attest_claim(station.second, attesting(station, resident_id, 300), NOW)


BAD: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no figure": ({"figure": 0}, ("figure",)),
    "a figure beyond reason": ({"figure": 1_000_000_001}, ("figure",)),
    "nothing masked": ({"account": "小明"}, ("maskedAccount",)),
    "nothing shown": ({"account": "****"}, ("maskedAccount",)),
    "a whole number in it": ({"account": "138 1234 5678*"}, ("maskedAccount",)),
    "a formula": ({"account": "=HYPERLINK(1)*"}, ("maskedAccount",)),
    "too long": ({"account": "*" + "a" * 40}, ("maskedAccount",)),
    "a control character": ({"account": "138****56\u000778"}, ("maskedAccount",)),
    "no photo's digest": ({"photo": "abc"}, ("photoSha256",)),
    "tomorrow": ({"seen_on": TODAY + timedelta(days=1)}, ("seenOn",)),
    "32 days ago": ({"seen_on": TODAY - timedelta(days=32)}, ("seenOn",)),
    "no such programme": ({"programme": "nothing"}, ("programme",)),
}


async def test_what_cannot_be_is_refused_where_it_stands() -> None:
    station, resident_id = await a_station(), await a_resident()
    told = {}
    for name, (given, _) in BAD.items():
        wish: Any = {"figure": 300} | given
        refusal = await refusal_of(station.staff, attesting(station, resident_id, **wish))
        told[name] = (refusal.code, refusal.path)
    assert told == {name: ("INVALID_INPUT", path) for name, (_, path) in BAD.items()}
    assert await fetch("SELECT 1 FROM claims") == []


async def test_the_day_is_that_of_the_programmes_home() -> None:
    station, resident_id = await a_station(), await a_resident()
    wish = attesting(station, resident_id, 300, seen_on=TODAY + timedelta(days=1))
    assert await attest_claim(station.staff, wish, later(hours=14, minutes=30)), "past midnight in Shanghai"


async def test_31_days_ago_is_not_too_long_ago() -> None:
    station, resident_id = await a_station(), await a_resident()
    assert await a_claim(station, resident_id, 300, seen_on=TODAY - timedelta(days=31))
    sql = "SELECT (occurred_at - posted_at) / 86400000000 FROM transfers"
    assert (await fetch(sql))[0][0] == -30, "it happened by the end of that day"


async def test_an_account_is_kept_as_the_app_shows_it() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 300, account=" +86 138＊＊＊＊5678 ")
    rows = await fetch("SELECT masked_account FROM claims WHERE id = ?", claim_id)
    assert rows[0][0] == "138****5678"


async def test_above_the_limit_it_waits_and_its_figure_is_taken() -> None:
    station, resident_id = await a_station(), await a_resident()
    exactly = await a_claim(station, resident_id, 1000)
    assert (await claim_row(exactly))[0] == "APPROVED"
    waiting = await a_claim(station, resident_id, 2001)
    assert await claim_row(waiting) == ("PENDING", 1000, 1001, "LARGE_INCREASE")
    assert await points_of(resident_id) == 1000
    assert (await refusal_of(station.second, attesting(station, resident_id, 2001))).code == "ALREADY_CLAIMED"


async def test_a_large_increase_waits_however_it_is_split_and_whoever_attests() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 600)
    await attest_claim(station.second, attesting(station, resident_id, 1000), later(hours=23))
    waiting = await attest_claim(station.staff, attesting(station, resident_id, 1001), later(hours=23))
    assert await claim_row(waiting) == ("PENDING", 1000, 1, "LARGE_INCREASE")
    assert await points_of(resident_id) == 1000
    assert (await claim_row(await a_claim(station, await a_resident(), 1000)))[0] == "APPROVED", (
        "each resident for themselves"
    )


async def test_only_what_was_paid_within_a_day_by_nobody_else_and_not_taken_back_counts() -> None:
    station, resident_id, tomorrow = await a_station(), await a_resident(), later(hours=24)
    mistake = await a_claim(station, resident_id, 1000)
    await void(station.administrator, mistake)
    await a_claim(station, resident_id, 900)
    await approve(station.second, await a_claim(station, resident_id, 3000))
    assert (await claim_row(await a_claim(station, resident_id, 3100)))[3] == "", "the 2100 were looked at by two"
    assert (await claim_row(await a_claim(station, resident_id, 4100, now=tomorrow)))[3] == "", "a day is over"


async def test_small_claims_at_once_are_together_no_larger_than_the_limit() -> None:
    station, resident_id = await a_station(), await a_resident()
    wishes = [attesting(station, resident_id, figure) for figure in range(400, 2401, 400)]
    await asyncio.gather(*(attest_claim(station.staff, wish, NOW) for wish in wishes), return_exceptions=True)
    paid = "SELECT COALESCE(SUM(increase), 0) FROM claims WHERE status = 'APPROVED'"
    assert await points_of(resident_id) == (await fetch(paid))[0][0] <= 1000
    assert await read(audit_everything) == []


async def test_what_stands_on_a_claim_that_waits_waits_too() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 1500)
    assert await claim_row(await a_claim(station, resident_id, 1510)) == ("PENDING", 1500, 10, "EARLIER_PENDING")


async def test_an_account_that_another_resident_used_makes_a_claim_wait() -> None:
    station = await a_station()
    await a_claim(station, await a_resident(), 300, account="138****5678")
    other = await a_claim(station, await a_resident(), 200, account="138 ** 5678")
    assert await claim_row(other) == ("PENDING", 0, 200, "ACCOUNT_OF_ANOTHER")


async def test_another_account_than_last_time_makes_a_claim_wait() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 300, account="138****5678")
    assert (await claim_row(await a_claim(station, resident_id, 310, account="138******5678")))[3] == ""
    assert (await claim_row(await a_claim(station, resident_id, 320, account="139****0001")))[3] == "ACCOUNT_CHANGED"


async def test_the_account_of_a_claim_that_was_rejected_is_nobodys_last_account() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 300, account="138****5678")
    await reject(station.second, await a_claim(station, resident_id, 9000, account="139****0001"))
    assert (await claim_row(await a_claim(station, resident_id, 310, account="138****5678")))[3] == ""


async def test_a_photo_proves_one_claim_that_stands() -> None:
    station, photo = await a_station(), a_photo()
    first, second = await a_resident(), await a_resident()
    claim_id = await a_claim(station, first, 1300, photo=photo.upper())
    refusal = await refusal_of(station.staff, attesting(station, second, 300, photo=photo))
    assert (refusal.code, refusal.path) == ("CONFLICT", ("photoSha256",))
    await reject(station.second, claim_id)
    assert await a_claim(station, second, 300, photo=photo), (
        "the first was a mistake, and is mended with the same photo"
    )


async def test_of_two_claims_with_one_photo_at_once_one_wins() -> None:
    station, photo = await a_station(), a_photo()
    residents = [await a_resident() for _ in range(4)]
    wishes = [attesting(station, resident_id, 300, photo=photo) for resident_id in residents]
    answers = await asyncio.gather(*(attest_claim(station.staff, wish, NOW) for wish in wishes), return_exceptions=True)
    told = Counter(answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers)
    assert told == {"int": 1, "CONFLICT": 3}
    assert sum([await points_of(resident_id) for resident_id in residents]) == 300


async def test_a_budget_is_kept_and_the_key_is_free_again() -> None:
    station, resident_id = await a_station(), await a_resident()

    async def limit_budget(tx: Transaction) -> None:
        await tx.execute("UPDATE programmes SET budget = 299")

    await write(limit_budget)
    wish = attesting(station, resident_id, 300, key=a_key())
    assert (await refusal_of(station.staff, wish)).code == "BUDGET_EXHAUSTED"
    assert await attested_figure(resident_id) == (0, None)
    await write(lambda tx: tx.execute("UPDATE programmes SET budget = 300"))
    assert await attest_claim(station.staff, wish, NOW)


async def test_what_was_attested_stays_in_the_database_as_it_was_written() -> None:
    station, resident_id = await a_station(), await a_resident()
    paid, waiting = await a_claim(station, resident_id, 300), await a_claim(station, resident_id, 5000)
    for change in (
        f"UPDATE claims SET figure = 301, increase = 301 WHERE id = {paid}",
        f"UPDATE claims SET attested_by_id = {resident_id} WHERE id = {waiting}",
        f"UPDATE claims SET doubts = '' WHERE id = {waiting}",
        f"UPDATE claims SET previous_figure = 1, increase = 299 WHERE id = {paid}",
        f"DELETE FROM claims WHERE id = {waiting}",
    ):

        async def tamper(tx: Transaction, sql: str = change) -> None:
            await tx.execute(sql)

        with pytest.raises(Exception, match="never"):
            await write(tamper)
    await approve(station.second, waiting)
    await void(station.administrator, waiting)
    assert await read(audit_everything) == []

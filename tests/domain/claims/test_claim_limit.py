"""Up to which increase one person attests alone: set by administrators, kept with who set it and when."""

from __future__ import annotations

import pytest

from domain.claims.read_claim_limit import read_claim_limit
from domain.claims.set_claim_limit import SetClaimLimitWish, set_claim_limit
from domain.people.caller import ANONYMOUS, Caller
from domain.refusals import Refusal
from storage import fetch, write
from tests.builders.claims import a_claim, a_station, claim_row
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, **wish: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await set_claim_limit(caller, SetClaimLimitWish(**wish), NOW)  # type: ignore[arg-type]
    return caught.value


async def test_it_is_1000_until_somebody_sets_it() -> None:
    assert await read_claim_limit(await a_caller(), "xuexi") == 1000


async def test_the_latest_counts_for_what_is_attested_from_then_on() -> None:
    administrator, station = await an_administrator(), await a_station()
    before = await a_claim(station, await a_resident(), 900)
    await set_claim_limit(administrator, SetClaimLimitWish(approval_above=5000), NOW)
    await set_claim_limit(administrator, SetClaimLimitWish(approval_above=0), later(minutes=1))
    assert await read_claim_limit(administrator, "xuexi") == 0
    after = await a_claim(station, await a_resident(), 1)
    assert [(await claim_row(claim_id))[0] for claim_id in (before, after)] == ["APPROVED", "PENDING"]
    rows = await fetch("SELECT approval_above, set_by_id FROM claim_limits ORDER BY set_at")
    assert [tuple(row) for row in rows] == [(5000, administrator.resident_id), (0, administrator.resident_id)]


async def test_it_leaves_its_trace_for_good() -> None:
    await set_claim_limit(
        await an_administrator(), SetClaimLimitWish(approval_above=5), NOW
    ) if await a_resident() else 0
    for change in ("UPDATE claim_limits SET approval_above = 6", "DELETE FROM claim_limits"):
        with pytest.raises(Exception, match="never"):
            await write(lambda tx, sql=change: tx.execute(sql))  # type: ignore[misc]


async def test_it_is_for_administrators_of_a_district() -> None:
    for caller, code in (
        (ANONYMOUS, "UNAUTHENTICATED"),
        (await a_caller(), "FORBIDDEN"),
        (await an_auditor(), "FORBIDDEN"),
        ((await a_station()).administrator, "FORBIDDEN"),
    ):
        assert (await refusal_of(caller, approval_above=5)).code == code


async def test_what_cannot_be_is_refused_where_it_stands() -> None:
    administrator = await an_administrator()
    for wish, path in (
        ({"approval_above": -1}, "approvalAbove"),
        ({"approval_above": 1_000_000_001}, "approvalAbove"),
        ({"approval_above": 5, "programme": "nothing"}, "programme"),
        ({"approval_above": 5, "programme": "\ud800"}, "programme"),
    ):
        refusal = await refusal_of(administrator, **wish)
        assert (refusal.code, refusal.path) == ("INVALID_INPUT", (path,))

"""Approving, rejecting and voiding: by a second person, once, and the figure goes where it belongs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS
from domain.people.rights import Role
from domain.refusals import Refusal
from storage import Transaction, fetch, read, write
from tests.builders.claims import (
    a_claim,
    a_station,
    approve,
    attested_figure,
    claim_row,
    points_of,
    reject,
    void,
)
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_resident, an_auditor, role_over

pytestmark = pytest.mark.usefixtures("database")


async def refused(act: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await act
    return caught.value


async def test_what_is_approved_is_paid_and_says_by_whom() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 1500)
    await approve(station.second, claim_id)
    assert (await claim_row(claim_id))[0] == "APPROVED"
    assert await points_of(resident_id) == 1500
    sql = "SELECT c.decided_by_id, t.amount, t.source_id, t.posted_by_id FROM claims c JOIN transfers t ON t.id = c.transfer_id"
    second = station.second.resident_id
    assert [tuple(row) for row in await fetch(sql)] == [(second, 1500, claim_id, second)]
    assert await read(audit_everything) == []


async def test_what_is_rejected_is_not_paid_and_may_be_claimed_again() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 500)
    claim_id = await a_claim(station, resident_id, 5000)
    await reject(station.second, claim_id)
    assert (await claim_row(claim_id))[0] == "REJECTED"
    assert (await points_of(resident_id), await attested_figure(resident_id)) == (500, (500, "2024-01-12"))
    again = await a_claim(station, resident_id, 600)
    assert await claim_row(again) == ("APPROVED", 500, 100, "")
    assert await read(audit_everything) == []


async def test_after_the_first_claim_is_rejected_the_figure_is_nothing_again() -> None:
    station, resident_id = await a_station(), await a_resident()
    await reject(station.second, await a_claim(station, resident_id, 5000))
    assert await attested_figure(resident_id) == (0, None)
    assert await claim_row(await a_claim(station, resident_id, 60)) == ("APPROVED", 0, 60, "")


async def test_what_waits_on_a_rejected_claim_counts_from_where_that_one_began() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 500)
    wrong, later = await a_claim(station, resident_id, 5000), await a_claim(station, resident_id, 5100)
    await reject(station.second, wrong)
    assert await claim_row(later) == ("PENDING", 500, 4600, "EARLIER_PENDING")
    await approve(station.second, later)
    assert (await points_of(resident_id), (await attested_figure(resident_id))[0]) == (5100, 5100)
    assert await read(audit_everything) == []


async def test_of_several_that_wait_the_earliest_is_approved_first() -> None:
    station, resident_id = await a_station(), await a_resident()
    first, later = await a_claim(station, resident_id, 5000), await a_claim(station, resident_id, 5100)
    refusal = await refused(approve(station.second, later))
    assert (refusal.code, refusal.path) == ("CONFLICT", ("claimId",))
    assert getattr(refusal, "values", None) == {"figure": 5000, "day": "2024-01-12"}
    await approve(station.second, first)
    await approve(station.second, later)
    assert await points_of(resident_id) == 5100


async def test_the_second_person_is_neither_the_author_nor_the_resident() -> None:
    station = await a_station()
    resident = await a_caller()
    await role_over(resident.resident_id or 0, Role.GATE_STAFF, organisation_id=station.host_id)
    claim_id = await a_claim(station, resident.resident_id or 0, 5000)
    for caller in (station.staff, resident):
        assert (await refused(approve(caller, claim_id))).code == "SECOND_PERSON_REQUIRED"
        assert (await refused(reject(caller, claim_id))).code == "SECOND_PERSON_REQUIRED"
    assert (await claim_row(claim_id))[0] == "PENDING"


async def test_the_database_itself_knows_no_claim_that_its_author_decided() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 5000)

    async def cheat(tx: Transaction) -> None:
        sql = (
            "UPDATE claims SET status = 'REJECTED', reject_reason = 'x', decided_at = 1, decided_by_id = ? WHERE id = ?"
        )
        await tx.execute(sql, station.staff.resident_id, claim_id)

    with pytest.raises(Exception, match="claims_second_person"):
        await write(cheat)


async def test_who_may_decide_and_who_may_void() -> None:
    station, elsewhere, resident = await a_station(), await a_station(), await a_caller()
    claim_id = await a_claim(station, resident.resident_id or 0, 5000)
    for caller, code in (
        (ANONYMOUS, "UNAUTHENTICATED"),
        (await a_caller(), "NOT_FOUND"),
        (elsewhere.second, "NOT_FOUND"),
        (resident, "FORBIDDEN"),
        (await an_auditor(), "FORBIDDEN"),
    ):
        for act in (approve, reject, void):
            assert (await refused(act(caller, claim_id))).code == code
    assert (await refused(void(station.staff, claim_id))).code == "FORBIDDEN"
    assert await approve(station.administrator, claim_id) == claim_id
    assert (await refused(void(station.second, claim_id))).code == "FORBIDDEN"
    assert (await void(station.administrator, claim_id)).claim_id == claim_id


async def test_a_claim_is_decided_once() -> None:
    station, resident_id = await a_station(), await a_resident()
    approved, rejected = await a_claim(station, resident_id, 5000), await a_claim(station, await a_resident(), 5000)
    await approve(station.second, approved)
    await reject(station.second, rejected)
    paid_at_once = await a_claim(station, await a_resident(), 5)
    for claim_id in (approved, rejected, paid_at_once):
        for act in (approve, reject):
            refusal = await refused(act(station.administrator, claim_id))
            assert (refusal.code, refusal.path) == ("ALREADY_DECIDED", ("claimId",))
    assert await points_of(resident_id) == 5000


async def test_of_decisions_at_once_one_counts() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 5000)
    acts = [act(caller, claim_id) for act in (approve, reject) for caller in (station.second, station.administrator)]
    answers = await asyncio.gather(*acts, return_exceptions=True)
    told = Counter(answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers)
    assert told == {"int": 1, "ALREADY_DECIDED": 3}
    assert await points_of(resident_id) == (await attested_figure(resident_id))[0]
    assert await read(audit_everything) == []


async def test_the_same_key_decides_once_and_answers_the_same() -> None:
    station = await a_station()
    approved, rejected = [await a_claim(station, await a_resident(), 5000) for _ in range(2)]
    for _ in range(2):
        assert await approve(station.second, approved, "A") == approved
        assert await reject(station.second, rejected, key="R") == rejected
    first = await void(station.administrator, approved, key="V")
    assert await void(station.administrator, approved, key="V") == first
    assert (await refused(approve(station.second, rejected, "A"))).code == "IDEMPOTENCY_KEY_REUSED"


async def test_a_voided_claim_is_taken_back_once_and_its_figure_may_be_claimed_again() -> None:
    station, resident_id = await a_station(), await a_resident()
    await a_claim(station, resident_id, 500)
    claim_id = await a_claim(station, resident_id, 900)
    voided = await void(station.administrator, claim_id, "看错一位")
    sql = "SELECT r.id, r.kind, r.amount, r.memo FROM claims c JOIN transfers r ON r.reverses_id = c.transfer_id"
    assert [tuple(row) for row in await fetch(sql)] == [(voided.transfer_id, "REVERSAL", 400, "看错一位")]
    assert (await points_of(resident_id), (await attested_figure(resident_id))[0]) == (500, 500)
    assert (await refused(void(station.administrator, claim_id))).code == "ALREADY_REVERSED"
    assert await claim_row(await a_claim(station, resident_id, 800)) == ("APPROVED", 500, 300, "")
    assert await read(audit_everything) == []


async def test_what_was_paid_on_top_is_voided_first() -> None:
    station, resident_id = await a_station(), await a_resident()
    first, second = await a_claim(station, resident_id, 500), await a_claim(station, resident_id, 900)
    refusal = await refused(void(station.administrator, first))
    assert (refusal.code, getattr(refusal, "values", None)) == ("CONFLICT", {"figure": 900, "day": "2024-01-12"})
    await void(station.administrator, second)
    await void(station.administrator, first)
    assert (await points_of(resident_id), await attested_figure(resident_id)) == (0, (0, None))


async def test_what_waits_on_a_voided_claim_counts_from_where_that_one_began() -> None:
    station, resident_id = await a_station(), await a_resident()
    paid, waiting = await a_claim(station, resident_id, 500), await a_claim(station, resident_id, 5000)
    await void(station.administrator, paid)
    assert await claim_row(waiting) == ("PENDING", 0, 5000, "LARGE_INCREASE")
    await approve(station.second, waiting)
    assert await points_of(resident_id) == 5000
    assert await read(audit_everything) == []


async def test_what_was_not_paid_cannot_be_voided() -> None:
    station = await a_station()
    waiting, rejected = [await a_claim(station, await a_resident(), 5000) for _ in range(2)]
    await reject(station.second, rejected)
    for claim_id in (waiting, rejected):
        assert (await refused(void(station.administrator, claim_id))).code == "CONFLICT"


async def test_a_reason_is_needed() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 5000)
    for act in (reject, void):
        refusal = await refused(act(station.second, claim_id, " \u200b", a_key()))
        assert (refusal.code, refusal.path) == ("INVALID_INPUT", ("reason",))


async def test_without_a_budget_left_an_approval_waits_for_one() -> None:
    station, resident_id = await a_station(), await a_resident()
    claim_id = await a_claim(station, resident_id, 5000)
    await write(lambda tx: tx.execute("UPDATE programmes SET budget = 4999"))
    assert (await refused(approve(station.second, claim_id))).code == "BUDGET_EXHAUSTED"
    assert (await claim_row(claim_id))[0] == "PENDING"

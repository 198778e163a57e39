"""Undoing a scan."""

from __future__ import annotations

import asyncio

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.sync_admissions import sync_admissions
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from domain.refusals import Forbidden, InvalidInput, NotFound, NotOpen, Refusal, Unauthenticated
from storage import current_database, fetch
from tests.builders.people import a_caller
from tests.builders.redemption import a_scan, a_ticket, an_offer, staff_of
from tests.clock import NOW, later
from tests.domain.redemption.sums import broken_sums

pytestmark = pytest.mark.usefixtures("database")


def an_undo(admission_id: int | None, reason: str = "扫错了票") -> UndoAdmissionWish:
    return UndoAdmissionWish(admission_id=admission_id or 0, reason=reason)


async def test_the_entry_is_free_again() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(ticket), NOW)
    assert await undo_admission(staff, an_undo(admitted.admission_id), later(minutes=1)) == admitted.admission_id
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["VALID"]
    assert await broken_sums() == []
    assert (await admit_ticket(staff, a_scan(ticket), later(minutes=2))).admission_id != admitted.admission_id


async def test_who_undid_it_and_why_is_kept() -> None:
    offer = await an_offer()
    staff = await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(await a_ticket(offer)), NOW)
    await undo_admission(staff, an_undo(admitted.admission_id, " 扫错了票 "), later(minutes=1))
    rows = await fetch("SELECT undone_by_id, undo_reason, undone_at - recorded_at FROM admissions")
    assert [tuple(row) for row in rows] == [(staff.resident_id, "扫错了票", 60_000_000)]


async def test_asking_again_answers_the_same_and_changes_nothing() -> None:
    offer = await an_offer()
    staff = await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(await a_ticket(offer)), NOW)
    undone = {
        await undo_admission(staff, an_undo(admitted.admission_id, reason), at)
        for reason, at in (("扫错了票", later(minutes=1)), ("另一个理由", later(minutes=2)), ("太晚了", later(days=1)))
    }
    assert undone == {admitted.admission_id}
    assert [row[0] for row in await fetch("SELECT undo_reason FROM admissions")] == ["扫错了票"]


async def test_eight_undo_at_once_and_the_entry_is_given_back_once() -> None:
    offer = await an_offer(entries=[2])
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    place = offer.attraction_ids[0]
    first, _ = [await admit_ticket(staff, a_scan(ticket, attraction_id=place), NOW) for _ in range(2)]
    await asyncio.gather(*(undo_admission(staff, an_undo(first.admission_id), NOW) for _ in range(8)))
    assert [row[0] for row in await fetch("SELECT used FROM ticket_entries")] == [1]
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["ADMITTED"]
    assert await broken_sums() == []


async def test_a_conflict_is_gone_when_the_other_scan_is_undone() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    early, late = await sync_admissions(
        staff, [a_scan(ticket, scanned_at=NOW), a_scan(ticket, scanned_at=later(minutes=1))], later(minutes=2)
    )
    await undo_admission(staff, an_undo(early.admission_id), later(minutes=3))
    rows = await fetch("SELECT id, conflict FROM admissions")
    assert {row[0]: row[1] for row in rows} == {early.admission_id: 0, late.admission_id: 0}


async def test_a_scan_and_an_undo_at_once_end_with_sums_that_agree() -> None:
    offer = await an_offer(entries=[3])
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    place = offer.attraction_ids[0]
    admitted = [await admit_ticket(staff, a_scan(ticket, attraction_id=place), NOW) for _ in range(3)]
    scans = [admit_ticket(staff, a_scan(ticket, attraction_id=place), NOW) for _ in range(5)]
    undoings = [undo_admission(staff, an_undo(one.admission_id), NOW) for one in admitted]
    outcomes = await asyncio.gather(*scans, *undoings, return_exceptions=True)
    assert all(isinstance(outcome, Refusal) or not isinstance(outcome, BaseException) for outcome in outcomes)
    assert await broken_sums() == []
    assert (await fetch("SELECT MAX(used) FROM ticket_entries"))[0][0] <= 3


async def test_whoever_watches_the_session_is_told() -> None:
    offer = await an_offer()
    staff = await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(await a_ticket(offer)), NOW)
    async with current_database().changes.subscribe(f"session:{offer.session_id}") as changed:
        await undo_admission(staff, an_undo(admitted.admission_id), NOW)
        assert changed.is_set()


async def test_every_refusal_in_order_of_precedence() -> None:
    offer, owner = await an_offer(), await a_caller()
    staff = await staff_of(offer)
    admitted = (await admit_ticket(staff, a_scan(await a_ticket(offer, owner)), NOW)).admission_id
    table: list[tuple[type[Refusal], Caller, UndoAdmissionWish]] = [
        (Unauthenticated, ANONYMOUS, an_undo(7, "")),
        (InvalidInput, owner, an_undo(7, " ")),
        (NotFound, staff, an_undo(7)),
        (NotFound, await a_caller(), an_undo(admitted)),
        (Forbidden, owner, an_undo(admitted)),
        (NotOpen, staff, an_undo(admitted)),
    ]
    for refusal, caller, wish in table:
        with pytest.raises(refusal):
            await undo_admission(caller, wish, later(minutes=15, microseconds=1))
    assert await undo_admission(staff, an_undo(admitted), later(minutes=15))

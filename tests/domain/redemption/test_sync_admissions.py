"""Offline scans, sent later: in any order, several times, and the end is the same."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.redemption.scan import Scan
from domain.redemption.sync_admissions import MAX_SCANS, sync_admissions
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from domain.refusals import InvalidInput, TicketAlreadyAdmitted, Unauthenticated
from storage import Transaction, current_database, fetch, write
from tests.builders.people import a_caller
from tests.builders.redemption import Offer, a_scan, a_ticket, an_offer, an_order, staff_of, tickets_of
from tests.clock import NOW, later
from tests.domain.redemption.sums import broken_sums

pytestmark = pytest.mark.usefixtures("database")


async def end_state() -> list[tuple[object, ...]]:
    """All that a gate can know, without what differs by chance: ids and the time of recording."""
    admissions = await fetch(
        """SELECT k.serial, COALESCE(x.name, ''), d.gate, d.scan_id, d.scanned_at, d.conflict,
               CASE WHEN d.undone_at IS NULL THEN 1 ELSE 0 END
           FROM admissions d JOIN tickets k ON k.id = d.ticket_id LEFT JOIN attractions x ON x.id = d.attraction_id"""
    )
    entries = await fetch(
        "SELECT k.serial, n.place_id, n.used FROM ticket_entries n JOIN tickets k ON k.id = n.ticket_id"
    )
    tickets = await fetch("SELECT serial, status FROM tickets")
    return sorted((tuple(row) for row in [*admissions, *entries, *tickets]), key=repr)


async def forget_all_scans() -> None:
    async def body(tx: Transaction) -> None:
        for statement in (
            "DELETE FROM admissions",
            "DELETE FROM ticket_entries",
            "UPDATE tickets SET status = 'VALID'",
        ):
            await tx.execute(statement)

    await write(body)


async def marks() -> dict[str, int]:
    """The conflict mark of each scan."""
    return {row[0]: row[1] for row in await fetch("SELECT scan_id, conflict FROM admissions ORDER BY scan_id")}


async def five_scans_of_two_tickets(offer: Offer) -> list[Scan]:
    one, two = await tickets_of(await an_order(offer, quantity=2))
    return [
        a_scan(one, gate="东门", scan_id="a", scanned_at=later(minutes=3)),
        a_scan(one, gate="西门", scan_id="b", scanned_at=later(minutes=1)),
        a_scan(one, gate="南门", scan_id="c", scanned_at=later(minutes=1)),
        a_scan(two, gate="东门", scan_id="d", scanned_at=later(minutes=2)),
        a_scan(two, gate="西门", scan_id="e", scanned_at=later(minutes=4)),
    ]


async def test_five_scans_of_two_tickets_in_every_order_and_repeated_end_the_same() -> None:
    offer = await an_offer()
    staff, scans = await staff_of(offer), await five_scans_of_two_tickets(offer)
    await sync_admissions(staff, scans, later(hours=1))
    expected = await end_state()
    assert await marks() == {"a": 1, "b": 1, "c": 0, "d": 0, "e": 1}  # at the same instant 南门 sorts before 西门
    for order in itertools.permutations(scans):
        await forget_all_scans()
        await sync_admissions(staff, order[:2], later(hours=1))
        await sync_admissions(staff, order[1:], later(hours=2))
        await sync_admissions(staff, order, later(hours=3))
        assert await end_state() == expected
    assert await broken_sums() == []


async def test_scans_sent_by_several_devices_at_once_end_the_same() -> None:
    offer = await an_offer()
    staff, scans = await staff_of(offer), await five_scans_of_two_tickets(offer)
    batches = [scans, scans[::-1], scans[1:4], [scans[4], scans[0]], scans]
    answers = await asyncio.gather(*(sync_admissions(staff, batch, later(hours=1)) for batch in batches))
    assert answers[0] == answers[1][::-1] == answers[4]
    assert all(answer.refusal is None for answers_of_one in answers for answer in answers_of_one)
    assert await marks() == {"a": 1, "b": 1, "c": 0, "d": 0, "e": 1}
    assert await broken_sums() == []


async def test_a_scan_twice_in_one_call_is_one_admission() -> None:
    offer = await an_offer()
    scan = a_scan(await a_ticket(offer))
    answers = await sync_admissions(await staff_of(offer), [scan, scan], NOW)
    assert answers[0] == answers[1]
    assert len(await fetch("SELECT id FROM admissions")) == 1


async def test_a_scan_that_was_made_online_is_known_when_it_is_sent_again() -> None:
    offer = await an_offer()
    staff, scan = await staff_of(offer), a_scan(await a_ticket(offer))
    admitted = await admit_ticket(staff, scan, NOW)
    assert [answer.admission_id for answer in await sync_admissions(staff, [scan], NOW)] == [admitted.admission_id]


async def test_two_hosts_may_name_their_gates_and_count_their_scans_alike() -> None:
    offers = [await an_offer() for _ in range(3)]
    scans = [a_scan(await a_ticket(offer), gate="正门", scan_id="1") for offer in offers]
    for offer, scan in zip(offers, scans, strict=True):
        staff = await staff_of(offer)
        for _ in range(2):
            assert [answer.refusal for answer in await sync_admissions(staff, [scan], NOW)] == [None]
    assert len(await fetch("SELECT id FROM admissions")) == 3
    assert await broken_sums() == []


async def test_an_offline_scan_that_was_earlier_takes_the_place_of_an_online_one() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    await admit_ticket(staff, a_scan(ticket, scan_id="online"), later(minutes=5))
    await sync_admissions(staff, [a_scan(ticket, scan_id="offline", scanned_at=NOW)], later(hours=1))
    assert await marks() == {"offline": 0, "online": 1}


async def test_after_offline_scans_the_gate_knows_that_the_ticket_is_used() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    (first, _) = await sync_admissions(
        staff, [a_scan(ticket, scanned_at=NOW), a_scan(ticket, scanned_at=later(minutes=1))], later(minutes=2)
    )
    with pytest.raises(TicketAlreadyAdmitted) as caught:
        await admit_ticket(staff, a_scan(ticket), later(minutes=3))
    assert caught.value.admission_id == first.admission_id


async def test_each_place_has_its_own_conflicts() -> None:
    offer = await an_offer(entries=[2, None])
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    twice, always = offer.attraction_ids
    scans = [
        a_scan(ticket, scan_id=f"{name}{minute}", attraction_id=place, scanned_at=later(minutes=minute))
        for name, place in (("gate", None), ("twice", twice), ("always", always))
        for minute in range(3)
    ]
    await sync_admissions(staff, scans, later(hours=1))
    assert await marks() == {
        "always0": 0, "always1": 0, "always2": 0,
        "gate0": 0, "gate1": 1, "gate2": 1,
        "twice0": 0, "twice1": 0, "twice2": 1,
    }  # fmt: skip
    assert await broken_sums() == []


async def test_scans_of_a_refunded_ticket_are_kept_and_marked() -> None:
    offer, owner = await an_offer(), await a_caller()
    ticket = await a_ticket(offer, owner)
    await refund_order(owner, RefundOrderWish(order_id=ticket.order_id, idempotency_key="r"), NOW)
    (answer,) = await sync_admissions(await staff_of(offer), [a_scan(ticket, scan_id="s")], NOW)
    assert answer.admission_id
    assert await marks() == {"s": 1}
    assert [row[0] for row in await fetch("SELECT status FROM tickets")] == ["REFUNDED"]
    assert await broken_sums() == []


async def test_scans_outside_the_session_are_kept_for_the_people_are_inside() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    (answer,) = await sync_admissions(staff, [a_scan(ticket, scanned_at=later(days=-1))], later(days=3))
    assert answer.admission_id


async def test_each_bad_scan_has_its_own_refusal_and_the_good_ones_count() -> None:
    offer, other = await an_offer(entries=[1]), await an_offer(entries=[1])
    staff, good = await staff_of(offer), a_scan(await a_ticket(offer), scan_id="good")
    scans = [
        replace(good, gate=""),
        replace(good, scan_id=" "),
        good,
        replace(good, scan_id="3", token=good.token[:-1] + "!"),
        replace(good, scan_id="4", scanned_at=later(days=9)),
        a_scan(await a_ticket(other), scan_id="5"),
        a_scan(await a_ticket(offer), scan_id="good"),
        replace(good, scan_id="7", attraction_id=7),
        replace(good, scan_id="8", attraction_id=other.attraction_ids[0]),
        replace(good, scan_id="9", attraction_id=offer.attraction_ids[0]),
    ]
    answers = await sync_admissions(staff, scans, NOW)
    told = [answer.refusal and (answer.refusal.code, answer.refusal.path) for answer in answers]
    assert told == [
        ("INVALID_INPUT", ("scans", "0", "gate")),
        ("INVALID_INPUT", ("scans", "1", "scanId")),
        None,
        ("TICKET_INVALID", ("scans", "3", "token")),
        ("INVALID_INPUT", ("scans", "4", "scannedAt")),
        ("FORBIDDEN", ("scans", "5")),
        ("IDEMPOTENCY_KEY_REUSED", ("scans", "6", "scanId")),
        ("NOT_FOUND", ("scans", "7", "attractionId")),
        ("NOT_ADMITTED_HERE", ("scans", "8", "attractionId")),
        None,
    ]
    assert [answer.admission_id is not None for answer in answers] == [refusal is None for refusal in told]
    again = await sync_admissions(staff, scans, later(hours=1))
    assert [answer.admission_id for answer in again] == [answer.admission_id for answer in answers]
    assert len(await fetch("SELECT id FROM admissions")) == 2


async def test_a_call_of_bad_scans_only_is_answered_too() -> None:
    offer = await an_offer()
    bad = replace(a_scan(await a_ticket(offer)), token="rubbish")
    (answer,) = await sync_admissions(await staff_of(offer), [bad], NOW)
    assert answer.refusal
    assert answer.refusal.path == ("scans", "0", "token")


async def test_a_call_holds_one_to_five_hundred_scans() -> None:
    scan = Scan(token="rubbish", gate="东门", scan_id="s")
    for scans in ([], [scan] * (MAX_SCANS + 1)):
        with pytest.raises(InvalidInput) as caught:
            await sync_admissions(await a_caller(), scans, NOW)
        assert caught.value.path == ("scans",)
    with pytest.raises(Unauthenticated):
        await sync_admissions(ANONYMOUS, [scan], NOW)


async def five_hundred(offer: Offer) -> list[Scan]:
    tickets = [ticket for _ in range(5) for ticket in await tickets_of(await an_order(offer, quantity=100))]
    return [a_scan(ticket) for ticket in tickets]


async def test_five_hundred_scans_take_as_few_statements_as_two(statements: list[str]) -> None:
    offer = await an_offer(stock=1000, limit_per_resident=100)
    staff, scans = await staff_of(offer), await five_hundred(offer)
    statements.clear()
    await sync_admissions(staff, scans[:2], NOW)
    few = len(statements)
    statements.clear()
    answers = await sync_admissions(staff, scans[2:], NOW)
    assert len(statements) == few <= 7
    assert all(answer.admission_id for answer in answers)
    assert await broken_sums() == []


async def test_whoever_watches_the_session_is_told() -> None:
    offer = await an_offer()
    staff, scan = await staff_of(offer), a_scan(await a_ticket(offer))
    async with current_database().changes.subscribe(f"session:{offer.session_id}") as changed:
        await sync_admissions(staff, [scan], NOW)
        assert changed.is_set()


async def test_an_undone_scan_stays_undone_when_it_is_sent_again() -> None:
    offer = await an_offer()
    staff, ticket = await staff_of(offer), await a_ticket(offer)
    scans = [a_scan(ticket, scan_id="a", scanned_at=NOW), a_scan(ticket, scan_id="b", scanned_at=later(minutes=1))]
    first, _ = await sync_admissions(staff, scans, NOW)
    assert first.admission_id
    await undo_admission(staff, UndoAdmissionWish(admission_id=first.admission_id, reason="扫错了"), NOW)
    assert await marks() == {"a": 0, "b": 0}
    before = await end_state()
    assert (await sync_admissions(staff, scans[::-1], NOW))[1] == first
    assert await end_state() == before
    assert await broken_sums() == []


async def test_strangers_add_nothing() -> None:
    offer = await an_offer()
    (answer,) = await sync_admissions(Caller((await a_caller()).resident_id), [a_scan(await a_ticket(offer))], NOW)
    assert answer.refusal
    assert answer.refusal.code == "FORBIDDEN"
    assert await fetch("SELECT id FROM admissions") == []

"""The gate: one ticket lets in as often as the offer says, whatever is scanned at once, and says why it does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.admit_ticket import Admitted, admit_ticket
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.redemption.scan import Scan
from domain.redemption.ticket_token import ticket_token
from domain.refusals import (
    Forbidden,
    InvalidInput,
    KeyReused,
    NotAdmittedHere,
    NotFound,
    Refusal,
    TicketAlreadyAdmitted,
    TicketExpired,
    TicketInvalid,
    TicketNotYetValid,
    TicketRefunded,
    Unauthenticated,
)
from storage import current_database, fetch
from storage.instants import to_micros
from tests.builders.people import a_caller, gate_staff_of, organiser_of
from tests.builders.places import an_organisation
from tests.builders.redemption import ENDS, STARTS, Offer, a_scan, a_ticket, an_offer, staff_of
from tests.clock import NOW, later
from tests.domain.redemption.sums import broken_sums

pytestmark = pytest.mark.usefixtures("database")


async def status_of(ticket_id: int) -> str:
    return str((await fetch("SELECT status FROM tickets WHERE id = ?", ticket_id))[0][0])


async def test_a_good_ticket_is_let_in() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(ticket, gate=" 东门 ", scan_id="s1", scanned_at=later(minutes=-1)), NOW)
    assert admitted.ticket_id == ticket.id
    assert await status_of(ticket.id) == "ADMITTED"
    rows = await fetch(
        """SELECT id, gate, scan_id, attraction_id, scanned_at, recorded_at, recorded_by_id, conflict FROM admissions"""
    )
    times = to_micros(later(minutes=-1)), to_micros(NOW)
    assert [tuple(row) for row in rows] == [
        (admitted.admission_id, "东门", "s1", None, *times, staff.resident_id, 0),
    ]


async def test_a_scan_without_a_time_was_made_now() -> None:
    offer = await an_offer()
    await admit_ticket(await staff_of(offer), a_scan(await a_ticket(offer)), NOW)
    assert [row[0] for row in await fetch("SELECT scanned_at FROM admissions")] == [to_micros(NOW)]


async def test_the_second_scan_names_the_first() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    first = await admit_ticket(staff, a_scan(ticket, gate="东门"), NOW)
    with pytest.raises(TicketAlreadyAdmitted) as caught:
        await admit_ticket(staff, a_scan(ticket, gate="西门"), later(minutes=1))
    assert caught.value.admission_id == first.admission_id
    assert caught.value.path == ("scan", "token")


async def test_one_ticket_at_eight_gates_at_once_is_let_in_once_and_seven_learn_where() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    outcomes = await asyncio.gather(
        *(admit_ticket(staff, a_scan(ticket, gate=f"{number}号门"), NOW) for number in range(8)), return_exceptions=True
    )
    (admitted,) = [outcome for outcome in outcomes if isinstance(outcome, Admitted)]
    named = [outcome.admission_id for outcome in outcomes if isinstance(outcome, TicketAlreadyAdmitted)]
    assert named == [admitted.admission_id] * 7
    assert len(await fetch("SELECT id FROM admissions")) == 1
    assert await broken_sums() == []


async def test_the_same_scan_again_answers_the_same() -> None:
    offer = await an_offer()
    staff, scan = await staff_of(offer), a_scan(await a_ticket(offer))
    assert await admit_ticket(staff, scan, NOW) == await admit_ticket(staff, scan, later(hours=9))
    assert len(await fetch("SELECT id FROM admissions")) == 1


@pytest.mark.parametrize("entries", [1, None])
async def test_the_same_scan_eight_times_at_once_is_one_admission(entries: int | None) -> None:
    offer = await an_offer(entries=[entries])
    scan = a_scan(await a_ticket(offer), attraction_id=offer.attraction_ids[0])
    staff = await staff_of(offer)
    answers = await asyncio.gather(*(admit_ticket(staff, scan, NOW) for _ in range(8)))
    assert len(set(answers)) == 1
    assert await broken_sums() == []


async def test_one_scan_id_for_two_tickets_at_once_is_refused_for_one() -> None:
    offer = await an_offer()
    scans = [a_scan(await a_ticket(offer), scan_id="s1") for _ in range(8)]
    staff = await staff_of(offer)
    outcomes = await asyncio.gather(*(admit_ticket(staff, scan, NOW) for scan in scans), return_exceptions=True)
    assert sum(isinstance(outcome, KeyReused) for outcome in outcomes) == 7
    assert await broken_sums() == []


async def test_two_devices_may_use_the_same_scan_id() -> None:
    offer = await an_offer()
    staff = await staff_of(offer)
    for gate in ("东门", "西门"):
        await admit_ticket(staff, a_scan(await a_ticket(offer), gate=gate, scan_id="1"), NOW)


async def test_two_hosts_may_name_their_gates_and_count_their_scans_alike() -> None:
    for offer in (await an_offer(), await an_offer()):
        await admit_ticket(await staff_of(offer), a_scan(await a_ticket(offer), gate="正门", scan_id="1"), NOW)
    assert len(await fetch("SELECT id FROM admissions")) == 2


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_a_device_s_clock_may_differ_by_five_minutes_and_ours_decides(minutes: int) -> None:
    offer = await an_offer()
    staff, ticket = await staff_of(offer), await a_ticket(offer)
    for refusal, now in ((TicketNotYetValid, STARTS - timedelta(hours=2, microseconds=1)), (TicketExpired, ENDS)):
        with pytest.raises(refusal):
            await admit_ticket(staff, a_scan(ticket, scanned_at=now + timedelta(minutes=minutes)), now)
    assert (await admit_ticket(staff, a_scan(ticket, scanned_at=later(minutes=minutes)), NOW)).admission_id


async def test_a_scan_dated_back_lets_nobody_in_after_the_session() -> None:
    offer = await an_offer()
    scan = a_scan(await a_ticket(offer), scanned_at=STARTS)
    with pytest.raises(InvalidInput) as caught:
        await admit_ticket(await staff_of(offer), scan, later(days=30))
    assert caught.value.reason == "scanned_too_long_ago"


async def test_the_retry_of_a_scan_that_arrived_is_never_too_old() -> None:
    offer = await an_offer()
    staff, scan = await staff_of(offer), a_scan(await a_ticket(offer), scanned_at=NOW)
    assert await admit_ticket(staff, scan, NOW) == await admit_ticket(staff, scan, later(hours=9))


async def test_each_attraction_lets_in_as_often_as_it_says_and_the_main_gate_once() -> None:
    offer = await an_offer(entries=[1, 2, None])
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    counts = []
    for attraction_id in (None, *offer.attraction_ids):
        tries = [admit_ticket(staff, a_scan(ticket, attraction_id=attraction_id), NOW) for _ in range(4)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        counts.append(sum(isinstance(outcome, Admitted) for outcome in outcomes))
    assert counts == [1, 1, 2, 4]
    assert await broken_sums() == []


async def test_a_refused_scan_is_not_kept() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    scan = a_scan(ticket)
    with pytest.raises(TicketNotYetValid):
        await admit_ticket(staff, scan, STARTS - (later(hours=2, microseconds=1) - NOW))
    assert (await admit_ticket(staff, scan, NOW)).admission_id


async def test_gates_open_two_hours_before_the_session_and_close_with_it() -> None:
    offer = await an_offer(sales_open_at=later(days=-1), starts_at=later(hours=2), ends_at=later(hours=3))
    staff = await staff_of(offer)
    ticket = await a_ticket(offer)
    with pytest.raises(TicketNotYetValid):
        await admit_ticket(staff, a_scan(ticket), later(microseconds=-1))
    with pytest.raises(TicketExpired):
        await admit_ticket(staff, a_scan(ticket), later(hours=3))
    for scan, at in ((a_scan(ticket), NOW), (a_scan(await a_ticket(offer)), later(hours=3, microseconds=-1))):
        assert (await admit_ticket(staff, scan, at)).admission_id


async def test_only_gate_staff_of_the_host_admit() -> None:
    offer = await an_offer()
    owner = await a_caller()
    ticket = await a_ticket(offer, owner)
    strangers = [owner, await organiser_of(offer.host_id), await gate_staff_of(await an_organisation())]
    for caller in strangers:
        with pytest.raises(Forbidden):
            await admit_ticket(caller, a_scan(ticket), NOW)


async def test_whoever_watches_the_session_is_told() -> None:
    offer = await an_offer()
    ticket, staff = await a_ticket(offer), await staff_of(offer)
    async with current_database().changes.subscribe(f"session:{offer.session_id}") as changed:
        await admit_ticket(staff, a_scan(ticket), NOW)
        assert changed.is_set()


async def a_refunded_scan(offer: Offer, attraction_id: int | None = None) -> Scan:
    owner = await a_caller()
    ticket = await a_ticket(offer, owner)
    await refund_order(owner, RefundOrderWish(order_id=ticket.order_id, idempotency_key="refund"), NOW)
    return a_scan(ticket, attraction_id=attraction_id)


async def test_every_refusal_in_order_of_precedence() -> None:
    offer, other = await an_offer(entries=[1]), await an_offer(entries=[1])
    staff, stranger = await staff_of(offer), await a_caller()
    good, refunded = a_scan(await a_ticket(offer)), await a_refunded_scan(offer)
    await admit_ticket(staff, replace(good, scan_id="used"), NOW)
    foreign = replace(refunded, attraction_id=other.attraction_ids[0])
    unknown = replace(good, token=ticket_token("2222-2222", offer.session_id, STARTS, ENDS))
    moved = replace(good, token=ticket_token("2222-2222", other.session_id, STARTS, ENDS))
    table: list[tuple[type[Refusal], str | None, Caller, Scan]] = [
        (Unauthenticated, None, ANONYMOUS, replace(good, gate="")),
        (InvalidInput, "gate", stranger, replace(good, gate="", token="rubbish")),
        (InvalidInput, "gate", stranger, replace(good, gate="门" * 61)),
        (InvalidInput, "scanId", stranger, replace(good, scan_id="\u200b", token="rubbish")),
        (InvalidInput, "scanId", stranger, replace(good, scan_id="s" * 101)),
        (
            InvalidInput,
            "scannedAt",
            stranger,
            replace(good, scanned_at=later(minutes=5, microseconds=1), token="rubbish"),
        ),
        (TicketInvalid, "token", stranger, replace(good, token="rubbish")),
        (TicketInvalid, "token", stranger, unknown),
        (TicketInvalid, "token", staff, moved),
        (Forbidden, None, stranger, replace(good, scan_id="used", attraction_id=7)),
        (KeyReused, "scanId", staff, replace(good, scan_id="used", attraction_id=7)),
        (KeyReused, "scanId", staff, replace(refunded, scan_id="used")),
        (InvalidInput, "scannedAt", staff, replace(foreign, scanned_at=later(minutes=-5, microseconds=-1))),
        (NotFound, "attractionId", staff, replace(refunded, attraction_id=7)),
        (NotAdmittedHere, "attractionId", staff, foreign),
        (TicketRefunded, "token", staff, refunded),
        (TicketAlreadyAdmitted, "token", staff, good),
    ]
    for refusal, field, caller, scan in table:
        with pytest.raises(refusal) as caught:
            await admit_ticket(caller, scan, NOW)
        assert caught.value.path == (field and ("scan", field))
    for refusal, now in ((TicketNotYetValid, later(days=-1)), (TicketExpired, ENDS)):
        with pytest.raises(refusal):
            await admit_ticket(staff, good, now)

"""One ticket at eight gates at once; and scans of gates that had no network, sent in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from httpx import AsyncClient

from schema.ids import encode_id
from tests.builders.redemption import Offer, an_offer, staff_of
from tests.clock import NOW, later
from tests.story.asking import Data, ask, assert_clean_book, at_once, code_of
from tests.story.crowd import Person, a_crowd, a_person, token_of, tokens_of
from tests.story.redeeming import redeem

ADMIT = """mutation ($scan: ScanInput!) { admitTicket(input: {scan: $scan}) {
    admission { id gate scannedAt conflict } ticket { serial status }
    errors { code path ... on AlreadyAdmitted { admission { id gate scannedAt } } } } }"""
SYNC = """mutation ($scans: [ScanInput!]!) { syncAdmissions(input: {scans: $scans}) {
    results { admission { id gate } error { code } } errors { code } } }"""
TICKETS = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Ticket { status
    admissions { gate scannedAt conflict attraction { id } } } } }"""
ADMITTED = "query ($id: ID!) { ticketOffer(id: $id) { sessions { admittedCount } } }"
SCHEDULES = 40


async def tickets_of(line: AsyncClient, person: Person, offer: Offer, quantity: int) -> list[Data]:
    """Tickets as they are on the person's phone."""
    order = (await redeem(line, person, offer, f"for {offer.id}", quantity))["order"]
    tickets: list[Data] = order["tickets"]
    return tickets


async def admit(line: AsyncClient, token: str, scan: dict[str, Any]) -> Data:
    payload: Data = (await ask(line, ADMIT, token, scan=scan))["admitTicket"]
    return payload


async def test_one_ticket_at_eight_gates_at_once_passes_one_of_them(line: AsyncClient) -> None:
    offer = await an_offer()
    (ticket,) = await tickets_of(line, await a_person(), offer, 1)
    staff = await tokens_of([await staff_of(offer) for _ in range(8)])
    scans = [
        {"token": ticket["token"], "gate": f"{gate}号门", "scanId": "1", "scannedAt": later(seconds=-gate).isoformat()}
        for gate in range(8)
    ]
    answers = await at_once(admit(line, token, scan) for token, scan in zip(staff, scans, strict=True))

    ((passed, scan),) = [
        (answer, scan) for answer, scan in zip(answers, scans, strict=True) if code_of(answer) == "done"
    ]
    assert passed["ticket"] == {"serial": ticket["serial"], "status": "ADMITTED"}
    assert passed["admission"]["gate"] == scan["gate"]
    assert passed["admission"]["scannedAt"] == scan["scannedAt"].replace("+00:00", "Z")
    told = {key: passed["admission"][key] for key in ("id", "gate", "scannedAt")}
    refused = [answer for answer in answers if answer is not passed]
    assert [answer["errors"] for answer in refused] == [
        [{"code": "TICKET_ALREADY_ADMITTED", "path": ["scan", "token"], "admission": told}]
    ] * 7
    assert await admit(line, staff[0], scan) == passed, "sent again, the scan is answered as it was"
    session = (await ask(line, ADMITTED, id=encode_id("TicketOffer", offer.id)))["ticketOffer"]["sessions"][0]
    assert session == {"admittedCount": 1}
    await assert_clean_book()


@dataclass(frozen=True, slots=True)
class Seen:
    """An offline scan: of the first or the second ticket, at a gate or behind it, some minutes ago."""

    ticket: int
    gate: str
    minutes: int
    at_attraction: bool = False


# The first ticket passed two gates, the second was copied as well; each gate's device has its own clock and numbers.
FIVE = (
    Seen(0, "东门", 50),
    Seen(0, "西门", 40),
    Seen(0, "恐龙乐园", 30, at_attraction=True),
    Seen(1, "西门", 20),
    Seen(1, "东门", 25),
)
CLASHES = {(0, "西门"), (1, "西门")}


def end_state(attraction: str) -> list[Data]:
    """What both tickets show in the end: of two scans at the main gate the later one clashes."""
    return [
        {
            "status": "ADMITTED",
            "admissions": [
                {
                    "gate": seen.gate,
                    "scannedAt": (NOW - timedelta(minutes=seen.minutes)).isoformat().replace("+00:00", "Z"),
                    "conflict": (ticket, seen.gate) in CLASHES,
                    "attraction": {"id": attraction} if seen.at_attraction else None,
                }
                for seen in sorted(FIVE, key=lambda seen: -seen.minutes)
                if seen.ticket == ticket
            ],
        }
        for ticket in range(2)
    ]


def as_sent(tickets: Sequence[Data], attraction: str, schedule: int) -> list[dict[str, Any]]:
    """The five scans as their devices send them."""
    return [
        {
            "token": tickets[seen.ticket]["token"],
            "gate": seen.gate,
            "scanId": f"{schedule}-{number}",
            "scannedAt": (NOW - timedelta(minutes=seen.minutes)).isoformat(),
            "attractionId": attraction if seen.at_attraction else None,
        }
        for number, seen in enumerate(FIVE)
    ]


def batches(scans: Sequence[Data], chance: Random) -> Iterator[list[Data]]:
    """Every scan at least once, in any order, alone or together, some of them again."""
    waiting = [*scans, *chance.choices(scans, k=3)]
    chance.shuffle(waiting)
    while waiting:
        size = chance.randint(1, len(waiting))
        yield waiting[:size]
        waiting = waiting[size:]


async def send_scans(line: AsyncClient, staff: str, scans: Sequence[Data], chance: Random) -> None:
    """Whatever comes back for a scan that was sent before is what came back then."""
    answered: dict[str, Data] = {}
    for batch in batches(scans, chance):
        payload = (await ask(line, SYNC, staff, scans=batch))["syncAdmissions"]
        assert payload["errors"] == []
        for scan, result in zip(batch, payload["results"], strict=True):
            assert result["error"] is None
            assert result["admission"]["gate"] == scan["gate"]
            assert answered.setdefault(scan["scanId"], result) == result
    assert len({result["admission"]["id"] for result in answered.values()}) == len(FIVE), "nobody's scan is dropped"


async def test_five_offline_scans_of_two_tickets_end_the_same_in_any_order_and_repeated(line: AsyncClient) -> None:
    offer = await an_offer(stock=2 * SCHEDULES, entries=[1])
    attraction = encode_id("Attraction", offer.attraction_ids[0])
    staff = await token_of(await staff_of(offer))
    for schedule, person in enumerate(await a_crowd(SCHEDULES)):
        tickets = await tickets_of(line, person, offer, 2)
        await send_scans(line, staff, as_sent(tickets, attraction, schedule), Random(schedule))
        seen = await ask(line, TICKETS, staff, ids=[ticket["id"] for ticket in tickets])
        assert seen["nodes"] == end_state(attraction), f"in the order of schedule {schedule}"
    await assert_clean_book()


async def test_five_offline_scans_sent_by_five_devices_at_once_end_the_same(line: AsyncClient) -> None:
    offer = await an_offer(stock=20, entries=[1])
    attraction = encode_id("Attraction", offer.attraction_ids[0])
    staff = await token_of(await staff_of(offer))
    for schedule, person in enumerate(await a_crowd(10)):
        tickets = await tickets_of(line, person, offer, 2)
        scans = as_sent(tickets, attraction, schedule)
        await at_once(ask(line, SYNC, staff, scans=[scan]) for scan in [*scans, *scans])
        seen = await ask(line, TICKETS, staff, ids=[ticket["id"] for ticket in tickets])
        assert seen["nodes"] == end_state(attraction)
    await assert_clean_book()

"""Who may know of what: the conditions that reads and acts share, for every kind of viewer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.ticket_status import ADMITTED_COUNT, STATUS_AT
from domain.redemption.visibility import sees_admission, sees_offer, sees_order, sees_part_of_offer, sees_ticket
from domain.viewer_sql import for_viewer
from storage import fetch
from storage.instants import to_micros
from tests.builders.people import a_caller, an_auditor, gate_staff_of, organiser_of
from tests.builders.places import an_organisation
from tests.builders.redemption import ENDS, Offer, a_scan, a_ticket, an_offer, staff_of
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")

TABLES: dict[str, Callable[[str], str]] = {
    "ticket_offers": sees_offer,
    "offer_sessions": sees_part_of_offer,
    "attractions": sees_part_of_offer,
    "ticket_orders": sees_order,
    "tickets": sees_ticket,
    "admissions": sees_admission,
}


async def seen_by(viewer_id: int | None) -> set[str]:
    """The tables of which the viewer sees anything."""
    seen = set()
    for table, sees in TABLES.items():
        sql, viewers = for_viewer(f"SELECT v.id FROM {table} v WHERE {sees('v')}", viewer_id)
        if await fetch(sql, *viewers):
            seen.add(table)
    return seen


async def viewers_of(offer: Offer) -> dict[str, int | None]:
    elsewhere = await an_organisation()
    people = {
        "stranger": await a_caller(),
        "organiser": await organiser_of(offer.host_id),
        "gate staff": await staff_of(offer),
        "organiser elsewhere": await organiser_of(elsewhere),
        "gate staff elsewhere": await gate_staff_of(elsewhere),
        "auditor": await an_auditor(),
    }
    return {"nobody": None} | {name: caller.resident_id for name, caller in people.items()}


PUBLIC = {"ticket_offers", "offer_sessions", "attractions"}


async def test_each_viewer_sees_what_is_theirs_and_no_more() -> None:
    offer, owner = await an_offer(entries=[1]), await a_caller()
    await admit_ticket(await staff_of(offer), a_scan(await a_ticket(offer, owner)), NOW)
    viewers = await viewers_of(offer) | {"owner": owner.resident_id}
    assert {name: await seen_by(viewer) for name, viewer in viewers.items()} == {
        "nobody": PUBLIC,
        "stranger": PUBLIC,
        "organiser": PUBLIC,
        "gate staff": set(TABLES),
        "organiser elsewhere": PUBLIC,
        "gate staff elsewhere": PUBLIC,
        "auditor": PUBLIC | {"ticket_orders"},
        "owner": set(TABLES),
    }


async def test_a_draft_is_seen_by_its_own_people_only() -> None:
    viewers = await viewers_of(await an_offer(entries=[1], publish=False))
    seen = {name for name, viewer in viewers.items() if await seen_by(viewer)}
    assert seen == {"organiser", "gate staff"}


async def test_a_valid_ticket_is_expired_once_its_session_is_over() -> None:
    offer = await an_offer()
    used, unused = await a_ticket(offer), await a_ticket(offer)
    await admit_ticket(await staff_of(offer), a_scan(used), NOW)
    before, after = await statuses(to_micros(later(hours=6)) - 1), await statuses(to_micros(ENDS))
    assert before == {used.id: "ADMITTED", unused.id: "VALID"}
    assert after == {used.id: "ADMITTED", unused.id: "EXPIRED"}
    counted = await fetch(f"SELECT {ADMITTED_COUNT.replace('{t}', 's')} FROM offer_sessions s")
    assert [row[0] for row in counted] == [1]


async def statuses(now: int) -> dict[int, str]:
    sql = STATUS_AT.replace("{t}", "k").replace(":now", "CAST(? AS BIGINT)")
    return {row[0]: row[1] for row in await fetch(f"SELECT k.id, {sql} FROM tickets k", now)}

"""Creating offers: what is good, who may, and every mistake at its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.people.caller import ANONYMOUS
from domain.redemption.create_ticket_offer import (
    AttractionWish,
    CreateTicketOfferWish,
    SessionWish,
    create_ticket_offer,
)
from domain.refusals import Forbidden, InvalidInput, NotFound, Unauthenticated
from storage import fetch
from tests.builders.people import a_caller, gate_staff_of, organiser_of
from tests.builders.places import an_organisation
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")

SESSION = SessionWish(starts_at=later(days=1), ends_at=later(days=1, hours=4), stock=500)
WISH = CreateTicketOfferWish(
    title="少康湖新年游乐汇",
    summary="出示积分页，领取两张门票",
    host_id=0,
    venue="少康湖",
    cost=0,
    sales_open_at=NOW,
    sales_close_at=later(days=1),
    sessions=(SESSION,),
)


async def test_an_offer_comes_with_its_sessions_and_attractions() -> None:
    host_id = await an_organisation()
    wish = replace(
        WISH,
        host_id=host_id,
        title="  少康湖新年游乐汇 ",
        sessions=(SESSION, replace(SESSION, stock=7)),
        attractions=(AttractionWish(name="恐龙乐园"), AttractionWish(name="斗羊表演", entries=None)),
        publish=True,
    )
    offer_id = await create_ticket_offer(await organiser_of(host_id), wish, NOW)
    offers = await fetch("SELECT id, title, status, limit_per_resident, programme FROM ticket_offers")
    assert [tuple(row) for row in offers] == [(offer_id, "少康湖新年游乐汇", "ON_SALE", 2, "xuexi")]
    sessions = await fetch("SELECT stock, remaining FROM offer_sessions ORDER BY position")
    assert [tuple(row) for row in sessions] == [(500, 500), (7, 7)]
    attractions = await fetch("SELECT name, entries FROM attractions ORDER BY position")
    assert [tuple(row) for row in attractions] == [("恐龙乐园", 1), ("斗羊表演", None)]


async def test_what_is_not_published_is_a_draft() -> None:
    host_id = await an_organisation()
    await create_ticket_offer(await organiser_of(host_id), replace(WISH, host_id=host_id), NOW)
    assert [row[0] for row in await fetch("SELECT status FROM ticket_offers")] == ["DRAFT"]


async def test_only_organisers_of_the_host_create_offers() -> None:
    host_id = await an_organisation()
    wish = replace(WISH, host_id=host_id)
    with pytest.raises(Unauthenticated):
        await create_ticket_offer(ANONYMOUS, wish, NOW)
    for caller in (await a_caller(), await gate_staff_of(host_id), await organiser_of(await an_organisation())):
        with pytest.raises(Forbidden):
            await create_ticket_offer(caller, wish, NOW)


async def test_an_unknown_host_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        await create_ticket_offer(await a_caller(), replace(WISH, host_id=7), NOW)
    assert caught.value.path == ("hostId",)


MISTAKES: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"title": " \u200b"}, "text_empty", ("title",)),
    ({"title": "票" * 121}, "text_too_long", ("title",)),
    ({"summary": ""}, "text_empty", ("summary",)),
    ({"venue": "a\x00b"}, "text_control_characters", ("venue",)),
    ({"cost": -1}, "number_out_of_range", ("cost",)),
    ({"cost": 2**53 - 1}, "number_out_of_range", ("cost",)),
    ({"minimum_balance": -1}, "number_out_of_range", ("minimumBalance",)),
    ({"limit_per_resident": 0}, "number_out_of_range", ("limitPerResident",)),
    ({"limit_per_resident": 101}, "number_out_of_range", ("limitPerResident",)),
    ({"sales_close_at": NOW}, "sales_close_before_open", ("salesCloseAt",)),
    ({"refundable_until": NOW}, "refund_ends_before_sales_open", ("refundableUntil",)),
    ({"sessions": ()}, "list_length_out_of_range", ("sessions",)),
    ({"sessions": (SESSION,) * 101}, "list_length_out_of_range", ("sessions",)),
    ({"sessions": (SESSION, replace(SESSION, stock=0))}, "number_out_of_range", ("sessions", "1", "stock")),
    ({"sessions": (replace(SESSION, ends_at=SESSION.starts_at),)}, "ends_before_start", ("sessions", "0", "endsAt")),
    ({"sessions": (replace(SESSION, ends_at=later(days=99)),)}, "session_too_long", ("sessions", "0", "endsAt")),
    (
        {"sessions": (replace(SESSION, starts_at=later(hours=-2), ends_at=NOW),)},
        "session_ends_before_sales_open",
        ("sessions", "0", "endsAt"),
    ),
    (
        {"attractions": tuple(AttractionWish(name=f"项目{number}") for number in range(51))},
        "list_length_out_of_range",
        ("attractions",),
    ),
    ({"attractions": (AttractionWish(name=""),)}, "text_empty", ("attractions", "0", "name")),
    (
        {"attractions": (AttractionWish(name="马戏团"), AttractionWish(name="马戏团 "))},
        "attraction_named_twice",
        ("attractions", "1", "name"),
    ),
    (
        {"attractions": (AttractionWish(name="马戏团", entries=0),)},
        "number_out_of_range",
        ("attractions", "0", "entries"),
    ),
    ({"programme": "nothing"}, "unknown_programme", ("programme",)),
]


@pytest.mark.parametrize(("change", "reason", "path"), MISTAKES)
async def test_every_mistake_is_named_at_its_place(change: dict[str, Any], reason: str, path: tuple[str, ...]) -> None:
    host_id = await an_organisation()
    with pytest.raises(InvalidInput) as caught:
        await create_ticket_offer(await organiser_of(host_id), replace(WISH, host_id=host_id, **change), NOW)
    assert (caught.value.reason, caught.value.path) == (reason, path)
    assert await fetch("SELECT id FROM ticket_offers") == []

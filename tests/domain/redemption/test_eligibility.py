"""Every reason at once, before the button is pressed: the same that the act then gives one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.people.caller import Caller
from domain.redemption.eligibility import FACTS, RedeemFacts, facts_of, reasons_not_to_redeem
from domain.redemption.offer_status import pause_ticket_offer
from domain.redemption.redeem_tickets import redeem_tickets
from domain.refusals import Refusal
from domain.viewer_sql import for_viewer
from storage import fetch
from tests.builders.people import a_caller, organiser_of
from tests.builders.redemption import Offer, a_redemption, an_offer, an_order
from tests.clock import NOW, later

OPEN = RedeemFacts(
    viewer=7,
    offer_status="ON_SALE",
    sales_open_at=NOW,
    sales_close_at=later(hours=1),
    session_ends_at=later(hours=2),
    limit_per_resident=2,
    holding=0,
    remaining=10,
    cost=30,
    minimum_balance=50,
    account_id=8,
    available=60,
    account_status="OPEN",
)


def codes(facts: RedeemFacts, quantity: int = 1) -> list[str]:
    return [getattr(reason, "reason", None) or reason.code for reason in reasons_not_to_redeem(facts, quantity, NOW)]


def test_nothing_stands_in_the_way() -> None:
    assert codes(OPEN) == codes(OPEN, quantity=2) == []


@pytest.mark.parametrize(
    ("facts", "quantity", "expected"),
    [
        (replace(OPEN, viewer=None, account_id=None, available=0), 1, ["UNAUTHENTICATED"]),
        (OPEN, 0, ["quantity_too_small"]),
        (replace(OPEN, offer_status="DRAFT"), 1, ["offer_draft"]),
        (replace(OPEN, offer_status="PAUSED"), 1, ["offer_paused"]),
        (replace(OPEN, offer_status="CLOSED"), 1, ["offer_closed"]),
        (replace(OPEN, sales_open_at=later(microseconds=1)), 1, ["sales_not_open_yet"]),
        (replace(OPEN, sales_close_at=NOW), 1, ["sales_closed"]),
        (replace(OPEN, session_ends_at=NOW), 1, ["session_over"]),
        (replace(OPEN, holding=1), 2, ["LIMIT_PER_RESIDENT"]),
        (replace(OPEN, available=90), 3, ["LIMIT_PER_RESIDENT"]),
        (OPEN, 3, ["LIMIT_PER_RESIDENT", "INSUFFICIENT_POINTS"]),
        (OPEN, 2**31 - 1, ["LIMIT_PER_RESIDENT", "SOLD_OUT", "INSUFFICIENT_POINTS"]),
        (replace(OPEN, cost=2**52), 2**31 - 1, ["LIMIT_PER_RESIDENT", "SOLD_OUT"]),
        (replace(OPEN, remaining=1), 2, ["SOLD_OUT"]),
        (replace(OPEN, remaining=0), 0, ["quantity_too_small", "SOLD_OUT"]),
        (replace(OPEN, available=49), 1, ["BELOW_MINIMUM_BALANCE"]),
        (replace(OPEN, available=50), 2, ["INSUFFICIENT_POINTS"]),
        (replace(OPEN, available=-5, cost=0, minimum_balance=0), 1, []),
        (replace(OPEN, available=-5, cost=0, minimum_balance=1), 1, ["BELOW_MINIMUM_BALANCE"]),
    ],
)
def test_each_reason_by_itself(facts: RedeemFacts, quantity: int, expected: list[str]) -> None:
    assert codes(facts, quantity) == expected


def test_all_reasons_are_given_in_order() -> None:
    worst = replace(
        OPEN, offer_status="PAUSED", sales_close_at=NOW, session_ends_at=NOW, holding=2, remaining=0, available=0
    )
    assert codes(worst) == [
        "offer_paused",
        "sales_closed",
        "session_over",
        "LIMIT_PER_RESIDENT",
        "SOLD_OUT",
        "BELOW_MINIMUM_BALANCE",
        "INSUFFICIENT_POINTS",
    ]


async def asked(offer: Offer, viewer_id: int | None) -> list[str]:
    """What a read of OfferSession.viewerCanRedeem finds."""
    columns = ", ".join(FACTS.values()).replace("{t}", "s")
    sql, viewers = for_viewer(f"SELECT {columns} FROM offer_sessions s WHERE s.id = ?", viewer_id)
    return codes(facts_of((await fetch(sql, *viewers, offer.session_id))[0]))


@pytest.mark.usefixtures("database")
async def test_the_first_reason_is_what_the_act_then_says() -> None:
    caller = await a_caller(points=10)
    paused, gone, held = await an_offer(), await an_offer(stock=1), await an_offer(limit_per_resident=1)
    await pause_ticket_offer(await organiser_of(paused.host_id), paused.id)
    await an_order(gone)
    await an_order(held, caller)
    offers = [paused, gone, held, await an_offer(minimum_balance=11), await an_offer(cost=11), await an_offer(cost=10)]
    for offer in offers:
        foreseen = await asked(offer, caller.resident_id)
        assert foreseen[:1] == await said(caller, offer)


async def said(caller: Caller, offer: Offer) -> list[str]:
    """What the act says."""
    try:
        await redeem_tickets(caller, a_redemption(offer), NOW)
    except Refusal as refusal:
        return [getattr(refusal, "reason", refusal.code)]
    return []


@pytest.mark.usefixtures("database")
async def test_a_stranger_only_learns_what_everybody_may_know() -> None:
    assert await asked(await an_offer(cost=10, minimum_balance=5), None) == ["UNAUTHENTICATED"]

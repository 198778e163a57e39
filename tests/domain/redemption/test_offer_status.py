"""Publishing, pausing and closing an offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.redemption.offer_status import close_ticket_offer, pause_ticket_offer, publish_ticket_offer
from domain.refusals import Conflict, Forbidden, NotFound, Refusal, Unauthenticated
from storage import Transaction, fetch, write
from tests.builders.people import a_caller, organiser_of
from tests.builders.redemption import Offer, an_offer, staff_of

pytestmark = pytest.mark.usefixtures("database")

Act = Callable[[Caller, int], Awaitable[int]]
ACTS: dict[str, Act] = {
    "publish": publish_ticket_offer,
    "pause": pause_ticket_offer,
    "close": close_ticket_offer,
}


async def an_offer_that_is(status: str) -> Offer:
    offer = await an_offer()

    async def body(tx: Transaction) -> int:
        return await tx.execute("UPDATE ticket_offers SET status = ? WHERE id = ?", status, offer.id)

    await write(body)
    return offer


@pytest.mark.parametrize(
    ("status", "act", "expected"),
    [
        ("DRAFT", "publish", "ON_SALE"),
        ("DRAFT", "pause", "offer_not_on_sale"),
        ("DRAFT", "close", "CLOSED"),
        ("ON_SALE", "publish", "ON_SALE"),
        ("ON_SALE", "pause", "PAUSED"),
        ("ON_SALE", "close", "CLOSED"),
        ("PAUSED", "publish", "ON_SALE"),
        ("PAUSED", "pause", "PAUSED"),
        ("PAUSED", "close", "CLOSED"),
        ("CLOSED", "publish", "offer_closed"),
        ("CLOSED", "pause", "offer_closed"),
        ("CLOSED", "close", "CLOSED"),
    ],
)
async def test_every_state_meets_every_act(status: str, act: str, expected: str) -> None:
    offer = await an_offer_that_is(status)
    try:
        assert await ACTS[act](await organiser_of(offer.host_id), offer.id) == offer.id
        answer = (await fetch("SELECT status FROM ticket_offers"))[0][0]
    except Conflict as conflict:
        answer = conflict.reason
    assert answer == expected


@pytest.mark.parametrize("act", ACTS)
async def test_only_organisers_of_the_host_may(act: str) -> None:
    offer, draft = await an_offer(), await an_offer(publish=False)
    refusals: list[tuple[type[Refusal], Caller, int]] = [
        (Unauthenticated, ANONYMOUS, offer.id),
        (NotFound, await a_caller(), 7),
        (NotFound, await a_caller(), draft.id),
        (Forbidden, await a_caller(), offer.id),
        (Forbidden, await staff_of(offer), offer.id),
        (Forbidden, await staff_of(draft), draft.id),
    ]
    for refusal, caller, offer_id in refusals:
        with pytest.raises(refusal):
            await ACTS[act](caller, offer_id)

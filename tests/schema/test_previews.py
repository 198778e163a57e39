"""What would be done, asked beforehand: the same that is then done, and nothing of it is done by asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import pytest

import storage
from domain.people.caller import Caller
from domain.redemption.offer_status import pause_ticket_offer
from domain.refusals import Refusal
from tests.builders.keys import a_key
from tests.builders.people import a_caller, organiser_of
from tests.builders.redemption import Offer, a_reservation, an_offer
from tests.clock import NOW, later
from tests.schema.client import ANONYMOUS, encode_id, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

PREVIEW = """query ($input: PreviewRedemptionInput!) { previewRedemption(input: $input) {
    reasons { code path } postings { kind amount debit credit } balance available } }"""
ORDER = "order { transfer { kind amount debit { kind } credit { kind } } resident { id } }"
WALLET = "{ viewer { wallet { balance available } } }"


async def foreseen(caller: Caller, session_id: str, quantity: int, now: datetime = NOW) -> dict[str, Any]:
    wanted = {"input": {"sessionId": session_id, "quantity": quantity}}
    preview: dict[str, Any] = (await succeed(PREVIEW, caller, wanted, now=now))["previewRedemption"]
    return preview


async def done(caller: Caller, session_id: str, quantity: int, now: datetime) -> dict[str, Any]:
    """What redeemTickets then does, told as a preview tells it."""
    wanted = {"sessionId": session_id, "quantity": quantity, "idempotencyKey": a_key()}
    payload = await mutate("redeemTickets", wanted, caller, answer=ORDER, now=now)
    if payload["errors"]:
        return {"reasons": [{"code": error["code"], "path": error["path"]} for error in payload["errors"]]}
    moved: dict[str, Any] | None = payload["order"]["transfer"]
    postings = moved and [moved | {"debit": moved["debit"]["kind"], "credit": moved["credit"]["kind"]}]
    wallet: dict[str, Any] = (await succeed(WALLET, caller, now=now))["viewer"]["wallet"]
    return {"reasons": [], "postings": postings or []} | wallet


async def everything() -> list[tuple[Any, ...]]:
    tables = ("ticket_orders", "transfers", "entries", "reservations", "holds", "idempotency_keys", "offer_sessions")
    return [tuple(row) for table in tables for row in await storage.fetch(f"SELECT * FROM {table} ORDER BY id")]


async def test_the_postings_and_the_wallet_afterwards() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=25)
    await a_reservation(await an_offer(cost=5), caller)
    before = await everything()
    assert await foreseen(caller, encode_id("OfferSession", offer.session_id), 2) == {
        "reasons": [],
        "postings": [{"kind": "REDEEM", "amount": 20, "debit": "WALLET", "credit": "REDEMPTION"}],
        "balance": 5,
        "available": 0,
    }
    assert await everything() == before


async def test_what_costs_nothing_moves_nothing() -> None:
    offer, caller = await an_offer(minimum_balance=5), await a_caller(points=5)
    preview = await foreseen(caller, encode_id("OfferSession", offer.session_id), 1)
    assert preview == {"reasons": [], "postings": [], "balance": 5, "available": 5}


async def test_what_the_call_itself_is_refused_for_is_a_reason_too() -> None:
    draft, caller = await an_offer(publish=False), await a_caller()
    hidden = encode_id("OfferSession", draft.session_id)
    for who, session_id, quantity, codes in (
        (ANONYMOUS, "no id", 1, ["UNAUTHENTICATED", "INVALID_INPUT"]),
        (caller, "no id", 1, ["INVALID_INPUT"]),
        (caller, encode_id("TicketOffer", draft.id), 1, ["NOT_FOUND"]),
        (ANONYMOUS, hidden, 0, ["UNAUTHENTICATED", "INVALID_INPUT", "NOT_FOUND"]),
        (caller, hidden, 1, ["NOT_FOUND"]),
    ):
        preview = await foreseen(who, session_id, quantity)
        assert [reason["code"] for reason in preview["reasons"]] == codes
        assert (preview["postings"], preview["balance"], preview["available"]) == ([], None, None)


@dataclass
class Fair:
    """Offers of all kinds, and people with few points."""

    offers: list[Offer]
    callers: list[Caller]


async def a_fair(chance: Random) -> Fair:
    offers = [
        await an_offer(
            cost=chance.choice((0, 1, 3)),
            minimum_balance=chance.choice((0, 0, 4)),
            stock=chance.choice((2, 5, 50)),
            limit_per_resident=chance.choice((1, 2, 6)),
            sales_open_at=later(minutes=chance.choice((0, 0, 20))),
            sales_close_at=later(minutes=chance.choice((40, 90))),
        )
        for _ in range(5)
    ]
    paused = offers[-1]
    await pause_ticket_offer(await organiser_of(paused.host_id), paused.id)
    return Fair(offers, [await a_caller(points=chance.choice((0, 5, 12))) for _ in range(3)])


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_foreseen_is_what_is_then_done(seed: int) -> None:
    """Reservations are made between, and their deadlines pass: what is due by then stands in nobody's way."""
    chance = Random(seed)
    fair = await a_fair(chance)
    refused = 0
    for minute in range(0, 60, 3):
        now, offer, caller = later(minutes=minute), chance.choice(fair.offers), chance.choice(fair.callers)
        try:
            await a_reservation(chance.choice(fair.offers), chance.choice(fair.callers), chance.choice((1, 2)), now)
        except Refusal:
            refused += 1
        session_id, quantity = encode_id("OfferSession", offer.session_id), chance.choice((1, 1, 2, 7))
        told, happened = (
            await foreseen(caller, session_id, quantity, now),
            await done(caller, session_id, quantity, now),
        )
        if happened["reasons"]:
            assert told["reasons"][:1] == happened["reasons"], "the act gives the first of all reasons"
        else:
            assert told == happened
    orders, reservations = (
        await storage.fetch("SELECT id FROM ticket_orders"),
        await storage.fetch("SELECT id FROM reservations"),
    )
    assert orders
    assert reservations
    assert refused

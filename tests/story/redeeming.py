"""Redeeming tickets as a phone does it, and what a phone then sees of the wallet and the orders."""

from __future__ import annotations

from typing import Any

import httpx

from schema.ids import encode_id
from tests.builders.redemption import Offer
from tests.story.asking import Data, ask
from tests.story.crowd import Person

REDEEM = """mutation ($session: ID!, $quantity: Int!, $key: String!) {
    redeemTickets(input: {sessionId: $session, quantity: $quantity, idempotencyKey: $key}) {
        order { id status pointsSpent createdAt tickets { id serial status token } transfer { id amount } }
        errors { code path ... on InsufficientPoints { available required } ... on LimitReached { limit used } } } }"""
POSSESSIONS = """query { viewer { wallet { balance }
    orders(first: 100) { totalCount nodes {
        id status pointsSpent session { id } tickets { id status } transfer { amount } } } } }"""
REMAINING = "query ($id: ID!) { ticketOffer(id: $id) { sessions { stock remaining } } }"


def wish(offer: Offer, key: str, quantity: int = 1) -> dict[str, Any]:
    """The variables of REDEEM."""
    return {"session": encode_id("OfferSession", offer.session_id), "quantity": quantity, "key": key}


async def redeem(line: httpx.AsyncClient, person: Person, offer: Offer, key: str, quantity: int = 1) -> Data:
    """The payload."""
    payload: Data = (await ask(line, REDEEM, person.token, **wish(offer, key, quantity)))["redeemTickets"]
    return payload


async def possessions(line: httpx.AsyncClient, person: Person) -> tuple[int, list[Data]]:
    """The person's balance and all their orders, as of the same moment."""
    viewer = (await ask(line, POSSESSIONS, person.token))["viewer"]
    orders: list[Data] = viewer["orders"]["nodes"]
    assert viewer["orders"]["totalCount"] == len(orders)
    return viewer["wallet"]["balance"], orders


async def remaining_of(line: httpx.AsyncClient, offer: Offer) -> int:
    """The tickets that are left."""
    session = (await ask(line, REMAINING, id=encode_id("TicketOffer", offer.id)))["ticketOffer"]["sessions"][0]
    return int(session["remaining"])

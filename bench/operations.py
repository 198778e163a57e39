"""The five operations that are measured, as a phone, an organiser and a gate send them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from bench.client import MakeRequest, http_request
from bench.fill import ON_A_LIST, Filled
from schema.ids import encode_id

TINY = "query Tiny { viewer { wallet { balance } } }"

HOME = """query Home($first: Int!) { activities(first: $first) { nodes {
    id kind title summary status venue startsAt endsAt capacity signUpCount
    area { name } host { name } viewerSignUp { status } } pageInfo { hasNextPage endCursor } } }"""

STATEMENT = """query Statement($first: Int!, $after: String) { viewer { wallet { balance
    entries(first: $first, after: $after) { nodes {
    id amount balanceAfter postedAt transfer { id kind amount memo occurredAt } }
    pageInfo { hasNextPage endCursor } } } } }"""

FILE = "query File { walletStatement { fileName text sha256 } }"

REDEEM = """mutation Redeem($input: RedeemTicketsInput!) { redeemTickets(input: $input) {
    order { id status pointsSpent } errors { code message } } }"""

ATTENDANCE = """mutation Log($input: LogAttendanceInput!) { logAttendance(input: $input) {
    results { attendance { id } error { code message } } errors { code message } } }"""


#: One organiser's lists wait for each other: with 32 of them it would be the queue that is measured, and PostgreSQL lets nobody
#: wait for a row as long as that takes on a busy machine.
LISTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, how to make its n-th request, and how many may be under way at once."""

    name: str
    make: MakeRequest
    at_once: int = 1_000


def operations(filled: Filled) -> list[Operation]:
    """The five, over the rows of a filled database."""
    return [
        Operation("tiny", reading(TINY, {}, filled.tokens)),
        Operation("home", reading(HOME, {"first": 20}, filled.tokens)),
        Operation("statement", reading(STATEMENT, {"first": 50}, filled.tokens)),
        Operation("redeem", redeeming(filled)),
        Operation("attendance", logging(filled), LISTS_AT_ONCE),
    ]


def reading(query: str, variables: dict[str, Any], tokens: list[str]) -> MakeRequest:
    requests = [http_request(body(query, variables), token) for token in tokens]
    return lambda number: requests[number % len(requests)]


def redeeming(filled: Filled) -> MakeRequest:
    session = encode_id("OfferSession", filled.offer_session)

    def make(number: int) -> bytes:
        wish = {"sessionId": session, "quantity": 1, "idempotencyKey": str(uuid.uuid4())}
        return http_request(body(REDEEM, {"input": wish}), filled.tokens[number % len(filled.tokens)])

    return make


def logging(filled: Filled) -> MakeRequest:
    """Each request logs a whole list of people in a shift of its own."""
    known = {resident: {"residentId": encode_id("Resident", resident)} for resident in filled.residents}
    checked_in, checked_out = filled.shift_starts_at, filled.shift_starts_at + timedelta(hours=2)
    times = {"checkedInAt": checked_in.isoformat(), "checkedOutAt": checked_out.isoformat()}

    def make(number: int) -> bytes:
        shift = encode_id("Shift", filled.shifts_to_log[number])
        records = [{"attendee": known[resident], **times} for resident in people_of(filled, number)]
        wish = {"shiftId": shift, "records": records, "idempotencyKey": str(uuid.uuid4())}
        return http_request(body(ATTENDANCE, {"input": wish}), filled.organiser_token)

    return make


def people_of(filled: Filled, number: int) -> list[int]:
    """Who is on the n-th list: the next so many, and the first again when all had their turn. Whoever is in two places at once
    raises an alarm, which is not what is measured."""
    first = number % (len(filled.residents) // ON_A_LIST) * ON_A_LIST
    return filled.residents[first : first + ON_A_LIST]


def body(query: str, variables: dict[str, Any]) -> bytes:
    return orjson.dumps({"query": query, "variables": variables})

"""A phone that was offline sends what it kept: in order, each on its own, and again as often as it likes."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, get_operation_ast, parse
from strawberry.utils.str_converters import to_camel_case

from domain.people.caller import Caller
from schema.build import schema
from schema.measure import measured
from schema.mutations.submitting import FIELDS
from tests.builders.keys import a_key
from tests.builders.people import a_caller, organiser_of
from tests.builders.redemption import Offer, an_offer
from tests.builders.volunteering import AFTERWARDS, STARTS, an_activity
from tests.clock import NOW
from tests.schema.client import ANONYMOUS, Answer, ask, context_of, encode_id

SUBMIT = """mutation ($input: SubmitOperationsInput!) { submitOperations(input: $input) { errors { code path }
    results { mutation payload { ... on TicketOrderPayload { order { id pointsSpent } errors { code path } }
        ... on LogAttendancePayload { results { attendance { id } error { code } } errors { code path } } } } } }"""


def redemption(offer: Offer, quantity: int = 1) -> dict[str, Any]:
    session = encode_id("OfferSession", offer.session_id)
    return {"redeemTickets": {"sessionId": session, "quantity": quantity, "idempotencyKey": a_key()}}


async def submit(operations: list[dict[str, Any]], caller: Caller = ANONYMOUS, now: Any = NOW) -> Answer:
    return await ask(SUBMIT, caller, {"input": {"operations": operations}}, now=now)


async def results_of(operations: list[dict[str, Any]], caller: Caller, now: Any = NOW) -> list[dict[str, Any]]:
    answer = await submit(operations, caller, now)
    assert answer.errors == []
    assert answer.data["submitOperations"]["errors"] == []
    results: list[dict[str, Any]] = answer.data["submitOperations"]["results"]
    return results


@pytest.mark.usefixtures("database")
async def test_each_is_answered_on_its_own_in_order_and_again_as_the_first_time() -> None:
    offer, caller = await an_offer(cost=10), await a_caller(points=15)
    operations = [redemption(offer), redemption(offer), redemption(await an_offer(cost=5))]
    first = await results_of(operations, caller)
    assert [result["mutation"] for result in first] == ["redeemTickets"] * 3
    assert [result["payload"]["errors"] for result in first] == [
        [],
        [{"code": "INSUFFICIENT_POINTS", "path": None}],
        [],
    ]
    assert [result["payload"]["order"] and result["payload"]["order"]["pointsSpent"] for result in first] == [
        10,
        None,
        5,
    ]
    assert await results_of(operations, caller) == first, "whoever had no answer sends all of it again"


@pytest.mark.usefixtures("database")
async def test_each_is_judged_by_its_own_rule_and_says_where_in_its_own_input() -> None:
    activity, offer = await an_activity(), await an_offer()
    record = {"attendee": {"phone": "13912345678"}, "checkedInAt": STARTS.isoformat()}
    shift = encode_id("Shift", activity.shift_id)
    logged = {"logAttendance": {"shiftId": shift, "records": [record], "idempotencyKey": a_key()}}
    gate = {
        "memberCode": "x",
        "sessionId": encode_id("Shift", 7),
        "quantity": 1,
        "gate": "东门",
        "idempotencyKey": a_key(),
    }
    operations: list[dict[str, Any]] = [logged, {"redeemAtGate": gate}, redemption(offer, 0), redemption(offer)]
    by_resident = await results_of(operations, await a_caller(), AFTERWARDS)
    codes = [[(error["code"], error["path"]) for error in result["payload"]["errors"]] for result in by_resident]
    assert codes[:3] == [
        [("FORBIDDEN", None)], [("NOT_FOUND", ["sessionId"])], [("INVALID_INPUT", ["quantity"])]
    ]  # fmt: skip
    by_organiser = await results_of([logged], await organiser_of(activity.host_id), AFTERWARDS)
    assert by_organiser[0]["payload"]["errors"] == []


@pytest.mark.usefixtures("database")
async def test_what_goes_wrong_on_our_side_is_an_error_of_that_operation_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    offer, caller = await an_offer(), await a_caller()

    async def broken(*_: Any) -> int:
        raise LookupError("no such row")

    monkeypatch.setattr("schema.mutations.redemption.refund_order", broken)
    refund = {"refundOrder": {"orderId": encode_id("TicketOrder", 7), "idempotencyKey": a_key()}}
    query = {"query": SUBMIT, "variable_values": {"input": {"operations": [refund, redemption(offer)]}}}

    result = await schema.execute(**query, context_value=context_of(caller, "en", NOW))  # type: ignore[arg-type]
    assert result.data
    broken_one, good = result.data["submitOperations"]["results"]
    assert (broken_one["payload"], good["payload"]["errors"]) == (None, [])
    [error] = result.errors or []
    assert error.path == ["submitOperations", "results", 0, "payload"]


RECORD = {"attendee": {"phone": "13912345678"}, "checkedInAt": STARTS.isoformat()}
LOGGED = {"logAttendance": {"shiftId": "x", "records": [RECORD] * 251, "idempotencyKey": "k"}}
REFUND = {"refundOrder": {"orderId": "x", "idempotencyKey": "k"}}


@pytest.mark.parametrize("operations", [[], [REFUND] * 51, [LOGGED, LOGGED]], ids=["none", "51", "502 records"])
async def test_a_batch_has_an_end(operations: list[dict[str, Any]]) -> None:
    answer = await submit(operations, Caller(7))
    assert answer.data["submitOperations"] == {
        "errors": [{"code": "INVALID_INPUT", "path": ["operations"]}], "results": []
    }  # fmt: skip


async def test_nobody_submits() -> None:
    assert (await submit([REFUND])).data["submitOperations"]["errors"] == [{"code": "UNAUTHENTICATED", "path": None}]


@pytest.mark.parametrize("operation", [{}, REFUND | LOGGED, {"signOut": {}}, {"refundOrder": None}])
async def test_an_operation_is_exactly_one_of_the_closed_list(operation: dict[str, Any]) -> None:
    answer = await submit([operation], Caller(7))
    assert (answer.data, {error["extensions"]["code"] for error in answer.errors}) == (None, {"INVALID_INPUT"})


def test_each_of_the_list_carries_a_key() -> None:
    mutations = schema._schema.mutation_type
    assert mutations
    for name in FIELDS:
        type_ = get_named_type(mutations.fields[to_camel_case(name)].args["input"].type)
        assert isinstance(type_, GraphQLInputObjectType)
        assert "idempotencyKey" in type_.fields


def test_a_batch_costs_what_fifty_operations_with_500_rows_in_all_cost() -> None:

    document = parse(SUBMIT)
    operation = get_operation_ast(document)
    assert operation
    assert 50 * 10 < measured(schema._schema, document, operation, {}).cost < 20_000

"""An answer has its time on every way there is; whoever gets none is told so, and may go on."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace

import pytest

from api.asked import Asked
from api.problems import Problem
from api.running import stream
from api.sockets import EVERY_KIND
from domain.people.caller import Caller
from domain.redemption.redeem_tickets import redeem_tickets
from schema.bounds import Limits
from schema.context import Context
from schema.lane import DEAR
from tests.builders.people import a_caller
from tests.builders.redemption import a_redemption, an_offer
from tests.clock import NOW
from tests.schema.client import PATIENCE_S, context_of
from tests.server import TEST_SETTINGS, running_server

#: What is written is always waited for.
CODE = 'mutation { requestSignInCode(input: { phone: "13800000001" }) { expiresAt } }'
LATE = "DEADLINE_EXCEEDED"
#: Dear enough to wait for its turn, which the tests keep from it.
WALLET = (
    "subscription { walletChanged { balance entries(first: 100) { nodes { "
    + " ".join(f"a{number}: amount" for number in range(50))
    + " } } } }"
)


async def test_an_operation_of_a_socket_that_takes_too_long_is_given_up_and_the_connection_goes_on(
    migrated_sqlite_url: str,
) -> None:
    async with (
        running_server(migrated_sqlite_url, replace(TEST_SETTINGS, deadline_seconds=0)) as server,
        server.connected() as socket,
    ):
        for _ in range(2):
            await socket.send({"type": "subscribe", "id": "1", "payload": {"query": CODE}})
            answer = await socket.receive()
            assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", LATE)
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_an_operation_of_a_stream_that_takes_too_long_is_given_up(migrated_sqlite_url: str) -> None:
    async with running_server(migrated_sqlite_url, replace(TEST_SETTINGS, deadline_seconds=0)) as server:
        answer = await server.http.post(
            "/graphql/stream", json={"query": CODE}, headers={"accept": "text/event-stream"}
        )
    first, last, _ = answer.text.split("\n\n")
    assert json.loads(first.partition("data: ")[2])["errors"][0]["extensions"]["code"] == LATE
    assert last.startswith("event: complete")


def in_a_hurry(caller: Caller, seconds: float) -> Context:
    return replace(context_of(caller, "en", NOW), limits=Limits(deadline=seconds))


@pytest.mark.usefixtures("database")
async def test_the_first_answer_of_a_subscription_has_its_time() -> None:
    context = in_a_hurry(await a_caller(), 0.01)
    async with context.lane.turn:
        with pytest.raises(Problem) as raised:
            await anext(stream(Asked(WALLET), context, EVERY_KIND))
    assert raised.value.code == LATE
    assert context.bill.cost > DEAR


@pytest.mark.usefixtures("database")
async def test_what_an_event_shows_has_its_time_and_the_next_one_is_told_again() -> None:
    caller, offer = await a_caller(points=50), await an_offer(cost=20)
    context = in_a_hurry(caller, 0.5)
    async with asyncio.timeout(PATIENCE_S), aclosing(stream(Asked(WALLET), context, EVERY_KIND)) as answers:
        assert (await anext(answers)).payload["data"]["walletChanged"]["balance"] == 50
        async with context.lane.turn:
            await redeem_tickets(caller, a_redemption(offer), NOW)
            [late] = (await anext(answers)).payload["errors"]
        await redeem_tickets(caller, a_redemption(offer), NOW)
        assert (await anext(answers)).payload["data"]["walletChanged"]["balance"] == 10
    assert (late["extensions"]["code"], late["path"]) == (LATE, ["walletChanged"])

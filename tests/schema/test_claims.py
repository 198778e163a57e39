"""Claims as a front-end meets them: attested, decided on, read back, taken over from a file."""

from __future__ import annotations

import pytest

from domain.people.caller import Caller
from tests.builders.claims import TODAY, a_claim, a_file, a_station, reject
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_phone, a_resident
from tests.schema.client import encode_id, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

MINE = """{ viewer { wallet { balance entries(first: 5) { nodes { amount transfer { memo source {
    __typename ... on Claim { figure previousFigure increase state } ... on TicketOrder { status } } } } } }
    claims(first: 5) { totalCount nodes { figure state doubts seenOn maskedAccount decidedBy { displayName } } } } }"""


async def test_a_resident_sees_where_their_points_come_from_and_what_waits() -> None:
    station, resident = await a_station(), await a_caller()
    claimant = {"residentId": encode_id("Resident", resident.resident_id or 0)}
    seen = {
        "seenOn": "2024-01-12",
        "maskedAccount": "138****5678",
        "hostId": encode_id("Organisation", station.host_id),
    }
    wanted = {"claimant": claimant, "figure": 800, "idempotencyKey": a_key()} | seen
    paid = await mutate("attestClaim", wanted, station.staff, answer="claim { id state }")
    wanted |= {"figure": 2000, "idempotencyKey": a_key()}
    payload = await mutate("attestClaim", wanted, station.staff, answer="claim { id state }")
    assert (paid["claim"]["state"], payload["claim"]["state"]) == ("APPROVED", "PENDING")
    viewer = (await succeed(MINE, resident))["viewer"]
    (entry,) = viewer["wallet"]["entries"]["nodes"]
    assert entry["transfer"] == {
        "memo": "学习积分：2024-01-12 核验为 800 分，计入新增 800 分",
        "source": {"__typename": "Claim", "figure": 800, "previousFigure": 0, "increase": 800, "state": "APPROVED"},
    }
    assert viewer["claims"]["totalCount"] == 2
    assert {"figure": 2000, "state": "PENDING", "doubts": ["LARGE_INCREASE"]}.items() <= next(
        claim for claim in viewer["claims"]["nodes"] if claim["figure"] == 2000
    ).items()
    approving = {"claimId": payload["claim"]["id"], "idempotencyKey": a_key()}
    approved = await mutate("approveClaim", approving, station.second, answer="claim { state transfer { amount } }")
    assert approved["claim"] == {"state": "APPROVED", "transfer": {"amount": 1200}}


WAITING = """query ($host: ID, $programme: String) { claims(first: 10, state: PENDING, hostId: $host, programme: $programme) {
    totalCount nodes { figure accountShared doubts attestedBy { displayName } } } }"""


async def test_staff_see_what_waits_for_their_decision_and_no_more() -> None:
    station, elsewhere = await a_station(), await a_station()
    await a_claim(station, await a_resident(), 5000, account="138****5678")
    await a_claim(station, await a_resident(), 10, account="138****5678")
    await a_claim(station, await a_resident(), 20)
    await a_claim(elsewhere, await a_resident(), 6000)
    await reject(elsewhere.second, await a_claim(elsewhere, await a_resident(), 7000))

    async def waiting(caller: Caller, **variables: object) -> list[tuple[int, bool]]:
        found = (await succeed(WAITING, caller, variables))["claims"]
        assert found["totalCount"] == len(found["nodes"])
        return sorted((claim["figure"], claim["accountShared"]) for claim in found["nodes"])

    host = encode_id("Organisation", station.host_id)
    assert await waiting(station.second) == [(10, True), (5000, True)]
    assert await waiting(station.second, host=host, programme="xuexi") == [(10, True), (5000, True)]
    assert await waiting(station.second, programme="volunteer") == []
    assert await waiting(station.second, host=encode_id("Resident", station.host_id)) == []
    assert await waiting(elsewhere.administrator, host=host) == []
    assert await waiting(elsewhere.administrator) == [(6000, False)]
    assert await waiting(await a_caller()) == []


ROWS = "results { row outcome message previousFigure increase claim { figure } error { code path message } }"


async def test_a_file_is_tried_by_default_and_speaks_the_callers_language() -> None:
    station, phone = await a_station(), a_phone()
    await a_resident(phone=phone)
    csv = a_file((phone, "示例*", 800, TODAY, ""), (phone, "示例*", 800, TODAY, ""), (a_phone(), "示例*", 1, TODAY, ""))
    wanted = {"hostId": encode_id("Organisation", station.host_id), "csv": csv, "idempotencyKey": a_key()}
    tried = (await mutate("importClaims", wanted, station.staff, answer=ROWS))["results"]
    assert [(row["row"], row["outcome"], row["increase"], row["claim"]) for row in tried] == [
        (2, "PAID", 800, None),
        (3, "ALREADY_CLAIMED", None, None),
        (4, "REFUSED", None, None),
    ]
    assert [row["message"] for row in tried[:2]] == [
        "计入新增 800 积分（上次核验 0 分）。",
        "该积分已核验过：上次核验为 800 分（2024-01-12），没有新增积分。",
    ]
    assert [row["error"] and (row["error"]["code"], row["error"]["path"]) for row in tried] == [
        None,
        None,
        ("NOT_FOUND", ["csv", "4", "phone"]),
    ], "what was claimed already is no error"
    done = await mutate("importClaims", wanted | {"dryRun": False}, station.staff, answer=ROWS, language="en")
    assert done["results"][0]["claim"] == {"figure": 800}
    assert done["results"][0]["message"] == "800 points more than the last figure, 0."


async def test_the_limit_is_told_and_set() -> None:
    assert (await succeed("{ claimLimit { approvalAbove } }", await a_caller()))["claimLimit"] == {
        "approvalAbove": 1000
    }

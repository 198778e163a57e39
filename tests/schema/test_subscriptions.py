"""The present state first, then after every change; nothing twice, nothing lost."""

from __future__ import annotations

import asyncio

import pytest

import storage
from domain.people.caller import Caller
from domain.people.grant_role import RoleWish
from domain.people.revoke_role import revoke_role
from domain.people.rights import Role
from domain.people.sign_out import sign_out
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.redeem_tickets import redeem_tickets
from schema import subscriptions, watching
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, signed_in
from tests.builders.redemption import Offer, a_redemption, a_scan, a_ticket, an_offer, staff_of
from tests.builders.volunteering import a_sign_up, an_activity, an_attendance
from tests.clock import NOW
from tests.schema.client import ANONYMOUS, PATIENCE_S, encode_id, events_of

pytestmark = pytest.mark.usefixtures("database")

WALLET = "subscription { walletChanged { balance available entries(first: 1) { nodes { amount } } } }"
ACTIVITY = (
    "subscription ($id: ID!) { activityChanged(activityId: $id) { signUpCount waitlistCount attendanceCount status } }"
)
ADMISSION = "subscription ($id: ID!) { admissionRecorded(sessionId: $id) { id gate scannedAt ticket { serial } } }"

RESUMED = """subscription ($id: ID!, $after: ID) { admissionRecorded(sessionId: $id, after: $after) {
    id gate scannedAt ticket { serial } } }"""


async def test_a_wallet_is_shown_at_once_and_after_each_change() -> None:
    caller, offer = await a_caller(points=50), await an_offer(cost=20)
    async with events_of(WALLET, caller) as events:
        assert (await anext(events)).data["walletChanged"]["balance"] == 50
        await redeem_tickets(caller, a_redemption(offer), NOW)
        changed = (await anext(events)).data["walletChanged"]
    assert changed == {"balance": 30, "available": 30, "entries": {"nodes": [{"amount": -20}]}}


async def test_another_persons_change_is_not_heard_of() -> None:
    caller, other, offer = await a_caller(points=50), await a_caller(points=50), await an_offer(cost=20)
    async with events_of(WALLET, caller) as events:
        await anext(events)
        await redeem_tickets(other, a_redemption(offer), NOW)
        await redeem_tickets(caller, a_redemption(offer), NOW)
        assert (await anext(events)).data["walletChanged"]["balance"] == 30


async def test_an_organiser_follows_sign_ups_and_attendances() -> None:
    activity = await an_activity(capacity=1)
    async with events_of(ACTIVITY, activity.organiser, {"id": encode_id("Activity", activity.id)}) as events:
        seen = [(await anext(events)).data["activityChanged"]]
        await a_sign_up(activity)
        seen.append((await anext(events)).data["activityChanged"])
        await a_sign_up(activity)
        seen.append((await anext(events)).data["activityChanged"])
        await an_attendance(activity, await a_resident())
        seen.append((await anext(events)).data["activityChanged"])
    counts = [(state["signUpCount"], state["waitlistCount"], state["attendanceCount"]) for state in seen]
    assert counts == [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)]


async def test_who_is_no_organiser_any_more_hears_no_more() -> None:
    activity = await an_activity()
    organiser = activity.organiser
    assert organiser.resident_id
    async with events_of(ACTIVITY, organiser, {"id": encode_id("Activity", activity.id)}) as events:
        await anext(events)
        wish = RoleWish(resident_id=organiser.resident_id, role=Role.ORGANISER, organisation_id=activity.host_id)
        await revoke_role(wish, NOW)
        await a_sign_up(activity)
        assert (await anext(events)).code == "FORBIDDEN"
        with pytest.raises(StopAsyncIteration):
            await anext(events)


async def test_a_session_that_ended_hears_no_more() -> None:
    await a_resident()  # so that there is a programme
    tokens, offer = await signed_in(), await an_offer()
    assert tokens.caller.resident_id
    async with events_of(WALLET, tokens.caller) as events:
        await anext(events)
        await sign_out(tokens.caller, NOW)
        storage.current_database().changes.publish(storage.current_database().changes._subscribers)
        assert (await anext(events)).code == "UNAUTHENTICATED"
    async with events_of(ADMISSION, tokens.caller, {"id": encode_id("OfferSession", offer.session_id)}) as events:
        assert (await anext(events)).code == "UNAUTHENTICATED"


async def somebody_listens() -> None:
    while not storage.current_database().changes._subscribers:  # noqa: ASYNC110 - nobody could set an event
        await asyncio.sleep(0)


async def admissions(offer: Offer, count: int) -> list[str]:
    """So many tickets are let in at once; their serials."""
    staff = await staff_of(offer)
    tickets = [await a_ticket(offer) for _ in range(count)]
    await asyncio.gather(*(admit_ticket(staff, a_scan(ticket), NOW) for ticket in tickets))
    return sorted(ticket.serial for ticket in tickets)


async def test_each_admission_is_told_once_however_many_are_recorded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_AT_ONCE", 5)
    offer = await an_offer()
    await admissions(offer, 2)  # before anyone listens
    staff, session = await staff_of(offer), {"id": encode_id("OfferSession", offer.session_id)}
    async with events_of(ADMISSION, staff, session) as events:
        first = asyncio.ensure_future(anext(events))
        await somebody_listens()
        expected = await admissions(offer, 12) + await admissions(offer, 12)
        told = [(await asyncio.wait_for(first, PATIENCE_S)).data["admissionRecorded"]]
        told += [(await anext(events)).data["admissionRecorded"] for _ in range(23)]
        last = await admissions(offer, 1)
        assert [(await anext(events)).data["admissionRecorded"]["ticket"]["serial"]] == last
    assert sorted(event["ticket"]["serial"] for event in told) == sorted(expected)
    assert len({event["id"] for event in told}) == 24


async def test_who_lost_the_connection_is_told_what_was_missed() -> None:
    offer = await an_offer()
    staff, session = await staff_of(offer), {"id": encode_id("OfferSession", offer.session_id)}
    async with events_of(ADMISSION, staff, session) as events:
        told = asyncio.ensure_future(anext(events))
        await somebody_listens()
        await admissions(offer, 1)
        last = (await asyncio.wait_for(told, PATIENCE_S)).data["admissionRecorded"]["id"]
    missed = await admissions(offer, 3)
    async with events_of(RESUMED, staff, session | {"after": last}) as events:
        told_now = [(await anext(events)).data["admissionRecorded"] for _ in range(3)]
        assert sorted(event["ticket"]["serial"] for event in told_now) == missed
        later = await admissions(offer, 1)
        assert [(await anext(events)).data["admissionRecorded"]["ticket"]["serial"]] == later
    assert await code_of(RESUMED, staff, **session, after=session["id"]) == "NOT_FOUND"


async def test_a_row_that_was_made_early_and_committed_late_is_told() -> None:
    visible = [10 + watching.LATE, 20 + watching.LATE]

    async def look(low: int) -> list[int]:
        return sorted(row for row in visible if row > low)

    database = storage.current_database()
    database.ids._last = 30 + watching.LATE
    arriving = watching.arrivals("rows", look)
    waiting = asyncio.ensure_future(anext(arriving))
    await somebody_listens()
    base = database.ids.next()
    told = []
    for row in (base + 7, base + 3, base + 5):
        visible.append(row)
        database.changes.publish(["rows"])
        told.append(await asyncio.wait_for(waiting, PATIENCE_S))
        waiting = asyncio.ensure_future(anext(arriving))
    waiting.cancel()
    assert told == [base + 7, base + 3, base + 5]


async def test_nobody_listens_any_more_after_the_subscription_ended() -> None:
    caller = await a_caller()
    async with events_of(WALLET, caller) as events:
        await anext(events)
        assert storage.current_database().changes._subscribers
    assert not storage.current_database().changes._subscribers


async def test_a_change_by_another_process_is_seen_a_little_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.01)
    caller, offer = await a_caller(points=50), await an_offer(cost=20)
    async with events_of(WALLET, caller) as events:
        await anext(events)
        monkeypatch.setattr(storage.current_database().changes, "publish", lambda _: None)
        await redeem_tickets(caller, a_redemption(offer), NOW)
        assert (await anext(events)).data["walletChanged"]["balance"] == 30


async def code_of(query: str, caller: Caller, **variables: object) -> str:
    async with events_of(query, caller, variables) as events:
        answer = await anext(events)
    assert answer.data is None
    return answer.code


async def test_who_may_not_follow_is_told_so() -> None:
    offer, activity, draft = await an_offer(), await an_activity(), await an_activity(publish=False)
    session, public, hidden = (
        encode_id("OfferSession", offer.session_id),
        encode_id("Activity", activity.id),
        encode_id("Activity", draft.id),
    )
    resident = await a_caller()
    assert await code_of(WALLET, ANONYMOUS) == "UNAUTHENTICATED"
    assert await code_of(ACTIVITY, ANONYMOUS, id=public) == "UNAUTHENTICATED"
    assert await code_of(ADMISSION, ANONYMOUS, id=session) == "UNAUTHENTICATED"
    for caller in (resident, await an_auditor(), await an_administrator(), draft.organiser):
        assert await code_of(ACTIVITY, caller, id=public) == "FORBIDDEN"
    for caller in (resident, await an_auditor(), await an_administrator(), activity.organiser):
        assert await code_of(ADMISSION, caller, id=session) == "FORBIDDEN"
    assert await code_of(ACTIVITY, resident, id=hidden) == "NOT_FOUND"
    assert await code_of(ACTIVITY, resident, id=session) == "NOT_FOUND"
    assert await code_of(ACTIVITY, resident, id="no id") == "INVALID_INPUT"
    unknown = 'subscription { walletChanged(programme: "nope") { balance } }'
    assert await code_of(unknown, resident) == "INVALID_INPUT"

"""What a list would earn is what it earns."""

from __future__ import annotations

import pytest

from domain.earning.rule import CapPeriod, RuleKind
from domain.people.caller import ANONYMOUS
from domain.refusals import ActivityCancelled, Forbidden, InvalidInput, NotFound, Unauthenticated
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from domain.volunteering.evidence import LIST_WAITS_FOR
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.preview_award import PreviewAwardWish, preview_award
from storage import Transaction, write
from tests.builders.earning import a_cap, a_rule, a_rule_wish
from tests.builders.people import a_caller, a_resident, an_administrator
from tests.builders.volunteering import (
    AFTERWARDS,
    ENDS,
    STARTS,
    a_list,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW, later
from tests.domain.volunteering.counted import rows_of
from tests.schema.client import encode_id, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

SUMS = (
    "SELECT (SELECT COUNT(*) FROM attendances), (SELECT COUNT(*) FROM transfers), (SELECT COUNT(*) FROM award_counters)"
)
LINES = "awards { rule { code version } day basis wouldHaveGiven cut cutBy cutByRule { code } cutLimit points }"
PREVIEW = f"""query ($input: PreviewAwardInput!) {{ previewAward(input: $input) {{ errors {{ code path }} results {{
    points {LINES} explanation needsApproval postings {{ debit credit amount }} error {{ code path message }} }} }} }}"""
LOG = f"results {{ attendance {{ pointsEarned {LINES} explanation }} error {{ code path message }} }}"


async def test_a_preview_says_what_logging_then_does() -> None:
    """Rules, caps that are nearly used up, a budget that does not last, and rows that cannot count."""
    administrator, activity = await an_administrator(), await an_activity(points_rule=an_hourly_rule(cap=6))
    people = [await a_resident() for _ in range(4)]
    await a_rule(a_rule_wish(caps={CapPeriod.DAY: 3}), administrator)
    await a_rule(a_rule_wish("first", RuleKind.FIRST_OF_DAY, 5), administrator)
    await a_rule(a_cap(week=18), administrator)
    await an_attendance(await an_activity(), people[0])
    await set_budget(29)
    attended = [was_there(id_) for id_ in (*people, people[1], 404)]
    records = [
        {"attendee": {"residentId": encode_id("Resident", one.attendee.resident_id)}, "checkedInAt": STARTS.isoformat()}  # type: ignore[union-attr]
        for one in attended
    ]
    records.append(records[2] | {"checkedInAt": later(days=-1).isoformat()})
    wanted = {"shiftId": encode_id("Shift", activity.shift_id), "records": records}
    before = await rows_of(SUMS)
    answer = (await succeed(PREVIEW, activity.organiser, {"input": wanted}, now=AFTERWARDS))["previewAward"]
    assert (answer["errors"], await rows_of(SUMS)) == ([], before)
    logged = await mutate(
        "logAttendance", wanted | {"idempotencyKey": "K"}, activity.organiser, answer=LOG, now=AFTERWARDS
    )
    for previewed, real in zip(answer["results"], logged["results"], strict=True):
        assert previewed["error"] == real["error"]
        if previewed["error"]:
            assert (previewed["points"], previewed["awards"], previewed["postings"]) == (0, [], [])
            continue
        earned = previewed["points"]
        assert previewed["awards"] == real["attendance"]["awards"]
        assert (earned, previewed["explanation"]) == (
            real["attendance"]["pointsEarned"],
            real["attendance"]["explanation"],
        )
        assert previewed["postings"] == [{"debit": "ISSUANCE", "credit": "WALLET", "amount": earned}]
    codes = [row["error"] and row["error"]["code"] for row in answer["results"]]
    assert codes == [
        None,
        None,
        "BUDGET_EXHAUSTED",
        "BUDGET_EXHAUSTED",
        "ALREADY_ATTENDED",
        "NOT_FOUND",
        "INVALID_INPUT",
    ]
    again = (await succeed(PREVIEW, activity.organiser, {"input": wanted}, now=AFTERWARDS))["previewAward"]
    assert [row["error"]["code"] for row in again["results"][:2]] == ["ALREADY_ATTENDED"] * 2


async def set_budget(points: int) -> None:
    """The programme may issue so many points, those it has issued among them."""

    async def body(tx: Transaction) -> None:
        await tx.execute("UPDATE programmes SET issued = (SELECT SUM(amount) FROM transfers WHERE kind = 'EARN')")
        await tx.execute("UPDATE programmes SET budget = ?", points)

    await write(body)


async def test_what_would_be_entered_afterwards_says_that_it_waits() -> None:
    activity, resident = await an_activity(points_rule=an_hourly_rule()), await a_resident()
    record = {
        "attendee": {"residentId": encode_id("Resident", resident)},
        "checkedInAt": STARTS.isoformat(),
        "checkedOutAt": ENDS.isoformat(),
        "reason": "名单晚到",
    }
    wanted = {"shiftId": encode_id("Shift", activity.shift_id), "records": [record]}
    late = ENDS + 2 * LIST_WAITS_FOR
    (row,) = (await succeed(PREVIEW, activity.organiser, {"input": wanted}, now=late))["previewAward"]["results"]
    assert (row["needsApproval"], row["points"], row["postings"], row["error"]) == (True, 0, [], None)
    assert row["explanation"] == "待他人审核通过后计分。"


async def test_the_whole_call_is_refused_as_when_it_is_logged() -> None:
    activity, resident = await an_activity(), await a_resident()
    wish = PreviewAwardWish(shift_id=activity.shift_id, records=(was_there(resident),))
    for caller, refusal in ((ANONYMOUS, Unauthenticated), (await a_caller(), Forbidden)):
        with pytest.raises(refusal):
            await preview_award(caller, wish, AFTERWARDS)
    with pytest.raises(NotFound):
        await preview_award(activity.organiser, PreviewAwardWish(shift_id=404, records=wish.records), AFTERWARDS)
    with pytest.raises(InvalidInput):
        await preview_award(activity.organiser, PreviewAwardWish(shift_id=activity.shift_id, records=()), AFTERWARDS)
    await log_attendance(activity.organiser, a_list(activity, was_there(resident)), AFTERWARDS)
    await cancel_activity(activity.organiser, CancelActivityWish(activity_id=activity.id, reason="下雨"), NOW)
    with pytest.raises(ActivityCancelled):
        await preview_award(activity.organiser, wish, AFTERWARDS)

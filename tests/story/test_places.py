"""200 residents want one of 20 places, at once, each on a phone of their own."""

from __future__ import annotations

from httpx import AsyncClient

from schema.ids import encode_id
from tests.builders.volunteering import Activity, an_activity
from tests.story.asking import Data, ask, assert_clean_book, at_once
from tests.story.crowd import Person, a_crowd, a_person, token_of

SIGN_UP = """mutation ($shift: ID!) { signUp(input: {shiftId: $shift}) {
    signUp { id status waitlistPosition resident { id } } errors { code } } }"""
CANCEL = "mutation ($id: ID!) { cancelSignUp(input: {signUpId: $id}) { signUp { status } errors { code } } }"
MINE = "query ($id: ID!) { activity(id: $id) { viewerSignUp { status waitlistPosition } } }"
LIST = """query ($id: ID!, $after: String) { activity(id: $id) { signUpCount waitlistCount
    signUps(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        nodes { id status waitlistPosition resident { id } } } } }"""


async def sign_up(line: AsyncClient, person: Person, activity: Activity) -> Data:
    payload = (await ask(line, SIGN_UP, person.token, shift=encode_id("Shift", activity.shift_id)))["signUp"]
    assert payload["errors"] == []
    signed_up: Data = payload["signUp"]
    return signed_up


async def mine(line: AsyncClient, person: Person, activity: Activity) -> Data:
    data = await ask(line, MINE, person.token, id=encode_id("Activity", activity.id))
    standing: Data = data["activity"]["viewerSignUp"]
    return standing


async def whole_list(line: AsyncClient, token: str, activity: Activity) -> list[Data]:
    """All sign-ups in order of arrival, page by page, as the organiser reads them."""
    rows: list[Data] = []
    after = None
    while True:
        data = await ask(line, LIST, token, id=encode_id("Activity", activity.id), after=after)
        page = data["activity"]["signUps"]
        rows += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(rows)
            return rows


async def test_200_people_for_20_places_stand_in_line_in_order_and_the_first_moves_up(line: AsyncClient) -> None:
    activity = await an_activity(capacity=20)
    organiser = await token_of(activity.organiser)
    crowd = {person.id: person for person in await a_crowd(200)}
    answers = await at_once(sign_up(line, person, activity) for person in crowd.values())
    places = [answer for answer in answers if answer["status"] == "CONFIRMED"]
    waiting = [answer for answer in answers if answer["status"] == "WAITLISTED"]
    assert [answer["waitlistPosition"] for answer in places] == [None] * 20
    assert sorted(answer["waitlistPosition"] for answer in waiting) == list(range(1, 181))

    rows = await whole_list(line, organiser, activity)
    in_line = sorted(waiting, key=lambda answer: int(answer["waitlistPosition"]))
    assert rows[20:] == in_line, "who came first is asked first"
    assert {row["id"] for row in rows[:20]} == {answer["id"] for answer in places}

    late = await a_person()
    assert (await sign_up(line, late, activity))["waitlistPosition"] == 181

    leaving = crowd[rows[7]["resident"]["id"]]
    cancelled = (await ask(line, CANCEL, leaving.token, id=rows[7]["id"]))["cancelSignUp"]
    assert cancelled == {"signUp": {"status": "CANCELLED"}, "errors": []}
    first, second = (crowd[row["resident"]["id"]] for row in rows[20:22])
    assert await mine(line, first, activity) == {"status": "CONFIRMED", "waitlistPosition": None}
    assert await mine(line, second, activity) == {"status": "WAITLISTED", "waitlistPosition": 1}
    assert await mine(line, late, activity) == {"status": "WAITLISTED", "waitlistPosition": 180}
    assert await mine(line, leaving, activity) is None

    counts = (await ask(line, LIST, organiser, id=encode_id("Activity", activity.id)))["activity"]
    assert (counts["signUpCount"], counts["waitlistCount"]) == (20, 180)
    await assert_clean_book()

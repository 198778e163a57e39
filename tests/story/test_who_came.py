"""An organiser sends in a list of 500 from the field; seven of its rows are wrong, each in a way of its own."""

from __future__ import annotations

from httpx import AsyncClient

from domain.people.member_code import make_member_code
from tests.builders.people import an_auditor
from tests.builders.volunteering import AFTERWARDS, ENDS, STARTS, an_activity, an_hourly_rule
from tests.clock import later
from tests.server import Server
from tests.story.asking import Data, ask, assert_clean_book, at_once
from tests.story.attending import Row, a_row, attendances_of, log
from tests.story.crowd import Person, a_crowd, a_person, token_of

BOOK = "{ trialBalance { accounts { kind debits credits } balanced } }"
BALANCE = "{ viewer { wallet { balance entries(first: 10) { totalCount } } resident { hoursServed } } }"
GOOD, EACH_EARNS = 493, 7
WrongRow = tuple[Row, str, list[str]]


def member_code(person: Person) -> str:
    """What the person's phone showed when the shift started."""
    return make_member_code(person.resident_id, STARTS).token


def a_good_row(number: int, person: Person) -> Row:
    """Picked from the list, scanned, or told by phone number."""
    match number % 3:
        case 0:
            return a_row(residentId=person.id)
        case 1:
            return a_row(memberCode=member_code(person))
        case _:
            return a_row(phone=person.phone)


def wrong_rows(crowd: list[Person], spare: Person) -> dict[int, WrongRow]:
    """By where they stand: the row, its code, and the path within it."""
    return {
        3: (a_row(residentId="nobody"), "INVALID_INPUT", ["attendee", "residentId"]),
        70: (a_row(phone="0537-2345678"), "INVALID_INPUT", ["attendee", "phone"]),
        141: (a_row(phone="13712345678"), "NOT_FOUND", ["attendee", "phone"]),
        212: (a_row(memberCode=member_code(spare), came=later(hours=2)), "CODE_EXPIRED", ["attendee", "memberCode"]),
        283: (a_row(residentId=spare.id, came=ENDS), "INVALID_INPUT", ["checkedInAt"]),
        354: (a_row(residentId=spare.id, left=later(minutes=30)), "INVALID_INPUT", ["checkedOutAt"]),
        499: (a_row(phone=crowd[0].phone), "ALREADY_ATTENDED", []),
    }


def the_list(crowd: list[Person], wrong: dict[int, WrongRow]) -> list[Row]:
    good = iter([a_good_row(number, person) for number, person in enumerate(crowd)])
    return [wrong[number][0] if number in wrong else next(good) for number in range(500)]


def assert_each_is_answered(results: list[Data], crowd: list[Person], wrong: dict[int, WrongRow]) -> None:
    refused = {number: row["error"] for number, row in enumerate(results) if row["error"]}
    assert {number: (error["code"], error["path"]) for number, error in refused.items()} == {
        number: (code, ["records", str(number), *path]) for number, (_, code, path) in wrong.items()
    }
    assert len({error["message"] for error in refused.values()}) == 7, "each says what is wrong with it"
    kept = [row["attendance"] for row in results if row["attendance"]]
    assert [row["resident"]["id"] for row in kept] == [person.id for person in crowd]
    assert {(row["pointsEarned"], row["transfer"]["amount"]) for row in kept} == {(EACH_EARNS, EACH_EARNS)}


async def assert_each_is_paid_once(line: AsyncClient, crowd: list[Person], auditor: str) -> None:
    book = (await ask(line, BOOK, auditor))["trialBalance"]
    assert book["balanced"]
    assert {account["kind"]: account["credits"] for account in book["accounts"]}["WALLET"] == GOOD * EACH_EARNS
    for person in (crowd[0], crowd[1], crowd[-1]):
        viewer = (await ask(line, BALANCE, person.token))["viewer"]
        assert viewer["wallet"] == {"balance": EACH_EARNS, "entries": {"totalCount": 1}}
        assert viewer["resident"] == {"hoursServed": 2.0}
    await assert_clean_book()


async def test_493_of_500_rows_count_and_the_seven_are_answered_each_with_its_reason(
    line: AsyncClient, server: Server
) -> None:
    activity = await an_activity(points_rule=an_hourly_rule())
    organiser, auditor = await token_of(activity.organiser, AFTERWARDS), await token_of(await an_auditor(), AFTERWARDS)
    server.clock.now = AFTERWARDS
    crowd = await a_crowd(GOOD, now=AFTERWARDS)
    wrong = wrong_rows(crowd, spare=await a_person())
    rows = the_list(crowd, wrong)

    first = await log(line, organiser, activity, rows, "the list")
    assert first["errors"] == []
    assert_each_is_answered(first["results"], crowd, wrong)
    assert await at_once(log(line, organiser, activity, rows, "the list") for _ in range(3)) == [first] * 3
    assert await attendances_of(line, organiser, activity) == (GOOD, GOOD)
    await assert_each_is_paid_once(line, crowd, auditor)

    other = await log(line, organiser, activity, rows[:-1], "the list")
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    again = await log(line, organiser, activity, rows, "the same list as a new intent")
    assert [row["attendance"] for row in again["results"]] == [None] * 500, "a person is at a shift once"
    assert await attendances_of(line, organiser, activity) == (GOOD, GOOD)
    await assert_each_is_paid_once(line, crowd, auditor)

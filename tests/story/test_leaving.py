"""300 requests whose clients go away. Whatever was asked for is done as a whole or not at all, and can be asked for again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

from httpx import AsyncClient

from schema.ids import encode_id
from tests.builders.redemption import Offer, an_offer
from tests.builders.volunteering import Activity, an_activity, an_hourly_rule
from tests.clock import later
from tests.server import Server
from tests.story.asking import ask, assert_clean_book, at_once, code_of
from tests.story.attending import LOG, Row, a_row, attendances_of, log
from tests.story.crowd import Person, a_crowd, token_of
from tests.story.leaving import Request, leave
from tests.story.redeeming import POSSESSIONS, REDEEM, possessions, redeem, remaining_of, wish

SIGN_UP = "mutation ($shift: ID!) { signUp(input: {shiftId: $shift}) { signUp { id } errors { code } } }"
COUNTS = "query ($id: ID!) { activity(id: $id) { signUpCount waitlistCount } }"
PAID = "{ viewer { wallet { balance } } }"
REDEEMING, SIGNING_UP, LISTS, LOOKING = 100, 75, 75, 50
POINTS, PRICE, STOCK, PLACES = 100, 10, 1000, 20
EARNED = 6  # five for coming, and one for the whole hour among one and a half


@dataclass(frozen=True, slots=True)
class Day:
    """A fair to redeem tickets for, a clinic to sign up for, and one that is over, where people are ticked off."""

    fair: Offer
    clinic: Activity
    past: Activity
    organiser: str
    crowd: list[Person]
    helpers: list[Person]

    @property
    def lists(self) -> list[list[Row]]:
        """As many lists of two, each sent with a key of its own."""
        came = later(minutes=-105)
        rows = [a_row(came, residentId=helper.id) for helper in self.helpers]
        return [rows[number : number + 2] for number in range(0, len(rows), 2)]


async def a_day() -> Day:
    past = await an_activity(
        starts_at=later(hours=-2), ends_at=later(minutes=-15), points_rule=an_hourly_rule(), now=later(hours=-3)
    )
    return Day(
        fair=await an_offer(cost=PRICE, stock=STOCK),
        clinic=await an_activity(capacity=PLACES),
        past=past,
        organiser=await token_of(past.organiser),
        crowd=await a_crowd(REDEEMING, points=POINTS),
        helpers=await a_crowd(2 * LISTS),
    )


def requests_of(day: Day) -> list[Request]:
    """300 requests, in a random order that is always the same."""
    shift, past = encode_id("Shift", day.clinic.shift_id), encode_id("Shift", day.past.shift_id)
    requests = [Request(REDEEM, person.token, wish(day.fair, "the fair", 2)) for person in day.crowd]
    requests += [Request(SIGN_UP, person.token, {"shift": shift}) for person in day.crowd[:SIGNING_UP]]
    requests += [
        Request(LOG, day.organiser, {"shift": past, "records": rows, "key": f"list {number}"})
        for number, rows in enumerate(day.lists)
    ]
    requests += [Request(POSSESSIONS, person.token, {}) for person in day.crowd[:LOOKING]]
    Random(300).shuffle(requests)
    return requests


async def assert_whole_or_absent(line: AsyncClient, person: Person) -> None:
    """The points, the order and its tickets as of one moment: all there, or none."""
    balance, orders = await possessions(line, person)
    seen = balance, [(order["pointsSpent"], order["transfer"], len(order["tickets"])) for order in orders]
    assert seen in ((POINTS, []), (POINTS - 2 * PRICE, [(2 * PRICE, {"amount": 2 * PRICE}, 2)]))


async def assert_redeemed_once(line: AsyncClient, day: Day) -> None:
    """Everybody sends the redemption again, twice at once."""
    answers = await at_once(redeem(line, person, day.fair, "the fair", 2) for person in [*day.crowd, *day.crowd])
    assert Counter(code_of(answer) for answer in answers) == {"done": 2 * REDEEMING}
    assert answers[:REDEEMING] == answers[REDEEMING:]
    for person, answer in zip(day.crowd, answers, strict=False):
        balance, orders = await possessions(line, person)
        assert balance == POINTS - 2 * PRICE
        assert [order["id"] for order in orders] == [answer["order"]["id"]]
        assert len(answer["order"]["tickets"]) == 2
    assert await remaining_of(line, day.fair) == STOCK - 2 * REDEEMING


async def assert_signed_up_once(line: AsyncClient, day: Day) -> None:
    shift = encode_id("Shift", day.clinic.shift_id)
    answers = await at_once(ask(line, SIGN_UP, person.token, shift=shift) for person in day.crowd[:SIGNING_UP])
    assert {code_of(answer["signUp"]) for answer in answers} <= {"done", "ALREADY_SIGNED_UP"}
    counts = (await ask(line, COUNTS, id=encode_id("Activity", day.clinic.id)))["activity"]
    assert counts == {"signUpCount": PLACES, "waitlistCount": SIGNING_UP - PLACES}


async def assert_counted_once(line: AsyncClient, day: Day) -> None:
    """Every list is sent again with its key; then everybody on it was there once and has been paid once."""
    answers = await at_once(
        log(line, day.organiser, day.past, rows, f"list {number}") for number, rows in enumerate(day.lists)
    )
    rows = [row for answer in answers for row in answer["results"]]
    assert [row["error"] for row in rows] == [None] * 2 * LISTS
    assert [row["attendance"]["resident"]["id"] for row in rows] == [helper.id for helper in day.helpers]
    assert await attendances_of(line, day.organiser, day.past) == (2 * LISTS, 2 * LISTS)
    assert {row["attendance"]["pointsEarned"] for row in rows} == {EARNED}
    for helper in day.helpers[::10]:
        assert (await ask(line, PAID, helper.token))["viewer"] == {"wallet": {"balance": EARNED}}


async def test_300_requests_given_up_at_random_moments_leave_everything_whole(
    line: AsyncClient, server: Server
) -> None:
    day = await a_day()
    await at_once(leave(server, request, seed) for seed, request in enumerate(requests_of(day)))

    # Some of them may still run: a snapshot shows whatever is done as a whole at any moment.
    await at_once(assert_whole_or_absent(line, person) for person in day.crowd)
    await assert_clean_book()

    await assert_redeemed_once(line, day)
    await assert_signed_up_once(line, day)
    await assert_counted_once(line, day)
    await assert_clean_book()

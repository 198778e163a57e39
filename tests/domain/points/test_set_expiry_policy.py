"""Until when points are good is said by administrators, a month ahead, and every wallet shows it."""

from __future__ import annotations

import pytest

from domain.points.expire_points import expire_points
from tests.builders.people import a_caller, an_administrator, an_auditor
from tests.clock import later
from tests.schema.client import mutate, refused, succeed

pytestmark = pytest.mark.usefixtures("database")

EXPIRING = "{ viewer { wallet { expiring { amount on } } } }"
IN_A_MONTH = "2024-02-11"


def three_years(**more: object) -> dict[str, object]:
    return {"programme": "xuexi", "expiry": "MONTHS", "months": 36, "notBefore": IN_A_MONTH} | more


async def test_a_resident_sees_when_their_points_expire() -> None:
    administrator, caller = await an_administrator(), await a_caller(points=30)
    assert (await succeed(EXPIRING, caller))["viewer"]["wallet"]["expiring"] == []
    answer = "programme { expiry expiryMonths expiryNotBefore }"
    payload = await mutate("setExpiryPolicy", three_years(), administrator, answer=answer)
    assert payload["programme"] == {"expiry": "MONTHS", "expiryMonths": 36, "expiryNotBefore": IN_A_MONTH}
    assert (await succeed(EXPIRING, caller))["viewer"]["wallet"]["expiring"] == [{"amount": 30, "on": "2027-01-12"}]
    before = EXPIRING.replace("expiring", 'expiring(before: "2027-01-12")')
    assert (await succeed(before, caller))["viewer"]["wallet"]["expiring"] == []


async def test_points_that_are_too_old_at_once_stay_until_the_day_of_notice() -> None:
    administrator, caller = await an_administrator(), await a_caller(points=30)
    much_later = later(days=400)
    wanted = {"programme": "xuexi", "expiry": "MONTHS", "months": 1, "notBefore": "2025-03-20"}
    await mutate("setExpiryPolicy", wanted, administrator, now=much_later)
    told = (await succeed(EXPIRING, caller, now=much_later))["viewer"]["wallet"]["expiring"]
    assert told == [{"amount": 30, "on": "2025-03-20"}]
    assert (await expire_points("xuexi", later(days=430))).points == 0
    assert (await expire_points("xuexi", later(days=440))).points == 30


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (three_years(months=None), "months"),
        (three_years(months=0), "months"),
        (three_years(months=121), "months"),
        (three_years(expiry="END_OF_YEAR"), "months"),
        (three_years(notBefore=None), "notBefore"),
        (three_years(notBefore="2024-02-10"), "notBefore"),
        (three_years(expiry="NEVER", months=None), "notBefore"),
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused(wanted: dict[str, object], path: str) -> None:
    error = await refused("setExpiryPolicy", wanted, await an_administrator())
    assert (error["code"], error["path"]) == ("INVALID_INPUT", [path])


async def test_it_is_for_administrators() -> None:
    for caller in (await an_auditor(), await a_caller()):
        assert (await refused("setExpiryPolicy", three_years(), caller))["code"] == "FORBIDDEN"


async def test_a_programme_that_is_not_there_is_not_found() -> None:
    error = await refused("setExpiryPolicy", three_years(programme="nowhere"), await an_administrator())
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["programme"])

"""Opening a book: its own points, a wallet for everybody, whoever registers at the same moment included."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from domain.audit import audit_everything
from domain.people.caller import ANONYMOUS, Caller
from domain.people.register_resident import NewResident, register_resident
from domain.people.rights import Role
from domain.points.create_programme import CreateProgrammeWish, create_programme
from domain.refusals import Conflict, Forbidden, InvalidInput, Refusal, Unauthenticated
from domain.volunteering.log_attendance import log_attendance
from storage import fetch, read
from tests.builders.people import a_caller, a_phone, a_resident, an_administrator, an_auditor, role_over
from tests.builders.places import an_area
from tests.builders.volunteering import AFTERWARDS, a_list, an_activity, an_hourly_rule, was_there
from tests.clock import NOW
from tests.schema.client import ask, mutate, succeed

pytestmark = pytest.mark.usefixtures("database")

WITHOUT_WALLET = """SELECT r.id, p.code FROM residents r CROSS JOIN programmes p WHERE NOT EXISTS (SELECT 1 FROM accounts w
    WHERE w.holder_id = r.id AND w.programme = p.code AND w.kind = 'WALLET')"""


def a_wish(code: str = "reading", **given: object) -> CreateProgrammeWish:
    return CreateProgrammeWish(code=code, name=str(given.pop("name", "读书积分")), **given)  # type: ignore[arg-type]


async def refusal_of(caller: Caller, wish: CreateProgrammeWish) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await create_programme(caller, wish, NOW)
    return refused.value


async def test_everybody_has_an_empty_wallet_in_a_new_programme() -> None:
    caller = await a_caller(points=5)
    payload = await mutate(
        "createProgramme",
        {"code": "reading", "name": " 读书积分 ", "zone": "Asia/Urumqi", "budget": 1000},
        await an_administrator(),
        answer="programme { code name zone budget issued }",
    )
    assert payload["programme"] == {
        "code": "reading", "name": "读书积分", "zone": "Asia/Urumqi", "budget": 1000, "issued": 0
    }  # fmt: skip
    viewer = (await succeed('{ viewer { wallet(programme: "reading") { balance account { code } } } }', caller))[
        "viewer"
    ]
    assert viewer["wallet"]["balance"] == 0
    assert viewer["wallet"]["account"]["code"].startswith("reading:WALLET:")
    assert await read(audit_everything) == []


async def test_points_of_one_programme_are_none_of_another() -> None:
    resident = await a_resident(points=5)
    await create_programme(await an_administrator(), a_wish(), NOW)
    activity = await an_activity(points_rule=an_hourly_rule(programme="reading"))
    await log_attendance(activity.organiser, a_list(activity, was_there(resident)), AFTERWARDS)
    wallets = '{ viewer { reading: wallet(programme: "reading") { balance } wallet { balance } } }'
    assert (await succeed(wallets, Caller(resident)))["viewer"] == {"reading": {"balance": 7}, "wallet": {"balance": 5}}
    auditor = await an_auditor()
    for code, issued in (("reading", 7), ("xuexi", 5)):
        query = (
            f'{{ programme(code: "{code}") {{ issued }} trialBalance(programme: "{code}") {{ totalDebits balanced }} }}'
        )
        expected = {"programme": {"issued": issued}, "trialBalance": {"totalDebits": issued, "balanced": True}}
        assert await succeed(query, auditor, now=AFTERWARDS) == expected
    assert await read(audit_everything) == []


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        (a_wish(code=""), "code"),
        (a_wish(code="Reading"), "code"),
        (a_wish(code="读书"), "code"),
        (a_wish(code="a:b"), "code"),
        (a_wish(code="-a"), "code"),
        (a_wish(code="a" * 33), "code"),
        (a_wish(name=" \u200b"), "name"),
        (a_wish(zone="Asia/Rencheng"), "zone"),
        (a_wish(zone="+08:00"), "zone"),
        (a_wish(zone="../etc/passwd"), "zone"),
        (a_wish(budget=-1), "budget"),
    ],
)
async def test_what_no_programme_can_be_is_refused_at_its_field(wish: CreateProgrammeWish, path: str) -> None:
    refusal = await refusal_of(await a_caller(), wish)
    assert isinstance(refusal, InvalidInput)
    assert refusal.path == (path,)


async def test_a_code_is_taken_once() -> None:
    administrator = await an_administrator()
    wishes = [create_programme(administrator, a_wish(), NOW) for _ in range(8)]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) and answer.path == ("code",) for answer in answers) == 7


async def test_only_administrators_of_a_whole_district_open_a_book() -> None:
    district = await an_area()
    below = await a_caller()
    await role_over(below.signed_in(), Role.ADMIN, area_id=await an_area(parent_id=district))
    for caller in (await a_caller(), await an_auditor(), below):
        assert isinstance(await refusal_of(caller, a_wish()), Forbidden)
    assert isinstance(await refusal_of(ANONYMOUS, a_wish()), Unauthenticated)


async def test_whoever_registers_while_a_programme_is_created_has_a_wallet_in_it() -> None:
    administrator = await an_administrator()

    async def register() -> int:
        return await register_resident(NewResident(display_name="示例居民", phone=a_phone()), NOW, secrets.token_bytes)

    creating = [create_programme(administrator, a_wish(f"book-{number}"), NOW) for number in range(4)]
    await asyncio.gather(*(register() for _ in range(6)), *creating, *(register() for _ in range(6)))
    assert await fetch(WITHOUT_WALLET) == []


async def test_programmes_are_paged_by_their_codes() -> None:
    administrator = await an_administrator()
    for code in ("b", "a"):
        await create_programme(administrator, a_wish(code), NOW)
    query = "query ($after: String) { programmes(first: 2, after: $after) { nodes { code } pageInfo { endCursor } totalCount } }"
    first = (await succeed(query))["programmes"]
    second = (await succeed(query, variables={"after": first["pageInfo"]["endCursor"]}))["programmes"]
    assert [node["code"] for node in first["nodes"] + second["nodes"]] == ["a", "b", "xuexi"]
    assert first["totalCount"] == 3
    assert (await ask('{ programme(code: "nowhere") { code } }')).data == {"programme": None}

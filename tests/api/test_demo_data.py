"""The demo fills an empty database with what the newspaper page tells, once, and everything adds up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.demo.activities import DEMO_ACTIVITIES
from api.demo_data import fill_if_empty
from api.programmes import ensure_programmes
from domain.audit import audit_everything
from domain.people.phone import parse_phone
from domain.people.phone_seal import phone_digest
from storage import Database, fetch, read
from storage.instants import to_micros
from tests.builders.people import a_resident
from tests.clock import NOW


@pytest.fixture
async def demo(database: Database) -> Database:
    """A database with the demo in it."""
    await ensure_programmes("Asia/Shanghai", NOW)
    assert await fill_if_empty(NOW)
    return database


async def counted(table: str, condition: str = "1 = 1", *params: object) -> int:
    [[count]] = await fetch(f"SELECT COUNT(*) FROM {table} WHERE {condition}", *params)
    assert isinstance(count, int)
    return count


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # an hour is the same to both
@pytest.mark.parametrize("hour", [0, 8, 17, 23])
async def test_it_fills_at_any_hour_of_the_day(hour: int) -> None:
    now = NOW.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=hour)
    await ensure_programmes("Asia/Shanghai", now)
    assert await fill_if_empty(now)
    assert await counted("tickets") > 50
    assert await read(audit_everything) == []


@pytest.mark.usefixtures("demo")
async def test_the_demo_shows_the_whole_page_and_adds_up() -> None:
    await check_the_whole_page()


async def check_the_whole_page() -> None:
    titles = {title for (title,) in await fetch("SELECT title FROM activities")}
    assert titles == {activity.title for activity in DEMO_ACTIVITIES}
    assert len(titles) == 11
    assert await counted("ticket_offers") == 3
    assert await counted("attractions", "name IN ('恐龙乐园', '萌宠乐园', '文艺演出', '马戏团表演', '斗羊表演')") == 7
    assert await counted("residents", "display_name LIKE '示例居民%'") == 200
    assert await counted("role_grants") == 25
    assert await counted("sign_ups", "status = 'WAITLISTED'") == 3
    assert await counted("sign_ups") == 197
    assert await counted("attendances") == 84
    assert await counted("ticket_orders") == 33
    assert await counted("attendances", "approval = 'PENDING' AND reason LIKE '%示例%'") >= 1
    assert await counted("earning_rules", "name LIKE '%示例%'") == 3
    assert await counted("awards", "points = 2 AND rule_id IS NOT NULL") > 15, "two hours were scanned"
    assert await counted("awards", "cut_by = 'GRADE'") > 4, "those who were not scanned earn nothing, and read why"
    assert await counted("tickets", "status = 'ADMITTED'") == 16
    assert await counted("claims", "masked_account LIKE '%示例%'") == 5
    assert await counted("claims", "status = 'PENDING'") == 2
    assert await read(audit_everything) == []


@pytest.mark.usefixtures("demo")
async def test_some_activities_lie_behind_and_some_ahead_of_the_day_of_filling() -> None:
    now = to_micros(NOW)
    assert await counted("activities", "ends_at < ?", now) == 4
    assert await counted("activities", "starts_at > ?", now) == 7
    assert await counted("activities", "summary NOT LIKE '%示例%'") == 0, "what is not on the page says so"
    running = "SELECT COUNT(*) FROM offer_sessions WHERE starts_at <= ? AND ends_at > ?"
    [[open_now]] = await fetch(running, to_micros(NOW + timedelta(hours=2)), now)
    assert open_now == 2, "the fair and the strawberries are open today"


@pytest.mark.usefixtures("demo")
async def test_liuhang_lies_in_rencheng_and_is_managed_by_the_high_tech_zone() -> None:
    sql = "SELECT a.code FROM {} c JOIN areas l ON l.id = c.area_id JOIN areas a ON a.id = c.{} WHERE l.code = ?"
    lies_in = {code for (code,) in await fetch(sql.format("area_within", "ancestor_id"), "RC-LIUHANG")}
    managed_by = {code for (code,) in await fetch(sql.format("area_management", "manager_id"), "RC-LIUHANG")}
    assert lies_in == {"RC-LIUHANG", "370811"}
    assert managed_by == {"RC-LIUHANG", "RC-GXQ"}


@pytest.mark.usefixtures("demo")
async def test_filling_again_changes_nothing() -> None:
    assert not await fill_if_empty(NOW + timedelta(days=1))
    assert await counted("activities") == 11


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the program is killed on both, in test_serve.py
@pytest.mark.parametrize("transactions", [1, 100, 240, 258])
async def test_a_filling_that_was_interrupted_is_finished_another_day(
    transactions: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ensure_programmes("Asia/Shanghai", NOW)
    run_write, left = database.client.run_write, iter(range(transactions))

    async def interrupted(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise InterruptedError
        return await run_write(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(database.client, "run_write", interrupted)
        with pytest.raises(InterruptedError):
            await fill_if_empty(NOW)
    assert await fill_if_empty(NOW + timedelta(days=2))
    await check_the_whole_page()
    assert not await fill_if_empty(NOW + timedelta(days=2))


@pytest.mark.usefixtures("demo")
async def test_residents_have_the_phones_that_the_demo_promises() -> None:
    for phone, name in (("13800000001", "示例居民001"), ("13800000201", "示例组织者1"), ("13800000231", "示例管理员1")):
        digest = phone_digest(parse_phone(phone))
        assert list(map(tuple, await fetch("SELECT display_name FROM residents WHERE phone_digest = ?", digest))) == [
            (name,)
        ]


@pytest.mark.usefixtures("database")
async def test_a_database_with_anything_in_it_is_left_alone() -> None:
    await a_resident()
    assert not await fill_if_empty(NOW)
    assert await counted("areas") == 0


@pytest.mark.usefixtures("database")
async def test_of_two_programs_that_start_at_once_only_one_fills() -> None:
    await ensure_programmes("Asia/Shanghai", NOW)
    assert sorted(await asyncio.gather(fill_if_empty(NOW), fill_if_empty(NOW))) == [False, True]
    assert await counted("activities") == 11

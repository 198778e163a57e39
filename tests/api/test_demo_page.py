"""What is in the demo: filled once for each engine, and only read here, but for who fills again and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from api.demo_data import fill_if_empty
from api.programmes import ensure_programmes
from domain.people.keys import set_keys
from domain.people.phone import parse_phone
from domain.people.phone_seal import phone_digest
from storage import close_database, fetch, open_database
from storage.instants import to_micros
from tests.api.demo_page import check_the_whole_page, counted
from tests.clock import NOW
from tests.keys import TEST_KEYS

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture(scope="module")
async def demo(module_url: str) -> AsyncIterator[None]:
    """A database with the demo in it."""
    set_keys(TEST_KEYS)
    await open_database(module_url)
    await ensure_programmes("Asia/Shanghai", NOW)
    assert await fill_if_empty(NOW)
    yield
    await close_database()


async def test_the_demo_shows_the_whole_page_and_adds_up() -> None:
    await check_the_whole_page()


async def test_some_activities_lie_behind_and_some_ahead_of_the_day_of_filling() -> None:
    now = to_micros(NOW)
    assert await counted("activities", "ends_at < ?", now) == 4
    assert await counted("activities", "starts_at > ?", now) == 7
    assert await counted("activities", "summary NOT LIKE '%示例%'") == 0, "what is not on the page says so"
    running = "SELECT COUNT(*) FROM offer_sessions WHERE starts_at <= ? AND ends_at > ?"
    [[open_now]] = await fetch(running, to_micros(NOW + timedelta(hours=2)), now)
    assert open_now == 2, "the fair and the strawberries are open today"


async def test_liuhang_lies_in_rencheng_and_is_managed_by_the_high_tech_zone() -> None:
    sql = "SELECT a.code FROM {} c JOIN areas l ON l.id = c.area_id JOIN areas a ON a.id = c.{} WHERE l.code = ?"
    lies_in = {code for (code,) in await fetch(sql.format("area_within", "ancestor_id"), "RC-LIUHANG")}
    managed_by = {code for (code,) in await fetch(sql.format("area_management", "manager_id"), "RC-LIUHANG")}
    assert lies_in == {"RC-LIUHANG", "370811"}
    assert managed_by == {"RC-LIUHANG", "RC-GXQ"}


async def test_filling_again_changes_nothing() -> None:
    assert not await fill_if_empty(NOW + timedelta(days=1))
    assert await counted("activities") == 11


async def test_residents_have_the_phones_that_the_demo_promises() -> None:
    for phone, name in (("13800000001", "示例居民001"), ("13800000201", "示例组织者1"), ("13800000231", "示例管理员1")):
        digest = phone_digest(parse_phone(phone))
        assert list(map(tuple, await fetch("SELECT display_name FROM residents WHERE phone_digest = ?", digest))) == [
            (name,)
        ]

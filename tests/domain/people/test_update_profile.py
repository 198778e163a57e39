"""Changing one's own profile."""

from __future__ import annotations

import pytest

from domain.people.caller import ANONYMOUS
from domain.people.update_profile import UpdateProfileWish, update_profile
from domain.refusals import InvalidInput, NotFound, Unauthenticated
from storage import fetch
from tests.builders.people import a_caller
from tests.builders.places import an_area

pytestmark = pytest.mark.usefixtures("database")


async def profile() -> tuple[str, int | None]:
    [row] = await fetch("SELECT display_name, area_id FROM residents")
    return row[0], row[1]


async def test_a_resident_changes_name_and_area() -> None:
    caller, area_id = await a_caller(), await an_area(code="RC-JC")
    assert await update_profile(caller, UpdateProfileWish(" 李奶奶 ", "RC-JC")) == caller.resident_id
    assert await profile() == ("李奶奶", area_id)


async def test_what_is_left_out_stays_as_it_is() -> None:
    area_id = await an_area(code="RC-JC")
    caller = await a_caller("示例居民01", area_id=area_id)
    await update_profile(caller, UpdateProfileWish())
    assert await profile() == ("示例居民01", area_id)
    await update_profile(caller, UpdateProfileWish(display_name="😀"))
    assert await profile() == ("😀", area_id)
    await update_profile(caller, UpdateProfileWish(area_code=None))
    assert await profile() == ("😀", None)


async def test_an_unknown_area_changes_nothing() -> None:
    caller = await a_caller("示例居民01")
    with pytest.raises(NotFound) as raised:
        await update_profile(caller, UpdateProfileWish("李奶奶", "RC-NOWHERE"))
    assert raised.value.path == ("areaCode",)
    assert await profile() == ("示例居民01", None)


async def test_a_name_that_cannot_be_seen_is_refused() -> None:
    with pytest.raises(InvalidInput) as raised:
        await update_profile(await a_caller(), UpdateProfileWish("\u200b", "RC-NOWHERE"))
    assert raised.value.path == ("displayName",)


async def test_nobody_has_no_profile() -> None:
    with pytest.raises(Unauthenticated):
        await update_profile(ANONYMOUS, UpdateProfileWish("\u200b"))

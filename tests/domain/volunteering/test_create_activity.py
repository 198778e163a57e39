"""Opening an activity: what is kept of it, and every field that can be wrong."""

from __future__ import annotations

import dataclasses
import math
from datetime import timedelta
from typing import Any

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.rights import Role
from domain.refusals import Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated
from domain.volunteering.activity_wish import CreateActivityWish
from domain.volunteering.create_activity import create_activity
from domain.volunteering.points_rule import PointsRule
from storage.instants import to_micros
from tests.builders.people import a_caller, an_administrator, gate_staff_of, organiser_of, role_over
from tests.builders.places import an_area, an_organisation
from tests.builders.volunteering import ENDS, STARTS, a_shift, an_activity_wish
from tests.clock import NOW, later
from tests.domain.volunteering.counted import rows_of

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, wish: CreateActivityWish) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await create_activity(caller, wish, NOW)
    assert await rows_of("SELECT id FROM activities") == []
    return caught.value


async def test_an_activity_is_there_with_all_that_was_said_about_it() -> None:
    area_id = await an_area(code="RC-JINPUJIE")
    host_id, partner_id = await an_organisation(area_id), await an_organisation(area_id)
    organiser = await organiser_of(host_id)
    plain = await an_activity_wish(host_id=host_id, title="  冬季义诊 ", area_code="RC-JINPUJIE", capacity=30)
    wish = dataclasses.replace(
        plain,
        partner_ids=(partner_id,),
        latitude=35.4,
        longitude=116.6,
        sign_up_closes_at=NOW,
        points_rule=PointsRule(per_attendance=1, per_hour=2, cap=3),
    )
    activity_id = await create_activity(organiser, wish, NOW)
    rows = await rows_of(
        """SELECT kind, title, status, host_id, area_id, latitude, longitude, starts_at, ends_at, sign_up_closes_at, capacity,
           waitlist_limit, points_programme, points_per_attendance, points_per_hour, points_cap, created_by_id, published_at
           FROM activities WHERE id = ?""",
        activity_id,
    )
    times = to_micros(STARTS), to_micros(ENDS), to_micros(NOW)
    said = ("CLINIC", "冬季义诊", "PUBLISHED", host_id, area_id, 35.4, 116.6, *times, 30, 500)
    assert rows == [(*said, "xuexi", 1, 2, 3, organiser.resident_id, to_micros(NOW))]
    assert await rows_of("SELECT activity_id, organisation_id FROM activity_partners") == [(activity_id, partner_id)]


async def test_without_shifts_there_is_one_that_spans_the_activity_and_has_its_places() -> None:
    host_id = await an_organisation()
    await create_activity(await organiser_of(host_id), await an_activity_wish(host_id=host_id, capacity=30), NOW)
    rows = await rows_of("SELECT name, starts_at, ends_at, capacity FROM shifts")
    assert rows == [("示例义诊", to_micros(STARTS), to_micros(ENDS), 30)]


async def test_shifts_keep_the_order_in_which_they_were_given() -> None:
    host_id = await an_organisation()
    shifts = [a_shift(name="下午", capacity=3), a_shift(name="上午"), a_shift(name="上午")]
    wish = await an_activity_wish(host_id=host_id, shifts=shifts)
    await create_activity(await organiser_of(host_id), wish, NOW)
    rows = await rows_of("SELECT name, capacity FROM shifts ORDER BY position")
    assert rows == [("下午", 3), ("上午", None), ("上午", None)]


async def test_a_draft_is_not_published() -> None:
    host_id = await an_organisation()
    wish = await an_activity_wish(host_id=host_id, publish=False)
    await create_activity(await organiser_of(host_id), wish, NOW)
    assert await rows_of("SELECT status, published_at FROM activities") == [("DRAFT", None)]


async def test_it_is_found_by_two_characters_of_title_summary_venue_and_host() -> None:
    host_id = await an_organisation(name="同仁堂中医院")
    await create_activity(
        await organiser_of(host_id), await an_activity_wish(host_id=host_id, title="Ｆｒｅｅ 义诊"), NOW
    )
    grams = {row[0] for row in await rows_of("SELECT gram FROM activity_grams")}
    assert {"fr", "re", "ee", "义诊", "望舌", "广场", "中医"} <= grams
    assert all(len(gram) == 2 for gram in grams)
    assert "诊为" not in grams, "title and summary are two texts"


WRONG: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"title": " "}, ("title",), "text_empty"),
    ({"title": "义" * 121}, ("title",), "text_too_long"),
    ({"title": "义\n诊"}, ("title",), "text_control_characters"),
    ({"summary": "\u200b"}, ("summary",), "text_empty"),
    ({"venue": ""}, ("venue",), "text_empty"),
    ({"latitude": 35.0}, ("longitude",), "position_half"),
    ({"longitude": 116.0}, ("latitude",), "position_half"),
    ({"latitude": 90.1, "longitude": 0.0}, ("latitude",), "degrees_out_of_range"),
    ({"latitude": 0.0, "longitude": -180.1}, ("longitude",), "degrees_out_of_range"),
    ({"latitude": math.nan, "longitude": 0.0}, ("latitude",), "degrees_out_of_range"),
    ({"ends_at": STARTS}, ("endsAt",), "ends_before_start"),
    ({"ends_at": STARTS + timedelta(days=367)}, ("endsAt",), "activity_too_long"),
    ({"starts_at": later(hours=-2), "ends_at": NOW}, ("endsAt",), "ends_in_the_past"),
    ({"sign_up_closes_at": later(hours=3, seconds=1)}, ("signUpClosesAt",), "sign_up_closes_after_end"),
    ({"capacity": 0}, ("capacity",), "number_out_of_range"),
    ({"capacity": 1_000_001}, ("capacity",), "number_out_of_range"),
    ({"waitlist_limit": -1}, ("waitlistLimit",), "number_out_of_range"),
    ({"waitlist_limit": 501}, ("waitlistLimit",), "number_out_of_range"),
    ({"points_rule": PointsRule(per_attendance=-1, cap=0)}, ("pointsRule", "perAttendance"), "number_out_of_range"),
    ({"points_rule": PointsRule(per_hour=2**53, cap=0)}, ("pointsRule", "perHour"), "number_out_of_range"),
    ({"points_rule": PointsRule(cap=-1)}, ("pointsRule", "cap"), "number_out_of_range"),
    ({"points_rule": PointsRule(cap=0, least_share=101)}, ("pointsRule", "leastSharePercent"), "number_out_of_range"),
    ({"points_rule": PointsRule(programme="none", cap=0)}, ("pointsRule", "programme"), "unknown_programme"),
    ({"points_rule": PointsRule(programme="\x00", cap=0)}, ("pointsRule", "programme"), "unknown_programme"),
    ({"partner_ids": tuple(range(51))}, ("partnerIds",), "list_length_out_of_range"),
    ({"partner_ids": (1, 2, 1)}, ("partnerIds", "2"), "partner_named_twice"),
    ({"shifts": (a_shift(),) * 101}, ("shifts",), "list_length_out_of_range"),
    ({"shifts": (a_shift(), a_shift(name=""))}, ("shifts", "1", "name"), "text_empty"),
    ({"shifts": (a_shift(starts_at=NOW),)}, ("shifts", "0", "startsAt"), "shift_outside_activity"),
    (
        {"shifts": (a_shift(starts_at=ENDS, ends_at=later(hours=4)),)},
        ("shifts", "0", "startsAt"),
        "shift_outside_activity",
    ),
    ({"shifts": (a_shift(ends_at=STARTS),)}, ("shifts", "0", "endsAt"), "ends_before_start"),
    ({"shifts": (a_shift(ends_at=later(hours=4)),)}, ("shifts", "0", "endsAt"), "shift_outside_activity"),
    ({"shifts": (a_shift(capacity=0),)}, ("shifts", "0", "capacity"), "number_out_of_range"),
]


@pytest.mark.parametrize(("change", "path", "reason"), WRONG)
async def test_what_is_wrong_is_said_at_its_field(change: dict[str, Any], path: tuple[str, ...], reason: str) -> None:
    host_id = await an_organisation()
    wish = dataclasses.replace(await an_activity_wish(host_id=host_id), **change)
    refusal = await refusal_of(await organiser_of(host_id), wish)
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, refusal.reason) == (path, reason)


async def test_the_host_is_not_its_own_partner() -> None:
    host_id = await an_organisation()
    wish = dataclasses.replace(await an_activity_wish(host_id=host_id), partner_ids=(host_id,))
    refusal = await refusal_of(await organiser_of(host_id), wish)
    assert isinstance(refusal, InvalidInput)
    assert (refusal.path, refusal.reason) == (("partnerIds", "0"), "partner_is_host")


async def test_what_it_refers_to_must_be_there() -> None:
    host_id = await an_organisation()
    organiser, wish = await organiser_of(host_id), await an_activity_wish(host_id=host_id)
    changes: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"host_id": 1}, ("hostId",)),
        ({"area_code": "RC-NOWHERE"}, ("areaCode",)),
        ({"area_code": "\x00"}, ("areaCode",)),
        ({"partner_ids": (await an_organisation(), 1)}, ("partnerIds", "1")),
    ]
    for change, path in changes:
        refusal = await refusal_of(organiser, dataclasses.replace(wish, **change))
        assert isinstance(refusal, NotFound)
        assert refusal.path == path


async def test_only_organisers_of_the_host_may() -> None:
    host_id = await an_organisation()
    wish = await an_activity_wish(host_id=host_id)
    assert isinstance(await refusal_of(ANONYMOUS, wish), Unauthenticated)
    others = [await a_caller(), await organiser_of(await an_organisation()), await gate_staff_of(host_id)]
    for caller in [*others, await an_administrator()]:
        refusal = await refusal_of(caller, wish)
        assert isinstance(refusal, Forbidden)
        assert refusal.path == ("hostId",)


async def test_rights_follow_management_and_not_where_the_host_lies() -> None:
    """Liuhang lies in Rencheng and is run by the High-tech Zone."""
    rencheng, zone = await an_area(), await an_area()
    host_id = await an_organisation(area_id=await an_area(parent_id=rencheng, managed_by_id=zone))
    wish = await an_activity_wish(host_id=host_id)
    of_rencheng, of_zone = await a_caller(), await a_caller()
    for caller, area_id in ((of_rencheng, rencheng), (of_zone, zone)):
        assert caller.resident_id
        await role_over(caller.resident_id, Role.ORGANISER, area_id=area_id)
    assert isinstance(await refusal_of(of_rencheng, wish), Forbidden)
    await create_activity(of_zone, wish, NOW)

"""Finding and paging: filters, order, cursors, ids. What the SQL of reads does in general is tested in tests/schema/reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.places.create_area import NewArea, create_area
from domain.places.kinds import AreaLevel
from domain.volunteering.cancel_activity import CancelActivityWish, cancel_activity
from tests.builders.people import a_caller, an_auditor, organiser_of
from tests.builders.places import an_area, an_organisation
from tests.builders.redemption import an_offer
from tests.builders.volunteering import ENDS, STARTS, a_shift, a_sign_up, an_activity
from tests.clock import later
from tests.schema.client import ANONYMOUS, ask, encode_id, succeed

pytestmark = pytest.mark.usefixtures("database")

ACTIVITIES = """query ($filter: ActivityFilter, $order: ActivityOrder! = STARTS_AT_ASC, $first: Int, $after: String,
    $last: Int, $before: String) {
  activities(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    nodes { title status } edges { cursor node { title } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def titles(filter: Mapping[str, object] | None, caller: Caller = ANONYMOUS, **variables: object) -> list[str]:  # noqa: A002
    given = {"filter": filter, "first": 100} | variables
    found = (await succeed(ACTIVITIES, caller, given))["activities"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["title"] for node in found["nodes"]]


async def test_residents_find_the_clinic_by_two_characters() -> None:
    await an_activity(title="民族团结一家亲,寒冬义诊暖民心")
    await an_activity(title="学习强国+反诈宣传:守好居民钱袋子")
    assert await titles({"search": "义诊"}) == ["民族团结一家亲,寒冬义诊暖民心"]
    assert await titles({"search": "反诈"}) == ["学习强国+反诈宣传:守好居民钱袋子"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("寒冬义诊", 1),
        ("暖民心 义诊", 1),
        ("义诊 反诈", 0),
        ("诊义", 0),
        ("Ｆｒｅｅ clinic", 1),
        ("CLINIC", 1),
        ("100%", 1),
        ("100_", 0),
        ("示例社区广场", 1),
        ("'; DROP TABLE activities; --", 0),
        ("!! %", 0),
    ],
)
async def test_words_are_found_together_whatever_their_order_and_capitals(search: str, found: int) -> None:
    await an_activity(title="寒冬义诊暖民心 100% Free Clinic")
    assert len(await titles({"search": search})) == found


@pytest.mark.parametrize("search", ["诊", " ", "", "a b c", "\u200b\u200b", "长" * 101])
async def test_a_search_too_short_or_too_long_is_refused(search: str) -> None:
    answer = await ask(ACTIVITIES, variables={"filter": {"search": search}, "first": 1})
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")


async def test_an_area_means_all_that_lies_below_it() -> None:
    district = await an_area(code="370811")
    town = await create_area(NewArea(code="RC-YT", name="喻屯镇", level=AreaLevel.TOWN, parent_id=district))
    await create_area(NewArea(code="RC-NZ", name="城南张村", level=AreaLevel.VILLAGE, parent_id=town))
    await an_activity(title="村里", area_code="RC-NZ")
    await an_activity(title="别处")
    assert await titles({"areaCode": "370811"}) == await titles({"areaCode": "RC-YT"}) == ["村里"]
    assert await titles({"areaCode": "RC-NZ", "search": "别处"}) == []
    assert await titles({"areaCode": "RC-NOWHERE"}) == []


async def test_an_area_lies_where_it_lies_whoever_manages_it() -> None:
    district, other = await an_area(code="370811"), await an_area(code="RC-GX")
    liuhang = NewArea(
        code="RC-LH", name="柳行街道", level=AreaLevel.SUBDISTRICT, parent_id=district, managed_by_id=other
    )
    await create_area(liuhang)
    await an_activity(title="柳行", area_code="RC-LH")
    assert (await titles({"areaCode": "370811"}), await titles({"areaCode": "RC-GX"})) == (["柳行"], [])


async def test_the_time_filter_takes_from_and_leaves_until() -> None:
    for hours in (1, 2, 3):
        await an_activity(title=f"{hours}", starts_at=later(hours=hours), ends_at=later(hours=9))
    window = {"startsFrom": later(hours=1).isoformat(), "startsUntil": later(hours=3).isoformat()}
    assert await titles(window) == ["1", "2"]


async def test_kinds_restrict_and_no_kind_finds_nothing() -> None:
    await an_activity(title="义诊活动")
    assert await titles({"kinds": ["CLINIC", "READING"]}) == ["义诊活动"]
    assert await titles({"kinds": ["READING"]}) == await titles({"kinds": []}) == []


async def test_only_activities_with_a_place_left_are_found_when_asked_for() -> None:
    full = await an_activity(title="满员", capacity=1)
    await a_sign_up(full)
    shifts_full = await an_activity(title="班次满员", shifts=[a_shift(capacity=1)])
    await a_sign_up(shifts_full)
    await an_activity(title="有空位", capacity=1)
    assert await titles({"hasPlaces": True}) == ["有空位"]
    assert len(await titles({"hasPlaces": False})) == 3


async def test_only_published_activities_are_found_unless_asked_for_others() -> None:
    await an_activity(title="已发布")
    cancelled = await an_activity(title="已取消")
    await cancel_activity(cancelled.organiser, CancelActivityWish(activity_id=cancelled.id, reason="大雨"), STARTS)
    draft = await an_activity(title="草稿", publish=False)
    assert await titles(None) == await titles({}) == ["已发布"]
    assert await titles({"status": ["CANCELLED"]}) == ["已取消"]
    assert sorted(await titles({"status": None})) == ["已发布", "已取消"]
    assert sorted(await titles({"status": None}, draft.organiser)) == ["已发布", "已取消", "草稿"]
    assert await titles({"status": ["DRAFT"]}, await organiser_of(await an_organisation())) == []
    assert await titles({"status": []}) == []


async def test_a_published_activity_is_completed_from_its_end_on() -> None:
    await an_activity(title="义诊活动")
    answer = await succeed(ACTIVITIES, variables={"filter": {"status": ["COMPLETED"]}, "first": 1}, now=ENDS)
    assert answer["activities"]["nodes"] == [{"title": "义诊活动", "status": "COMPLETED"}]
    assert await titles({"status": ["COMPLETED"]}) == []


async def some_activities(count: int) -> list[str]:
    for number in range(count):
        await an_activity(title=f"{number}", starts_at=later(hours=1 + number // 2), ends_at=later(hours=9))
    return [f"{number}" for number in range(count)]


@pytest.mark.parametrize(("order", "step"), [("STARTS_AT_ASC", 1), ("STARTS_AT_DESC", -1)])
async def test_pages_follow_one_another_forwards_and_backwards(order: str, step: int) -> None:
    expected = (await some_activities(5))[::step]
    first = await page(order, first=2)
    second = await page(order, first=2, after=first["pageInfo"]["endCursor"])
    third = await page(order, first=2, after=second["pageInfo"]["endCursor"])
    assert [edge["node"]["title"] for part in (first, second, third) for edge in part["edges"]] == expected
    assert (second["pageInfo"]["hasNextPage"], third["pageInfo"]["hasNextPage"], third["totalCount"]) == (
        True,
        False,
        5,
    )
    back = await page(order, last=2, before=third["pageInfo"]["startCursor"])
    assert [node["title"] for node in back["nodes"]] == expected[2:4]
    assert back["pageInfo"]["hasPreviousPage"] is True


async def page(order: str, **variables: object) -> Any:
    return (await succeed(ACTIVITIES, variables={"order": order} | variables))["activities"]


async def test_a_page_stays_where_it_is_while_rows_are_added() -> None:
    await some_activities(2)
    cursor = (await succeed(ACTIVITIES, variables={"first": 1}))["activities"]["pageInfo"]["endCursor"]
    await an_activity(title="早到", starts_at=later(minutes=5), ends_at=later(hours=9))
    after = (await succeed(ACTIVITIES, variables={"first": 5, "after": cursor}))["activities"]
    assert [node["title"] for node in after["nodes"]] == ["1"]


@pytest.mark.parametrize(
    "size",
    [{}, {"first": 0}, {"first": -1}, {"first": 101}, {"first": 1_000_000}, {"first": 1, "last": 1}, {"last": 0}],
)
async def test_a_page_of_no_size_or_of_a_million_is_refused(size: dict[str, object]) -> None:
    chinese = await ask(ACTIVITIES, variables=size)
    english = await ask(ACTIVITIES, variables=size, language="en")
    assert (chinese.data, chinese.code, chinese.errors[0]["path"]) == (None, "INVALID_INPUT", ["activities"])
    assert english.errors[0]["message"] != chinese.errors[0]["message"]


@pytest.mark.parametrize("cursor", ["", "made up", "MQ", "AAAAAFs1XQ", "W10", "😀"])
async def test_a_cursor_made_up_by_hand_is_refused(cursor: str) -> None:
    answer = await ask(ACTIVITIES, variables={"first": 1, "after": cursor})
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")


async def test_a_cursor_of_another_order_is_refused() -> None:
    await some_activities(2)
    cursor = (await succeed(ACTIVITIES, variables={"first": 1}))["activities"]["pageInfo"]["endCursor"]
    answer = await ask(ACTIVITIES, variables={"first": 1, "after": cursor, "order": "STARTS_AT_DESC"})
    assert answer.code == "INVALID_INPUT"


async def test_nodes_come_in_the_order_of_their_ids_and_null_for_what_is_not_there() -> None:
    activity, offer = await an_activity(), await an_offer()
    ids = [
        encode_id("TicketOffer", offer.id),
        encode_id("Activity", 7),
        "no id at all",
        encode_id("Activity", activity.id),
        encode_id("Wallet", activity.id),
        encode_id("PageInfo", 1),
        encode_id("TicketOffer", offer.id),
    ]
    answer = await succeed("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", variables={"ids": ids})
    kinds = [node and node["__typename"] for node in answer["nodes"]]
    assert kinds == ["TicketOffer", None, None, "Activity", None, None, "TicketOffer"]


async def test_more_than_a_hundred_ids_are_refused() -> None:
    ids = [encode_id("Activity", number) for number in range(101)]
    answer = await ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", variables={"ids": ids})
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")


async def test_activity_and_offer_by_the_id_of_something_else_are_null() -> None:
    activity, offer = await an_activity(), await an_offer()
    query = "query ($a: ID!, $o: ID!) { activity(id: $a) { id } ticketOffer(id: $o) { id } }"
    swapped = {"a": encode_id("TicketOffer", offer.id), "o": encode_id("Activity", activity.id)}
    assert await succeed(query, variables=swapped) == {"activity": None, "ticketOffer": None}


async def test_an_area_lists_the_organisations_in_it_and_in_what_lies_in_it_by_name() -> None:
    district = await an_area("370811", "任城区")
    community = await an_area("RC-A", "甲社区", AreaLevel.COMMUNITY, district)
    elsewhere = await an_area("RC-B", "乙社区", AreaLevel.COMMUNITY, district)
    for name, area in (("C", district), ("A", community), ("B", elsewhere)):
        await an_organisation(area, name)
    query = """query ($code: String!) { area(code: $code) {
        organisations(first: 2) { nodes { name area { code } } totalCount pageInfo { hasNextPage } } } }"""
    assert (await succeed(query, variables={"code": "370811"}))["area"]["organisations"] == {
        "nodes": [{"name": "A", "area": {"code": "RC-A"}}, {"name": "B", "area": {"code": "RC-B"}}],
        "totalCount": 3,
        "pageInfo": {"hasNextPage": True},
    }
    (only,) = (await succeed(query, variables={"code": "RC-A"}))["area"]["organisations"]["nodes"]
    assert only["name"] == "A"


async def test_an_area_knows_its_path_its_parent_and_its_children() -> None:
    district = await an_area(code="370811", name="任城区")
    for code in ("RC-B", "RC-A"):
        await create_area(NewArea(code=code, name=code, level=AreaLevel.TOWN, parent_id=district))
    query = "query ($code: String!) { area(code: $code) { path { code } parent { name } children { code } } }"
    assert (await succeed(query, variables={"code": "RC-A"}))["area"] == {
        "path": [{"code": "370811"}, {"code": "RC-A"}],
        "parent": {"name": "任城区"},
        "children": [],
    }
    top = (await succeed(query, variables={"code": "370811"}))["area"]
    assert [child["code"] for child in top["children"]] == ["RC-A", "RC-B"]
    assert (await succeed(query, variables={"code": "nowhere"}))["area"] is None


async def test_nobody_is_no_viewer() -> None:
    assert await succeed("{ viewer { resident { id } } }") == {"viewer": None}


async def test_a_wallet_of_a_programme_that_is_not_there_is_not_found() -> None:
    query = '{ viewer { resident { id } points: wallet(programme: "nope") { id } } area(code: "nowhere") { id } }'
    answer = await ask(query, await a_caller())
    assert answer.code == "NOT_FOUND"
    assert answer.errors[0]["path"] == ["viewer", "points"]
    assert answer.data == {"viewer": None, "area": None}, "a wallet is never null: the viewer, who may be, is"


async def test_an_auditor_asks_for_the_book_of_any_moment() -> None:
    await a_caller(points=30)
    auditor = await an_auditor()
    query = """query ($at: DateTime) { trialBalance(asOf: $at) { programme asOf totalDebits totalCredits balanced
        accounts { kind debits credits } } }"""
    now = (await succeed(query, auditor))["trialBalance"]
    assert (now["totalDebits"], now["totalCredits"], now["balanced"]) == (30, 30, True)
    before = (await succeed(query, auditor, {"at": "2024-01-11T00:00:00+08:00"}))["trialBalance"]
    assert (before["asOf"], before["totalDebits"]) == ("2024-01-10T16:00:00Z", 0)
    assert (await ask('{ trialBalance(programme: "nope") { balanced } }', auditor)).code == "INVALID_INPUT"
    by_event = (await succeed("{ trialBalance(by: OCCURRED) { by totalDebits } }", auditor))["trialBalance"]
    assert by_event == {"by": "OCCURRED", "totalDebits": 30}

"""Every type against every role: by its id, in lists, and on the way from what may be seen to what may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type

from domain.people.caller import Caller
from schema.build import schema
from tests.clock import later
from tests.schema.client import ask, succeed
from tests.schema.rights.world import ROLES, World, a_world

pytestmark = pytest.mark.usefixtures("database")

EVERYONE = set(ROLES)
ORGANISERS = {"organiser", "organiser of the district"}
BOOK_READERS = {"auditor", "administrator"}
# Who sees it by its id. Nobody else does.
SEEN_BY = {
    "Area": EVERYONE,
    "Organisation": EVERYONE,
    "Activity": EVERYONE,
    "draft Activity": ORGANISERS,
    "Shift": EVERYONE,
    "draft Shift": ORGANISERS,
    "SignUp": {"owner"} | ORGANISERS,
    "Attendance": {"owner", "administrator of the community"} | ORGANISERS | BOOK_READERS,
    "Attendance entered afterwards": {"owner", "administrator of the community"} | ORGANISERS | BOOK_READERS,
    "Alarm": {"administrator of the community"} | BOOK_READERS,
    "Resident": {"owner"} | ORGANISERS | BOOK_READERS,
    "Resident who took no part": {"stranger"} | BOOK_READERS,
    "Wallet": {"owner"} | BOOK_READERS,
    "Account": {"owner"} | BOOK_READERS,
    "system Account": BOOK_READERS,
    "Entry": {"owner"} | BOOK_READERS,
    "Transfer": {"owner"} | BOOK_READERS,
    "Programme": EVERYONE,
    "Adjustment": BOOK_READERS,
    "AccountChange": {"owner"} | BOOK_READERS,
    "EarningRule": EVERYONE,
    "TicketOffer": EVERYONE,
    "draft TicketOffer": {"gate staff"} | ORGANISERS,
    "OfferSession": EVERYONE,
    "draft OfferSession": {"gate staff"} | ORGANISERS,
    "Attraction": EVERYONE,
    "draft Attraction": {"gate staff"} | ORGANISERS,
    "Claim": {"owner", "gate staff", "administrator of the community"} | ORGANISERS | BOOK_READERS,
    "Reservation": {"owner", "gate staff"} | BOOK_READERS,
    "TicketOrder": {"owner", "gate staff"} | BOOK_READERS,
    "Ticket": {"owner", "gate staff"},
    "Admission": {"owner", "gate staff"},
}


def node_types() -> list[GraphQLObjectType]:
    node = schema._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    return list(schema._schema.get_possible_types(node))


def test_the_table_has_every_type() -> None:
    assert {name.split()[-1] if "draft" in name or "system" in name else name.split()[0] for name in SEEN_BY} == {
        type_.name for type_ in node_types()
    }


async def test_each_role_sees_by_id_what_it_may_and_nothing_else() -> None:
    world = await a_world()
    names = list(SEEN_BY)
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for role, caller in world.people.items():
        answered = await succeed(query, caller, {"ids": [world.ids[name] for name in names]})
        seen = {name for name, node in zip(names, answered["nodes"], strict=True) if node}
        assert seen == {name for name in names if role in SEEN_BY[name]}, role


def plain_fields(type_: GraphQLObjectType) -> str:
    """Every field without a selection and without required arguments, and the key of every object behind a field."""
    return " ".join(selected(type_))


def selected(type_: GraphQLObjectType) -> Iterator[str]:
    for name, field in type_.fields.items():
        behind = get_named_type(field.type)
        arguments = {"balanceAt": '(at: "2024-01-12T00:00:00Z")'}.get(
            name, "(first: 1)" if "first" in field.args else ""
        )
        if is_leaf_type(behind):
            yield f"{name}{arguments}"
        elif name != "children":
            yield f"{type_.name}_{name}: {name}{arguments} {{ __typename }}"


async def test_whoever_sees_a_thing_can_ask_for_all_of_it() -> None:
    world = await a_world()
    for name, roles in SEEN_BY.items():
        (type_,) = [t for t in node_types() if t.name in name.split()]
        query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_.name} {{ {plain_fields(type_)} }} }} }}"
        for role in roles:
            answer = await ask(query, world.people[role], {"id": world.ids[name]})
            assert answer.errors == [], (role, name)


LISTS = """query ($activity: ID!) { activity(id: $activity) {
    signUps(first: 9) { totalCount nodes { id } } attendances(first: 9) { totalCount edges { node { id } } } } }"""


async def test_who_signed_up_and_who_came_is_for_the_activitys_organisers() -> None:
    world = await a_world()
    for role, caller in world.people.items():
        activity = (await succeed(LISTS, caller, {"activity": world.ids["Activity"]}))["activity"]
        counts = {activity["signUps"]["totalCount"], len(activity["signUps"]["nodes"])}
        counts |= {activity["attendances"]["totalCount"], len(activity["attendances"]["edges"])}
        assert counts == ({1} if role in ORGANISERS else {0}), role


async def test_drafts_are_in_the_lists_of_those_who_see_them_only() -> None:
    world = await a_world()
    query = """{ activities(filter: {status: [DRAFT]}, first: 9) { totalCount nodes { id } }
        ticketOffers(first: 9) { totalCount nodes { id } } }"""
    for role, caller in world.people.items():
        found = await succeed(query, caller)
        activities, offers = (len(found[name]["nodes"]) for name in ("activities", "ticketOffers"))
        assert (activities, offers) == (
            int(role in SEEN_BY["draft Activity"]),
            1 + int(role in SEEN_BY["draft TicketOffer"]),
        ), role
        assert (found["activities"]["totalCount"], found["ticketOffers"]["totalCount"]) == (activities, offers)


async def test_a_phone_number_is_whole_for_its_owner_and_masked_for_others() -> None:
    world = await a_world()
    query = "query ($id: ID!) { node(id: $id) { ... on Resident { phone } } }"
    for role in SEEN_BY["Resident"]:
        phone = (await succeed(query, world.people[role], {"id": world.ids["Resident"]}))["node"]["phone"]
        assert ("*" in phone, len(phone)) == (role != "owner", 11), role


STATEMENT = """query ($id: ID!) { node(id: $id) { ... on Transfer { amount
    debit { kind holder { id } debits credits balance } credit { kind holder { id } debits credits balance } } } }"""


async def sides(world: World, caller: Caller) -> Any:
    return (await succeed(STATEMENT, caller, {"id": world.ids["Transfer"]}))["node"]


async def test_the_other_side_of_ones_own_transfer_shows_no_more_than_ones_own_part() -> None:
    world = await a_world()
    own = await sides(world, world.people["owner"])
    # 7 points for the attendance and 100 that the owner was given; the others' points are not theirs to know.
    assert own["debit"]["holder"] is None
    assert (own["debit"]["kind"], own["debit"]["debits"], own["debit"]["balance"]) == ("ISSUANCE", 107, -107)
    book = await sides(world, world.people["auditor"])
    assert (book["debit"]["debits"], book["credit"]["balance"]) == (107, 97)


async def test_an_organiser_learns_of_an_attendances_transfer_and_not_of_the_wallet_behind_it() -> None:
    world = await a_world()
    query = """query ($id: ID!) { node(id: $id) { ... on Attendance { pointsEarned transfer { amount
        credit { balance credits debits } debit { balance } } } } }"""
    paid = (await succeed(query, world.people["organiser"], {"id": world.ids["Attendance"]}))["node"]
    assert paid["transfer"]["amount"] == paid["pointsEarned"] == 7
    assert paid["transfer"]["credit"] == {"balance": 0, "credits": 0, "debits": 0}
    assert paid["transfer"]["debit"] == {"balance": 0}


async def test_a_reader_of_the_book_sees_an_order_and_not_its_tickets() -> None:
    world = await a_world()
    query = "query ($id: ID!) { node(id: $id) { ... on TicketOrder { pointsSpent tickets { token } } } }"
    for role, count in {"owner": 1, "gate staff": 1, "auditor": 0, "administrator": 0}.items():
        order = (await succeed(query, world.people[role], {"id": world.ids["TicketOrder"]}))["node"]
        assert (order["pointsSpent"], len(order["tickets"])) == (10, count), role


async def test_the_book_is_for_auditors_and_administrators_of_a_district() -> None:
    world = await a_world()
    for role, caller in world.people.items():
        answer = await ask("{ trialBalance { balanced } }", caller)
        if role in BOOK_READERS:
            assert answer.data == {"trialBalance": {"balanced": True}}
        else:
            assert answer.code == ("UNAUTHENTICATED" if role == "nobody" else "FORBIDDEN"), role


async def test_viewers_see_themselves_and_what_is_theirs() -> None:
    world = await a_world()
    query = """{ viewer { resident { id phone } roles { role } wallet { balance entries(first: 9) { totalCount } }
        signUps(first: 9) { nodes { id } } orders(first: 9) { nodes { id } } tickets(first: 9, status: ADMITTED) { nodes { id } }
        memberCode { token } } }"""
    owner = (await succeed(query, world.people["owner"], now=later(minutes=1)))["viewer"]
    assert owner["resident"]["id"] == world.ids["Resident"]
    assert (owner["wallet"]["balance"], owner["wallet"]["entries"]["totalCount"]) == (97, 3)
    assert owner["signUps"]["nodes"] == [{"id": world.ids["SignUp"]}]
    assert owner["orders"]["nodes"] == [{"id": world.ids["TicketOrder"]}]
    assert owner["tickets"]["nodes"] == [{"id": world.ids["Ticket"]}]
    auditor = (await succeed(query, world.people["auditor"]))["viewer"]
    assert (auditor["roles"], auditor["orders"]["nodes"]) == ([{"role": "AUDITOR"}], [])
    assert (await succeed(query, world.people["nobody"]))["viewer"] is None


async def test_only_the_viewers_own_sign_up_is_shown_on_an_activity() -> None:
    world = await a_world()
    query = "query ($id: ID!) { activity(id: $id) { viewerSignUp { id } } }"
    for role, caller in world.people.items():
        found = (await succeed(query, caller, {"id": world.ids["Activity"]}))["activity"]["viewerSignUp"]
        assert found == ({"id": world.ids["SignUp"]} if role == "owner" else None), role

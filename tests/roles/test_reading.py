"""Every field of every row, for every role, by whatever way it is met."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from domain.people.phone import mask_phone, national_phone
from schema.ids import encode_id
from storage import fetch
from tests.builders.earning import TODAY
from tests.clock import NOW
from tests.roles.people import BOOK, BOOK_ADMINS, HOST_ADMINS, ORGANISERS, Group, Who
from tests.roles.seen import FIELDS, Gets
from tests.roles.selecting import REF, differences, on, selection
from tests.roles.truth import Ref, page
from tests.roles.world import World, roles

#: From a row to all that it leads to. Further on are the rows of another type, which have a test of their own.
STEPS = 1


async def test_every_field_is_filled_in_somewhere_so_that_nothing_is_compared_with_nothing(lived_in: World) -> None:
    empty = {
        f"{type_name}.{name}"
        for type_name, fields in FIELDS.items()
        for name, cell in fields.cells.items()
        if cell.else_ is not Gets.ABOUT_THEMSELVES
        and not any(lived_in.truth.rows[one["id"]][name] not in (None, []) for one in lived_in.truth.of_type(type_name))
    }
    assert empty == set()


@pytest.mark.parametrize("type_name", FIELDS)
async def test_each_role_finds_by_their_ids_what_it_may_see_and_nothing_else(lived_in: World, type_name: str) -> None:
    rows = lived_in.truth.of_type(type_name)
    wrong: list[str] = []
    for who in Who:
        found = await lived_in.find(who, type_name, [row["id"] for row in rows], STEPS)
        for row, answered in zip(rows, found, strict=True):
            expected = lived_in.truth.finds(who, row, STEPS)
            wrong += differences(expected, answered, f"{who}: {type_name}")
    assert wrong == []


@pytest.mark.parametrize("who", Who)
async def test_one_id_finds_what_many_find(lived_in: World, who: Who) -> None:
    rows = [row for type_name in FIELDS for row in lived_in.truth.of_type(type_name)]
    asked = " ".join(f'n{at}: node(id: "{row["id"]}") {{ id __typename }}' for at, row in enumerate(rows))
    found = await lived_in.data(who, f"{{ {asked} }}")
    expected = [row if lived_in.truth.sees(who, row) else None for row in rows]
    assert list(differences(expected, list(found.values()))) == []


async def test_nobody_meets_the_entries_of_system_accounts(lived_in: World) -> None:
    sql = "SELECT e.id FROM entries e JOIN accounts c ON c.id = e.account_id WHERE c.kind <> 'WALLET'"
    ids = [encode_id("Entry", row[0]) for row in await fetch(sql)]
    assert ids
    for who in Who:
        assert await lived_in.find(who, "Entry", ids, 0) == [None] * len(ids)


async def test_the_roots_of_activities_and_offers_answer_the_same(lived_in: World) -> None:
    truth = lived_in.truth
    wrong: list[str] = []
    for root, type_name in (("activity", "Activity"), ("ticketOffer", "TicketOffer")):
        query = f"query ($id: ID!) {{ {root}(id: $id) {selection(type_name, 0)} }}"
        for who, row in product(Who, truth.of_type(type_name)):
            answered = await lived_in.data(who, query, id=row["id"])
            wrong += differences({root: truth.finds(who, row, 0)}, answered, who)
    assert wrong == []


ANY_STATUS = "filter: {status: [DRAFT, PUBLISHED, CANCELLED, COMPLETED]}"
PAGES = {
    "activities": ("Activity", ANY_STATUS),
    "activities that are published or over": ("Activity", ""),
    "drafts": ("Activity", "filter: {status: [DRAFT]}"),
    "activities by their words": ("Activity", 'filter: {search: "草稿", status: null}'),
    "activities of an area": ("Activity", 'filter: {areaCode: "370811", status: null}'),
    "offers": ("TicketOffer", ""),
    "claims": ("Claim", ""),
    "claims that wait": ("Claim", "state: PENDING"),
    "adjustments": ("Adjustment", ""),
    "adjustments that wait": ("Adjustment", "decision: PENDING"),
}
ROOTS = {"Activity": "activities", "TicketOffer": "ticketOffers", "Claim": "claims", "Adjustment": "adjustments"}


def is_wanted(name: str, row: dict[str, Any]) -> bool:
    """Whether a row is meant by a page of PAGES, for whoever sees it."""
    match name:
        case "drafts":
            return bool(row["status"] == "DRAFT")
        case "activities that are published or over":
            return bool(row["status"] == "PUBLISHED")
        case "activities by their words":
            return bool(row["title"] == "草稿")
        case "claims that wait":
            return bool(row["state"] == "PENDING")
        case "adjustments that wait":
            return bool(row["decision"] == "PENDING")
        case _:
            return True


@pytest.mark.parametrize("name", PAGES)
async def test_pages_hold_and_count_what_each_role_sees(lived_in: World, name: str) -> None:
    type_name, arguments = PAGES[name]
    root = ROOTS[type_name]
    query = f"{{ {root}(first: 50 {arguments}) {{ nodes {REF} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }} }}"
    wanted = [row for row in lived_in.truth.of_type(type_name) if is_wanted(name, lived_in.truth.rows[row["id"]])]
    for who in Who:
        # a claim of one's own is in Viewer.claims; this page is for those who decide or audit
        meets = [row for row in wanted if lived_in.truth.sees(who, row) and (root != "claims" or who is not Who.OWNER)]
        expected = page(sorted(meets, key=id_of))
        answered = (await lived_in.data(who, query))[root]
        answered["nodes"].sort(key=id_of)
        answered["edges"].sort(key=lambda edge: id_of(edge["node"]))
        assert list(differences(expected, answered, who)) == []


def id_of(row: Ref) -> str:
    return row["id"]


PAGE = f"{{ nodes {REF} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}"


async def test_alarms_are_told_to_readers_of_the_book_and_administrators_over_the_host(lived_in: World) -> None:
    there = lived_in.truth.of_type("Alarm")
    assert there
    for who in Who:
        expected = page(sorted((row for row in there if lived_in.truth.sees(who, row)), key=id_of))
        answered = (await lived_in.data(who, f"{{ alarms(first: 50) {PAGE} }}"))["alarms"]
        answered["nodes"].sort(key=id_of)
        answered["edges"].sort(key=lambda edge: id_of(edge["node"]))
        assert list(differences(expected, answered, who)) == []


async def test_what_waits_for_approval_is_told_to_those_who_may_decide(lived_in: World) -> None:
    truth = lived_in.truth
    query = f"{{ attendancesToApprove(first: 50) {PAGE} }}"
    waiting = [row for row in truth.of_type("Attendance") if truth.rows[row["id"]]["approval"] == "PENDING"]
    assert len(waiting) == 1
    for who in Who:
        expected = page(waiting if who in ORGANISERS | HOST_ADMINS else [])
        answered = (await lived_in.data(who, query))["attendancesToApprove"]
        assert list(differences(expected, answered, who)) == []


VIEWER = f"""{{ viewer {{ resident {selection("Resident", 1)}
    roles {{ role area {{ name }} organisation {{ name }} }}
    wallet {selection("Wallet", 0)}
    signUps(first: 10) {{ nodes {selection("SignUp", 1)} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}
    orders(first: 10) {{ nodes {selection("TicketOrder", 0)} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}
    reservations(first: 10) {{ nodes {selection("Reservation", 0)} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}
    tickets(first: 10) {{ nodes {selection("Ticket", 0)} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}
    claims(first: 10) {{ nodes {selection("Claim", 0)} edges {{ node {REF} }} pageInfo {{ hasNextPage }} totalCount }}
    memberCode {{ token expiresAt qrSvg }} }} }}"""


async def test_the_viewer_is_whoever_asks_and_has_what_is_theirs(lived_in: World) -> None:
    truth = lived_in.truth
    wrong: list[str] = []
    for who in set(Who) - {Who.NOBODY}:
        viewer = (await lived_in.data(who, VIEWER))["viewer"]
        assert {"token", "expiresAt", "qrSvg"} == {name for name, value in viewer["memberCode"].items() if value}
        assert [grant["role"] for grant in viewer["roles"]] == held_by(lived_in, who)
        wrong += differences(
            truth.meets(who, {"__typename": "Resident", "id": truth.people[who]}, 1), viewer["resident"], who
        )
        assert (viewer["wallet"]["balance"] > 0) == (who is Who.OWNER)
        for name, type_name, steps in (
            ("signUps", "SignUp", 1),
            ("orders", "TicketOrder", 0),
            ("reservations", "Reservation", 0),
            ("tickets", "Ticket", 0),
            ("claims", "Claim", 0),
        ):
            theirs = [row for row in reversed(truth.of_type(type_name)) if truth.owns(who, truth.rows[row["id"]])]
            expected = sorted((truth.meets(who, row, steps) for row in theirs), key=id_of)
            wrong += differences(expected, sorted(viewer[name]["nodes"], key=id_of), f"{who}: {name}")
            assert viewer[name]["totalCount"] == len(theirs)
    assert wrong == []
    assert await lived_in.data(Who.NOBODY, VIEWER) == {"viewer": None}


def held_by(world: World, who: Who) -> list[str]:
    """The roles that somebody still holds."""
    held = roles(world.places)
    return [held[who][0].value] if who in held and who is not Who.FORMER_ORGANISER else []


async def test_areas_are_for_everyone(lived_in: World) -> None:
    query = f'{{ area(code: "RC-LH") {selection("Area", 1)} }}'
    answers = [await lived_in.data(who, query) for who in Who]
    assert answers[0]["area"]["path"]
    assert all(answer == answers[0] for answer in answers)


async def test_programmes_are_for_everyone_and_what_they_issued_for_readers_of_the_book(lived_in: World) -> None:
    row = selection("Programme", 0)
    query = f'{{ programmes(first: 10) {{ nodes {row} totalCount }} programme(code: "xuexi") {row} }}'
    (programme,) = lived_in.truth.of_type("Programme")
    for who in Who:
        expected = lived_in.truth.meets(who, programme, 0)
        answered = await lived_in.data(who, query)
        assert (answered["programme"], answered["programmes"]["totalCount"]) == (expected, 2)
        assert expected in answered["programmes"]["nodes"]
        assert (expected["issued"] is not None) == (who in BOOK)


async def test_the_limit_of_claims_is_for_whoever_is_signed_in(lived_in: World) -> None:
    for who in Who:
        answer = await lived_in.ask(who, "{ claimLimit { programme approvalAbove } }")
        if who is Who.NOBODY:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
        else:
            assert answer["data"]["claimLimit"] == {"programme": "xuexi", "approvalAbove": 1000}


PREVIEW_AWARD = """query ($input: PreviewAwardInput!) { previewAward(input: $input) {
    results { points awards { rule { id } points } postings { amount } error { code } } errors { code } } }"""
PREVIEW_RULE = """query ($input: PreviewRuleInput!) { previewRule(input: $input) {
    preview { attendances residents { resident { id phone } points paid } } errors { code } } }"""


def codes_for(who: Who, may: Group) -> list[str]:
    """What somebody is told."""
    if who is Who.NOBODY:
        return ["UNAUTHENTICATED"]
    return [] if who in may else ["FORBIDDEN"]


async def test_a_list_is_previewed_by_those_who_may_log_it(lived_in: World) -> None:
    truth = lived_in.truth
    activity = truth.follow(truth.rows[truth.of_type("SignUp")[0]["id"]], "shift.activity")
    assert activity
    record = {"attendee": {"residentId": truth.people[Who.RESIDENT]}, "checkedInAt": NOW.isoformat()}
    wanted = {"shiftId": activity["shifts"][0]["id"], "records": [record]}
    for who in Who:
        answered = (await lived_in.data(who, PREVIEW_AWARD, input=wanted))["previewAward"]
        assert [error["code"] for error in answered["errors"]] == codes_for(who, ORGANISERS)
        assert bool(answered["results"]) == (who in ORGANISERS)


async def test_a_rule_is_tried_by_administrators_of_the_book(lived_in: World) -> None:
    rule = {"programme": "xuexi", "code": "often", "name": "每次一分", "kind": "PER_ATTENDANCE", "points": 1}
    day = TODAY.isoformat()
    wanted = {"rule": rule | {"validFrom": day}, "from": day, "until": day}
    for who in Who:
        answered = (await lived_in.data(who, PREVIEW_RULE, input=wanted))["previewRule"]
        assert [error["code"] for error in answered["errors"]] == codes_for(who, BOOK_ADMINS)
        if who not in BOOK_ADMINS:
            assert answered["preview"] is None
            continue
        assert answered["preview"]["attendances"] > 0
        told = {row["resident"]["id"]: row["resident"]["phone"] for row in answered["preview"]["residents"]}
        assert set(told) <= lived_in.truth.took_part
        assert all("****" in phone for phone in told.values())


PREVIEW_REDEMPTION = """query ($input: PreviewRedemptionInput!) { previewRedemption(input: $input) {
    reasons { code } postings { amount } } }"""


async def test_a_preview_is_about_whoever_asks_and_of_what_they_may_know(lived_in: World) -> None:
    sessions = lived_in.truth.of_type("OfferSession")
    for who, session in product(Who, sessions):
        wanted = {"sessionId": session["id"], "quantity": 1}
        preview = (await lived_in.data(who, PREVIEW_REDEMPTION, input=wanted))["previewRedemption"]
        codes = {reason["code"] for reason in preview["reasons"]}
        assert ("NOT_FOUND" in codes) == (not lived_in.truth.sees(who, session))
        assert ("UNAUTHENTICATED" in codes) == (who is Who.NOBODY)
        assert bool(preview["postings"]) == (not codes) == (who is Who.OWNER and not codes & {"NOT_OPEN", "NOT_FOUND"})


BALANCE = """{ trialBalance { programme asOf accounts { kind debits credits accounts } totalDebits totalCredits balanced } }"""


@pytest.mark.parametrize("who", Who)
async def test_the_trial_balance_is_for_readers_of_the_book(lived_in: World, who: Who) -> None:
    answer = await lived_in.ask(who, BALANCE)
    if who in BOOK:
        assert answer["data"]["trialBalance"]["balanced"]
        assert answer["data"]["trialBalance"]["totalDebits"] > 0
    else:
        assert not answer.get("data")
        code = "UNAUTHENTICATED" if who is Who.NOBODY else "FORBIDDEN"
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]


async def test_seals_are_for_everyone(lived_in: World) -> None:
    query = (
        "{ seals(first: 10) { totalCount nodes { id number header hash signature } } seal(number: 1) { id number } }"
    )
    answers = [await lived_in.data(who, query) for who in Who]
    (seal,) = answers[0]["seals"]["nodes"]
    assert answers[0]["seal"] == {"id": seal["id"], "number": 1}
    assert all(answer == answers[0] for answer in answers)


async def test_a_statement_is_for_whoever_is_signed_in_and_has_nothing_of_others(lived_in: World) -> None:
    query = "{ walletStatement { text } }"
    for who in set(Who) - {Who.NOBODY}:
        entries = json.loads((await lived_in.data(who, query))["walletStatement"]["text"])["entries"]
        assert bool(entries) == (who is Who.OWNER)
    answer = await lived_in.ask(Who.NOBODY, query)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


DEEP = """query ($id: ID!) { activity(id: $id) { shifts { activity { shifts { activity {
    signUps(first: 10) { totalCount nodes { resident { displayName phone } shift { activity { signUps(first: 10) { totalCount
        nodes { resident { phone } } } } } } }
    attendances(first: 10) { totalCount nodes { resident { phone } recordedBy { phone }
        transfer { credit { holder { phone } balance } source { ... on Attendance { resident { phone } } } } } }
    viewerSignUp { shift { activity { signUps(first: 10) { totalCount } } } } } } } } } }"""


async def test_a_long_way_round_leads_no_further(lived_in: World) -> None:
    truth = lived_in.truth
    activity = truth.follow(truth.rows[truth.of_type("SignUp")[0]["id"]], "shift.activity")
    assert activity
    for who in Who:
        answered = await lived_in.data(who, DEEP, id=activity["id"])
        inner = answered["activity"]["shifts"][0]["activity"]["shifts"][0]["activity"]
        told = str(answered)
        assert (inner["signUps"]["totalCount"], inner["attendances"]["totalCount"]) == (
            (3, 4) if who in ORGANISERS else (0, 0)
        )
        for resident_id, phone in truth.phones.items():
            may_read = resident_id == truth.people.get(who)
            assert may_read or national_phone(phone) not in told, "a phone number in full is for the person"
        if who in ORGANISERS:
            assert mask_phone(truth.phones[truth.people[Who.OWNER]]) in told


async def test_of_a_transfer_behind_an_order_or_an_attendance_only_the_holder_and_the_book_learn_sums(
    lived_in: World,
) -> None:
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {on('Transfer', 1)} }} }}"
    for who in (Who.GATE, Who.ORGANISER, Who.ADMIN_BELOW):
        seen = [row for row in lived_in.truth.of_type("Transfer") if lived_in.truth.sees(who, row)]
        assert seen, "there is something to learn from"
        for transfer in (await lived_in.data(who, query, ids=[row["id"] for row in seen]))["nodes"]:
            sums = [transfer[side][name] for side in ("debit", "credit") for name in ("debits", "credits", "balance")]
            assert sums == [0] * 6

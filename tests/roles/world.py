"""A small world with a row of each kind, and everybody who may ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from domain.claims.attest_claim import AttestClaimWish, attest_claim
from domain.claims.statement import Statement
from domain.people.caller import Caller
from domain.people.grant_role import RoleWish
from domain.people.naming import ById
from domain.people.revoke_role import revoke_role
from domain.people.rights import Role
from domain.places.kinds import AreaLevel
from domain.points.adjust_points import AdjustPointsWish, adjust_points
from domain.volunteering.create_activity import create_activity
from domain.volunteering.evidence import list_due
from domain.volunteering.log_attendance import log_attendance
from schema.ids import encode_id
from storage import fetch
from tests.builders.claims import TODAY
from tests.builders.keys import a_key
from tests.builders.people import a_phone, a_resident, role_over
from tests.builders.places import an_area, an_organisation
from tests.builders.redemption import Offer, an_offer
from tests.builders.volunteering import (
    AFTERWARDS,
    STARTS,
    Activity,
    a_list,
    a_shift,
    an_activity_wish,
    an_hourly_rule,
    remembered,
    was_there,
)
from tests.clock import NOW, later
from tests.roles.people import Who
from tests.roles.selecting import in_bites, rows_query
from tests.roles.truth import Ref, Truth
from tests.server import Server

#: Who tells of the rows of a type: somebody who sees all of them.
TELLERS = (
    dict.fromkeys(["Area", "Organisation", "Seal"], Who.NOBODY)
    | dict.fromkeys(["Activity", "Shift", "SignUp", "Attendance"], Who.ORGANISER)
    | dict.fromkeys(
        ["TicketOffer", "OfferSession", "Attraction", "Reservation", "TicketOrder", "Ticket", "Admission", "Claim"],
        Who.GATE,
    )
    | dict.fromkeys(["Resident", "Alarm", "Wallet", "Account", "Entry", "Transfer", "ResidentMerge"], Who.AUDITOR)
    | dict.fromkeys(["AccountChange", "Adjustment", "Programme", "EarningRule"], Who.AUDITOR)
)


@dataclass
class Places:
    """Liuhang lies in Rencheng and is run by the High-tech Zone; Jincheng is Rencheng's own."""

    rencheng: int
    zone: int
    liuhang: int
    jincheng: int
    host: int
    partner: int


@dataclass
class World:
    """The running program, who is in it, and what."""

    server: Server
    places: Places
    people: dict[Who, int] = field(default_factory=dict)
    tokens: dict[Who, str] = field(default_factory=dict)
    truth: Truth = field(default_factory=Truth)

    def caller(self, who: Who) -> Caller:
        """Somebody, as the acts know them."""
        return Caller(self.people[who])

    async def ask(self, who: Who, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to somebody, over HTTP."""
        return await self.server.graphql(query, variables, self.tokens.get(who))

    async def data(self, who: Who, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        return await self.server.data(query, variables, self.tokens.get(who))

    async def find(self, who: Who, type_name: str, ids: Sequence[str], steps: int) -> list[Any]:
        """What somebody gets who asks for rows of a type by their ids."""
        query = rows_query(type_name, steps)
        return [row for bite in in_bites(ids, query) for row in (await self.data(who, query, ids=bite))["nodes"]]

    async def learn(self, refs: Iterable[tuple[str, str]]) -> None:
        """Rows of these types and ids are told, and all they lead to."""
        wanted = set(refs)
        while wanted:
            for type_name, found in groupby(sorted(wanted), key=lambda ref: ref[0]):
                for row in await self.find(TELLERS[type_name], type_name, [id_ for _, id_ in found], 0):
                    assert row, f"{TELLERS[type_name]} sees every {type_name}"
                    self.truth.note(row)
            wanted = self.truth.unknown()

    def hide(self, *refs: Ref) -> None:
        """These were never published, nor were their parts."""
        for ref in refs:
            row = self.truth.rows[ref["id"]]
            parts = [part for name in ("shifts", "sessions", "attractions") for part in row.get(name, [])]
            self.truth.unpublished |= {ref["id"], *(part["id"] for part in parts)}


def ref(type_name: str, number: int) -> Ref:
    """A row by its key."""
    return {"__typename": type_name, "id": encode_id(type_name, number)}


async def some_places() -> Places:
    rencheng = await an_area("370811", "任城区")
    zone = await an_area("RC-GXQ", "高新区")
    liuhang = await an_area("RC-LH", "柳行街道", AreaLevel.SUBDISTRICT, rencheng, zone)
    jincheng = await an_area("RC-JC", "金城街道", AreaLevel.SUBDISTRICT, rencheng)
    community = await an_area("RC-LH-1", "柳行社区", AreaLevel.COMMUNITY, liuhang)
    host = await an_organisation(community, "柳行社区新时代文明实践站")
    partner = await an_organisation(jincheng, "金城街道新时代文明实践所")
    return Places(rencheng, zone, liuhang, jincheng, host, partner)


def roles(places: Places) -> dict[Who, tuple[Role, dict[str, int]]]:
    """Who holds what."""
    host, partner = {"organisation_id": places.host}, {"organisation_id": places.partner}
    rencheng, zone = {"area_id": places.rencheng}, {"area_id": places.zone}
    liuhang, jincheng = {"area_id": places.liuhang}, {"area_id": places.jincheng}
    return {
        Who.ORGANISER: (Role.ORGANISER, host),
        Who.AREA_ORGANISER: (Role.ORGANISER, zone),
        Who.ORGANISER_WHERE_IT_LIES: (Role.ORGANISER, rencheng),
        Who.ORGANISER_ELSEWHERE: (Role.ORGANISER, partner),
        Who.FORMER_ORGANISER: (Role.ORGANISER, host),
        Who.GATE: (Role.GATE_STAFF, host),
        Who.AREA_GATE: (Role.GATE_STAFF, zone),
        Who.GATE_WHERE_IT_LIES: (Role.GATE_STAFF, rencheng),
        Who.GATE_ELSEWHERE: (Role.GATE_STAFF, partner),
        Who.AUDITOR: (Role.AUDITOR, rencheng),
        Who.AUDITOR_BELOW: (Role.AUDITOR, liuhang),
        Who.ADMIN: (Role.ADMIN, rencheng),
        Who.ZONE_ADMIN: (Role.ADMIN, zone),
        Who.ADMIN_BELOW: (Role.ADMIN, liuhang),
        Who.ADMIN_ELSEWHERE: (Role.ADMIN, jincheng),
    }


async def a_world(server: Server) -> World:
    """Everybody is there and signed in; nothing has happened yet."""
    world = World(server, await some_places())
    held = roles(world.places)
    for who in Who:
        if who is Who.NOBODY:
            continue
        phone = a_phone()
        points = 200 if who is Who.OWNER else 0
        resident_id = await a_resident(who.name, phone, world.places.jincheng, points)
        world.people[who] = resident_id
        world.truth.people[who] = encode_id("Resident", resident_id)
        world.truth.phones[encode_id("Resident", resident_id)] = phone
        if who in held:
            role, over = held[who]
            await role_over(resident_id, role, **over)
        world.tokens[who] = await server.sign_in_as(phone)
    return world


async def revoke(world: World, who: Who) -> None:
    """Somebody's role is no more."""
    role, over = roles(world.places)[who]
    await revoke_role(RoleWish(resident_id=world.people[who], role=role, **over), world.server.clock.now)


async def an_activity_of_the_host(
    world: World, title: str = "示例义诊", *, begins: datetime = STARTS, publish: bool = True
) -> Activity:
    """With every field filled in and two shifts of an hour each, the second for one person only."""
    organiser, first_ends, ends = world.caller(Who.ORGANISER), begins + timedelta(hours=1), begins + timedelta(hours=2)
    shifts = [a_shift(begins, first_ends, 10, "上午"), a_shift(first_ends, ends, 1, "下午")]
    wish = await an_activity_wish(
        host_id=world.places.host,
        title=title,
        area_code="RC-LH-1",
        starts_at=begins,
        ends_at=ends,
        sign_up_closes_at=begins - timedelta(minutes=10),
        capacity=50,
        points_rule=an_hourly_rule(),
        shifts=shifts,
        publish=publish,
    )
    wish = replace(wish, latitude=35.4, longitude=116.6, partner_ids=(world.places.partner,))
    activity_id = await create_activity(organiser, wish, NOW)
    rows = await fetch("SELECT id FROM shifts WHERE activity_id = ? ORDER BY position", activity_id)
    return Activity(activity_id, world.places.host, tuple(row[0] for row in rows), organiser)


async def an_offer_of_the_host(world: World, cost: int = 5, *, publish: bool = True) -> Offer:
    """With two attractions."""
    return await an_offer(
        host_id=world.places.host,
        cost=cost,
        minimum_balance=cost,
        limit_per_resident=50,
        entries=[1, None],
        publish=publish,
    )


async def attended(world: World, activity: Activity, resident_id: int, by: Who, shift: int = 0) -> int:
    """Somebody was there and was written down when it was over; the attendance's id."""
    record = replace(was_there(resident_id, NOW), units=2, score=90)
    wish = replace(a_list(activity, record), shift_id=activity.shift_ids[shift])
    (row,) = await log_attendance(world.caller(by), wish, AFTERWARDS)
    assert row.attendance_id, row.refusal
    return row.attendance_id


async def entered_afterwards(activity: Activity, resident_id: int, by: Caller) -> int:
    """Somebody was there, says an organiser the day after; the attendance's id."""
    ends = later(hours=2)
    wish = a_list(activity, remembered(resident_id, later(hours=1), ends))
    (row,) = await log_attendance(by, wish, list_due(ends) + timedelta(seconds=1))
    assert row.attendance_id, row.refusal
    return row.attendance_id


async def attested(
    world: World, figure: int, by: Who = Who.ORGANISER, resident_id: int | None = None, photo: str | None = None
) -> int:
    """Staff of the host attested what the owner, or somebody else, showed; the claim's id."""
    wish = AttestClaimWish(
        claimant=ById(resident_id or world.people[Who.OWNER]),
        host_id=world.places.host,
        statement=Statement(figure, TODAY, "138****5678", photo),
        idempotency_key=a_key(),
    )
    return await attest_claim(world.caller(by), wish, NOW)


async def corrected(world: World, amount: int, resident_id: int | None = None) -> int:
    """An administrator gave the owner, or somebody else, points; the adjustment's id where it waits for a second one, or 0."""
    wish = AdjustPointsWish(
        resident_id=resident_id or world.people[Who.OWNER], amount=amount, reason="补记", idempotency_key=a_key()
    )
    return (await adjust_points(world.caller(Who.ADMIN), wish, NOW)).adjustment_id or 0
